import type { Words } from "../catalogue.ts";

export const tokens: Words["tokens"] = {
  title: "Zugriffstoken",
  lead: "Für Skripte und Bots. Ein Token darf nur, was du ankreuzt, und lockert nie deine Regeln.",
  none: "Du hast keine Zugriffstoken.",
  facts: "Erstellt {made}, zuletzt benutzt {used}",
  unused: "Erstellt {made}, nie benutzt",
  ends: "endet {time}",
  revoke: "Widerrufen",
  revokeOf: "Das Token {name} widerrufen",
  name: "Name",
  nameHint: "Was es benutzt, etwa „Türklingel“.",
  scopes: "Es darf",
  send: "Aufträge und Nachrichten senden",
  receive: "Aufträge empfangen und beantworten",
  files: "Deine Dateien benutzen",
  read: "Lesen, was du empfangen und gesendet hast",
  expires: "Endet am",
  expiresHint: "Leer: Es endet erst, wenn du es widerrufst.",
  create: "Token erstellen",
  made: "Kopiere das Token jetzt. Es wird nicht noch einmal angezeigt.",
  doneRevoked: "Token widerrufen.",
};
