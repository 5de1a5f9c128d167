import type { Words } from "../catalogue.ts";

export const confirm: Words["confirm"] = {
  title: "Bist du sicher?",
  keep: "So lassen, wie es ist",
  cancel: "Diesen Auftrag zurücknehmen?",
  cancelHint:
    "Er verschwindet aus den Eingängen, in denen er noch offen ist. Das lässt sich nicht rückgängig machen.",
  cancelDo: "Zurücknehmen",
  group: "Diese Gruppe beenden?",
  groupHint:
    "Jede Mitgliedschaft endet, und ihr Name bleibt vergeben. Das lässt sich nicht rückgängig machen.",
  groupDo: "Gruppe beenden",
  contact: "Diesen Kontakt entfernen?",
  contactHint:
    "Dann seid ihr keine Kontakte mehr. Um es wieder zu werden, muss jemand von euch neu anfragen.",
  contactDo: "Kontakt entfernen",
};
