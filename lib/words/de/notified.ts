import type { Words } from "../catalogue.ts";

export const notified: Words["notified"] = {
  title: "Eine Benachrichtigung beantworten",
  lead: "Du hast diesen Knopf auf einer Benachrichtigung gedrückt.",
  keep: "Eingang öffnen",
  accept: "Diesen Auftrag annehmen?",
  later: "Diesen Auftrag um 1 Stunde verschieben?",
  decline: "Diesen Auftrag ablehnen?",
  stop: "Alles stoppen?",
};
