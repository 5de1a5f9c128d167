import type { Words } from "../catalogue.ts";

export const inputs: Words["inputs"] = {
  to: "An",
  toHint: "Benutzernamen, durch Kommas getrennt.",
  chosen: "Ausgewählt",
  takeOff: "{name} entfernen",
  timesIn: "Zeitzone: {zone}.",
  format: "Format",
  bold: "Fett",
  italics: "Kursiv",
  list: "Liste",
  code: "Code",
};
