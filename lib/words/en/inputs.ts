/** Fields of the send forms that have scripts. */
export const inputs = {
  to: "To",
  toHint: "Usernames, separated by commas.",
  chosen: "Chosen",
  takeOff: "Remove {name}",
  addPeople: "Add people",
  addPeopleOrGroup: "Add people or one group",
  groupOf: "{title} ({count})",
  groupMembers: { one: "group, {count} person", other: "group, {count} people" },
  left: { one: "{count} character left", other: "{count} characters left" },
  over: { one: "{count} character too many", other: "{count} characters too many" },
  timesIn: "Time zone: {zone}.",
  format: "Format",
  bold: "Bold",
  italics: "Italics",
  list: "List",
  code: "Code",
};
