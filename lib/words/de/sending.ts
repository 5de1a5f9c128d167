import type { Words } from "../catalogue.ts";

export const sending: Words["sending"] = {
  noRecipient: "Sag, für wen es ist.",
  noAudience: "Wähle, für wen es ist.",
  noGroup: "Wähle eine Gruppe.",
  noCategory: "Wähle eine Kategorie.",
  httpsOnly: "Gib eine Adresse an, die mit https:// beginnt.",
  uncleanFile: "Eine davon hat die Prüfung nicht bestanden. Lass sie weg.",
  lostFile: "Eine davon gibt es nicht mehr. Wähle noch einmal.",
  mostFiles: "Wähle höchstens {count} Dateien.",
  ownFiles: "Wähle aus deinen eigenen Dateien.",
};
