import type { Words } from "../catalogue.ts";

export const safety: Words["safety"] = {
  resume: "Weitermachen",
  resumeLead:
    "Was dir gesendet wurde, während du gestoppt hattest, kommt dann zu dir, soweit deine Einstellungen es zulassen.",
  confirm: "Ich möchte wieder etwas bekommen",
  unconfirmed: "Setz den Haken, wenn du wieder etwas bekommen möchtest.",
};
