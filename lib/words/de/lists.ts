import type { Words } from "../catalogue.ts";

export const lists: Words["lists"] = {
  pages: "Seiten",
  newest: "Neueste",
  older: "Ältere",
  first: "Anfang",
  more: "Mehr",
  firstPage: "Erste Seite",
  nextPage: "Nächste Seite",
  state: "Status",
  online: "Online",
  quoted: "„{text}“",
};
