import type { Words } from "../catalogue.ts";

export const files: Words["files"] = {
  title: "Dateien",
  lead:
    "Dateien, die du anhängst oder abgibst. Niemand, auch du nicht, kann eine Datei öffnen, bevor sie die Prüfung bestanden hat.",
  uploaded: "Hochgeladen und in Prüfung. Lade die Seite neu, um das Ergebnis zu sehen.",
  removed: "Gelöscht.",
  notUploaded: "Nicht hochgeladen.",
  space: "Belegter Speicher",
  used: "{used} von {quota} belegt",
  upload: "Hochladen",
  file: "Datei",
  fileHint: "Jede Art, bis zu {size}. Wird geprüft, bevor jemand sie öffnen kann.",
  emptyTitle: "Noch keine Dateien",
  empty: "Lade oben eine Datei hoch und häng sie dann an einen Auftrag.",
  list: "Deine Dateien",
  scanning: "Wird geprüft. Bis dahin kann niemand sie öffnen, auch du nicht.",
  clean: "Prüfung bestanden. Du kannst sie senden.",
  held: "Noch nicht ganz geprüft. Niemand kann sie öffnen, bis sie besteht oder die Moderation sie freigibt.",
  rejected:
    "Prüfung nicht bestanden. Niemand kann sie öffnen, und du kannst sie nicht noch einmal hochladen.",
  unused: "Unbenutzt: wird am {time} gelöscht.",
  unusedUnlessSent: "Unbenutzt: wird am {time} gelöscht, wenn du sie nicht sendest.",
  goes: {
    one: "Wird am {time} gelöscht: {count} Tag nach dem Ende ihres letzten Auftrags.",
    other: "Wird am {time} gelöscht: {count} Tage nach dem Ende ihres letzten Auftrags.",
  },
  send: "Senden",
  sendLabel: "Senden: {name}",
  preview: "Vorschau",
  previewLabel: "Vorschau: {name}",
  delete: "Löschen",
  deleteLabel: "Löschen: {name}",
  deleteForm: "{name} löschen",
  deleteLead: "Du kannst das nicht rückgängig machen. Andere behalten Kopien, die sie gespeichert haben.",
  deleteForGood: "Datei löschen",
  photoHint: "Fotos behalten ihre Orts- und Kameradaten. Das Entfernen braucht hier JavaScript.",
};
