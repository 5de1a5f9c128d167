import type { Words } from "../catalogue.ts";

export const safety: Words["safety"] = {
  resume: "Fortsetzen",
  resumeLead:
    "Dann bekommst du, was dir gesendet wurde, während du gestoppt warst, soweit deine Einstellungen es erlauben.",
  confirm: "Mir wieder zustellen",
  unconfirmed: "Setz den Haken, um fortzusetzen.",
};
