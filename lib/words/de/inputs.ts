import type { Words } from "../catalogue.ts";

export const inputs: Words["inputs"] = {
  to: "An",
  toHint: "Benutzernamen, durch Kommas getrennt.",
  chosen: "Ausgewählt",
  takeOff: "{name} entfernen",
  addPeople: "Personen hinzufügen",
  addPeopleOrGroup: "Personen oder eine Gruppe hinzufügen",
  groupOf: "{title} ({count})",
  groupMembers: { one: "Gruppe, {count} Person", other: "Gruppe, {count} Personen" },
  left: { one: "noch {count} Zeichen", other: "noch {count} Zeichen" },
  over: { one: "{count} Zeichen zu viel", other: "{count} Zeichen zu viel" },
  timesIn: "Zeitzone: {zone}.",
  format: "Format",
  bold: "Fett",
  italics: "Kursiv",
  list: "Liste",
  code: "Code",
};
