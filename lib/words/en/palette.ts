/** The command palette: Ctrl+K on every page. */
export const palette = {
  field: "Search pages, people and commands",
  none: "No matches",
};
