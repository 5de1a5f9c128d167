import type { Words } from "../catalogue.ts";

export const confirm: Words["confirm"] = {
  title: "Bist du sicher?",
  keep: "Behalten",
  cancel: "Diesen Auftrag zurücknehmen?",
  cancelHint:
    "Der Auftrag verschwindet aus jedem Eingang, in dem er noch offen ist. Du kannst das nicht rückgängig machen.",
  cancelDo: "Auftrag zurücknehmen",
  group: "Diese Gruppe beenden?",
  groupHint:
    "Jede Mitgliedschaft endet, und niemand kann ihren Namen wieder verwenden. Du kannst das nicht rückgängig machen.",
  groupDo: "Gruppe beenden",
  contact: "Diesen Kontakt entfernen?",
  contactHint:
    "Ihr seid dann keine Kontakte mehr. Um es wieder zu werden, muss eine Seite eine neue Anfrage senden.",
  contactDo: "Kontakt entfernen",
};
