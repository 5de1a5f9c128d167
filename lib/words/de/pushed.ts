import type { Words } from "../catalogue.ts";

export const pushed: Words["pushed"] = {
  name: "Behest",
  command: "Etwas Neues wartet.",
  deadline: "Eine Frist läuft bald ab.",
  chat: "Es gibt eine neue Nachricht.",
  notice: "Es gibt etwas Neues für dich.",
  several: "Mehrere neue Dinge warten.",
  count: { one: "{count} neu", other: "{count} neu" },
  test: "Das ist ein Test. Benachrichtigungen funktionieren auf diesem Gerät.",
  accept: "Annehmen",
  later: "Später",
  decline: "Ablehnen",
  stop: "Stopp",
};
