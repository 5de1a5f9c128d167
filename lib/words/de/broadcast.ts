import type { Words } from "../catalogue.ts";

export const broadcast: Words["broadcast"] = {
  title: "Auftrag an alle",
  lead:
    "Die Einstellungen jeder Person gelten auch für Aufträge an alle. Prüfe, wer ihn bekäme, und sende dann.",
  forWhom: "An",
  all: "Alle",
  allHint: "Alle, die Aufträge an alle annehmen und diese Kategorien erlauben.",
  category: "Alle, die eine Kategorie erlauben",
  categoryHint: "Und Aufträge an alle annehmen.",
  categoryLabel: "Kategorie",
  preview: "Vorschau",
  countAgain: "Neu zählen",
  typeNumber: "Gib zum Senden die Zahl der Personen ein: {count}",
  send: { one: "An {count} Person senden", other: "An {count} Personen senden" },
  sendFewer: "An weniger als 5 Personen senden",
  unconfirmed: "Noch nicht gesendet. Bestätige unten.",
  typeIt: "Gib {count} ein, um an so viele Personen zu senden.",
  notTheNumber: "Falsche Zahl. Gib {count} ein.",
  changed: "Die Zahl ist jetzt {count}.",
};
