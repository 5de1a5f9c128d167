import type { Words } from "../catalogue.ts";

export const inbox: Words["inbox"] = {
  title: "Eingang",
  stoppedTitle: "Du hast gestoppt",
  stopped:
    "Deine offenen Aufträge sind geschlossen, und neue warten, ohne dass du sie siehst. Mach oben weiter, wenn du so weit bist.",
  emptyTitle: "Niemand will etwas von dir",
  empty:
    "Aufträge von deinen Kontakten erscheinen hier von selbst. Wer dir etwas senden soll, muss zuerst zu deinen Kontakten gehören; was du davon annimmst, sagen deine Einstellungen.",
  findContact: "Jemanden finden",
  preferences: "Einstellungen ansehen",
  filter: "In dieser Liste suchen",
  filterHint: "Wörter aus Titel, Text, Kategorie oder Absender.",
  filtered: { one: "{shown} von {count} passt.", other: "{shown} von {count} passen." },
  pages: "Seiten",
  newest: "Neueste",
  older: "Ältere",
  answered: "Deine Antwort ist gesendet: {state}.",
};
