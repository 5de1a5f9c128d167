/** Fields of the send forms that have scripts. */
export const inputs = {
  to: "To",
  toHint: "Usernames, separated by commas.",
  chosen: "Chosen",
  takeOff: "Remove {name}",
  timesIn: "Time zone: {zone}.",
  format: "Format",
  bold: "Bold",
  italics: "Italics",
  list: "List",
  code: "Code",
};
