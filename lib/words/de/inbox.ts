import type { Words } from "../catalogue.ts";

export const inbox: Words["inbox"] = {
  title: "Eingang",
  stoppedTitle: "Gestoppt",
  stopped:
    "Deine offenen Aufträge sind geschlossen, und neue warten ungesehen. Setze oben fort, wenn du so weit bist.",
  emptyTitle: "Nichts zu tun",
  empty:
    "Neue Aufträge erscheinen hier von selbst. Deine Einstellungen entscheiden, wer dir was senden kann.",
  findContact: "Kontakt hinzufügen",
  preferences: "Einstellungen öffnen",
  filter: "Diese Liste filtern",
  filterHint: "Wörter aus Titel, Text, Kategorie oder Absender.",
  filtered: { one: "{shown} von {count} angezeigt", other: "{shown} von {count} angezeigt" },
  pages: "Seiten",
  newest: "Neueste",
  older: "Ältere",
  answered: "Antwort gesendet: {state}.",
};
