import type { Words } from "../catalogue.ts";

export const drafts: Words["drafts"] = {
  restored: "Was du vorher getippt und nicht gesendet hast, steht wieder im Formular.",
  discard: "Verwerfen",
  waiting:
    "Der Server ist nicht zu erreichen. Was du geschrieben hast, bleibt hier und wird gesendet, sobald er wieder da ist.",
  withdraw: "Nicht senden",
  elsewhere: "Ein Formular, das du ausgefüllt hast, wartet darauf, gesendet zu werden.",
  open: "Öffnen und senden",
};
