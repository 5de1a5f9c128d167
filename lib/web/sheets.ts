/** The stylesheets of every page, in the order in which they apply. */
export const sheets = ["/styles.css", "/icons.css", "/frame.css"] as const;

/** Sheets of single pages, by their paths. */
export const ownSheets: Readonly<Record<string, string>> = { "/": "/inbox.css" };
