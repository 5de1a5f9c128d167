import type { Words } from "../catalogue.ts";

export const palette: Words["palette"] = {
  field: "Seiten, Personen und Aufträge suchen",
  none: "Keine Treffer",
};
