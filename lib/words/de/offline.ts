import type { Words } from "../catalogue.ts";

export const offline: Words["offline"] = {
  title: "Keine Verbindung",
  lead:
    "Der Server ist nicht erreichbar. Was du siehst, wurde in diesem Browser aufbewahrt. Deine Antworten gehen ab, sobald die Verbindung wieder da ist.",
  back: "Die Verbindung ist wieder da.",
  open: "Seite öffnen",
  nothing: "In diesem Browser ist nichts aufbewahrt. Melde dich an, wenn die Verbindung wieder da ist.",
  inbox: "Offene Aufträge",
  history: "Die letzten zwei Wochen",
  waits: "Noch nicht gesendet: Es geht ab, sobald die Verbindung wieder da ist.",
  news: "Etwas Neues wartet",
};
