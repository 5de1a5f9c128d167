import type { Words } from "../catalogue.ts";

export const inputs: Words["inputs"] = {
  to: "An",
  toHint: "Ein oder mehrere Benutzernamen, durch Kommas getrennt.",
  chosen: "Ausgewählt",
  takeOff: "{name} entfernen",
  timesIn: "Zeiten gelten für {zone}.",
};
