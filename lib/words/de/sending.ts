import type { Words } from "../catalogue.ts";

export const sending: Words["sending"] = {
  noRecipient: "Füge einen Empfänger hinzu.",
  noAudience: "Wähle Empfänger.",
  noGroup: "Wähle eine Gruppe.",
  noCategory: "Wähle eine Kategorie.",
  httpsOnly: "Gib eine Adresse ein, die mit https:// beginnt.",
  uncleanFile: "Eine Datei hat die Prüfung nicht bestanden. Entferne sie.",
  lostFile: "Eine Datei gibt es nicht mehr. Wähle neu.",
  mostFiles: "Wähle höchstens {count} Dateien.",
  optionAt: "Möglichkeit {number}: {reason}",
  fewOptions: "Gib 2 bis 20 Möglichkeiten ein, eine je Zeile.",
  noFields: "Füge 1 bis 20 Felder hinzu.",
  length: "Gib eine Zeit von 1 Sekunde bis 24 Stunden ein.",
  ownFiles: "Wähle aus deinen eigenen Dateien.",
};
