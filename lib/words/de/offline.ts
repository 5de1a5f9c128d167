import type { Words } from "../catalogue.ts";

export const offline: Words["offline"] = {
  title: "Du bist offline",
  lead:
    "Der Server ist nicht erreichbar. Du siehst, was dieser Browser gespeichert hat. Deine Antworten werden gesendet, sobald du wieder verbunden bist.",
  back: "Du bist wieder online.",
  open: "Seite öffnen",
  nothing: "Dieser Browser hat nichts gespeichert. Melde dich an, wenn du wieder online bist.",
  inbox: "Offene Aufträge",
  history: "Letzte zwei Wochen",
  messages: "Nachrichten",
  you: "Du",
  retracted: "Diese Nachricht wurde zurückgezogen.",
  sealed: "Der Auftrag zu dieser Nachricht ist nicht geöffnet.",
  aboutCommand: "Zu einem Auftrag",
  unsent: "Nachrichten, die noch gesendet werden",
  earlier: "Frühere Nachrichten stehen in der Unterhaltung.",
  waits: "Noch nicht gesendet. Wird gesendet, sobald du wieder verbunden bist.",
  news: "Etwas Neues",
  refused: "Der Knopf kam zu spät. Öffne die App.",
};
