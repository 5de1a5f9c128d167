import type { Words } from "../catalogue.ts";

export const broadcast: Words["broadcast"] = {
  title: "An alle senden",
  lead:
    "Die Einstellungen jedes Einzelnen gelten, auch für dich. Zuerst siehst du, wen es erreichen würde; dann geht es hinaus.",
  forWhom: "Für wen",
  all: "Alle",
  allHint: "Wer Aufträge an alle annimmt und die Kategorien erlaubt.",
  category: "Alle, die eine Kategorie erlauben",
  categoryHint: "Und Aufträge an alle annehmen.",
  categoryLabel: "Kategorie",
  preview: "Vorschau",
  countAgain: "Neu zählen",
  typeNumber: "Zum Senden tipp ein, für wie viele Personen es ist: {count}",
  send: { one: "An {count} Person senden", other: "An {count} Personen senden" },
  sendFewer: "An weniger als 5 Personen senden",
  unconfirmed: "Es wurde nicht gesendet. Bestätige es unten.",
  typeIt: "Tipp {count} ein, um es an so viele Personen zu senden.",
  notTheNumber: "Das ist nicht die Zahl. Tipp {count} ein.",
  changed: "Die Zahl hat sich geändert. Jetzt sind es {count}.",
};
