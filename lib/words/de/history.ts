import type { Words } from "../catalogue.ts";

export const history: Words["history"] = {
  title: "Verlauf",
  lead: {
    one: "Aufträge, die du bekommen und gesendet hast, {count} Tag lang aufbewahrt.",
    other: "Aufträge, die du bekommen und gesendet hast, {count} Tage lang aufbewahrt.",
  },
  which: "Richtung",
  toYou: "An dich",
  fromYou: "Von dir",
  state: "Status",
  category: "Kategorie",
  any: "Alle",
  show: "Anzeigen",
  list: "Aufträge",
  noneTitle: "Keine Treffer",
  noneYetTitle: "Keine Treffer unter den neueren Aufträgen",
  showAll: "Filter löschen",
  emptyTitle: "Noch keine Aufträge",
  empty: "Aufträge bleiben hier lesbar, auch wenn sie erledigt sind.",
  row: "{who}, {time}",
  to: "An {name}",
  toMore: { one: "An {name} und {count} weitere Person", other: "An {name} und {count} weitere" },
  toPeople: "An Personen",
  theCommand: "Auftrag",
  answer: "Im Eingang antworten",
};
