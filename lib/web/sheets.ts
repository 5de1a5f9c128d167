/** The stylesheets of every page, in the order in which they apply. */
export const sheets = ["/styles.css", "/icons.css", "/frame.css"] as const;
