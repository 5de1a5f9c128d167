import type { Words } from "../catalogue.ts";

export const files: Words["files"] = {
  title: "Dateien",
  lead:
    "Was du mit Aufträgen sendest oder abgibst. Niemand bekommt eine Datei, auch du nicht, bevor sie die Prüfung bestanden hat.",
  uploaded: "Hochgeladen. Die Datei wird jetzt geprüft; lade die Seite neu, um zu sehen, wie es steht.",
  removed: "Gelöscht.",
  notUploaded: "Die Datei wurde nicht hochgeladen.",
  space: "Platz, den deine Dateien brauchen",
  used: "{used} von {quota} belegt",
  upload: "Hochladen",
  file: "Datei",
  fileHint: "Bis zu {size}, von jeder Art. Sie wird geprüft, bevor jemand sie bekommt.",
  emptyTitle: "Noch keine Dateien",
  empty: "Lade oben eine hoch. Hat sie die Prüfung bestanden, kannst du sie an das anhängen, was du sendest.",
  list: "Deine Dateien",
  scanning: "Sie wird gerade geprüft. Bis das fertig ist, kann niemand sie öffnen, auch du nicht.",
  clean: "Sie hat die Prüfung bestanden und kann gesendet werden.",
  held:
    "Die Prüfung ließ sich nicht abschließen. Die Datei wartet darauf, oder auf die Moderation, und vorher bekommt niemand sie.",
  rejected:
    "Sie hat die Prüfung nicht bestanden. Niemand bekommt sie, und dieselbe Datei wird nicht noch einmal angenommen.",
  unused: "Sie wird nirgends verwendet und am {time} gelöscht.",
  unusedUnlessSent: "Sie wird nirgends verwendet und am {time} gelöscht, wenn du sie nicht vorher sendest.",
  goes: {
    one: "Wird am {time} gelöscht, {count} Tag nach dem Ende des letzten Auftrags, der sie mitbringt.",
    other: "Wird am {time} gelöscht, {count} Tage nach dem Ende des letzten Auftrags, der sie mitbringt.",
  },
  send: "Senden",
  sendLabel: "Senden: {name}",
  preview: "Vorschau",
  previewLabel: "Vorschau: {name}",
  delete: "Löschen",
  deleteLabel: "Löschen: {name}",
  deleteForm: "{name} endgültig löschen",
  deleteLead: "Gelöscht ist gelöscht. Was andere schon gespeichert haben, bleibt bei ihnen.",
  deleteForGood: "Endgültig löschen",
  photoHint:
    "Fotos gehen mit den Orts- und Kameradaten, die in ihnen stehen: Entfernen kann sie diese Seite nur mit Skripten.",
};
