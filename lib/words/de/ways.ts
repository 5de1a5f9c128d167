import type { Words } from "../catalogue.ts";

export const ways: Words["ways"] = {
  waysTitle: "Ton und Hinweise des Browsers",
  waysLead:
    "Für diesen Browser, solange eine Seite von Behest offen ist. Ein Hinweis des Browsers nennt niemanden und erscheint nur, wenn keine Seite zu sehen ist.",
  waysOff: "Aus, bis du wählst.",
  waysPush: "Für die geschlossene Seite gibt es {link}.",
  waysPushLink: "Benachrichtigungen",
  waySound: "Ton",
  wayShow: "Hinweis",
  wayFor: "{way}: {kind}",
  wayTry: "Ton abspielen",
  waysDenied:
    "Dein Browser lässt diese Seite keine Hinweise zeigen. Erlaube sie in seinen Einstellungen und wähle dann noch einmal.",
  waysUnkept: "Dieser Browser speichert nichts für diese Seite, also gilt die Wahl nicht.",
  way_commands: "Neue Aufträge",
  way_chat: "Nachrichten im Chat",
  way_submissions: "Abgaben zur Durchsicht",
  way_answers: "Antworten auf deine Aufträge",
  way_reviews: "Durchsicht deiner Abgaben",
  way_people: "Kontaktanfragen und Einladungen",
  way_moderation: "Maßnahmen, Meldungen und Einsprüche",
  way_files: "Deine Dateien und dein Konto",
};
