import type { Words } from "../catalogue.ts";

export const sessions: Words["sessions"] = {
  title: "Sitzungen",
  lead: "Wo du angemeldet bist. Beende, was du nicht kennst, und ändere dann dein Passwort.",
  loggedIn: "Angemeldet",
  from: "von {address}",
  facts: "Seit {since}, zuletzt gesehen {seen}",
  current: "Diese hier",
  end: "Beenden",
  endOf: "Die Sitzung von {device} von {address} beenden",
  doneRevoked: "Beendet. Wer diese Sitzung benutzt hat, ist abgemeldet.",
  donePassword: "Dein Passwort ist geändert, und alle anderen Sitzungen sind beendet.",
  change: "Passwort ändern",
  now: "Bisheriges Passwort",
  next: "Neues Passwort",
  nextHint: "Mindestens {count} Zeichen.",
  changeDo: "Passwort ändern",
  factor: "Zweiter Faktor",
  factorOn: "Beim Anmelden braucht es mehr als dein Passwort.",
  factorOff: "Dein Passwort allein öffnet dein Konto.",
  factorGo: "Zweiter Faktor",
};
