import type { Words } from "../catalogue.ts";

export const history: Words["history"] = {
  title: "Verlauf",
  lead: {
    one: "Was andere von dir wollten und du von anderen, {count} Tag lang.",
    other: "Was andere von dir wollten und du von anderen, {count} Tage lang.",
  },
  which: "In welche Richtung",
  toYou: "An dich",
  fromYou: "Von dir",
  state: "Stand",
  category: "Kategorie",
  any: "Alle",
  show: "Zeigen",
  list: "Aufträge",
  noneTitle: "So etwas ist nicht dabei",
  showAll: "Alles zeigen",
  emptyTitle: "Noch nichts",
  empty: "Was von jetzt an gesendet wird, bleibt hier lesbar, auch wenn es erledigt ist.",
  row: "{who}, {time}",
  to: "An {name}",
  toMore: { one: "An {name} und {count} weitere Person", other: "An {name} und {count} weitere" },
  toPeople: "An einzelne Leute",
  theCommand: "Der Auftrag",
  answer: "Im Eingang antworten",
};
