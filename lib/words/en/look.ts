/** How the pages look, and their language. */
export const look = {
  theme: "Theme",
  device: "Same as device",
  light: "Light",
  dark: "Dark",
  language: "Language",
  apply: "Apply",
};
