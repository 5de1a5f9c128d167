/** What a person can choose in place of the device's light or dark. */
export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];
