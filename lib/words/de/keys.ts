import type { Words } from "../mod.ts";

export const keys: Words["keys"] = {
  title: "Tasten",
  lead: "Sie gelten überall, wo gerade nichts getippt wird.",
  everywhere: "Überall",
  inLists: "Zwischen Aufträgen",
  stop: "Sofort alles anhalten",
  help: "Diese Tasten zeigen",
  goInbox: "Zum Eingang",
  goSend: "Zum Senden",
  goHistory: "Zum Verlauf",
  next: "Der nächste Auftrag",
  previous: "Der vorige",
  open: "Öffnen, oder zu den Antworten",
  then: "dann",
  close: "Schließen",
  singleOn: "Tasten ohne Strg sind an.",
  singleOff: "Tasten ohne Strg sind aus. Stopp behält seine Tasten.",
  singleHint: "Schalte sie aus, wenn du mit der Stimme schreibst oder sie aus Versehen drückst.",
  switchOff: "Ausschalten",
  switchOn: "Einschalten",
};
