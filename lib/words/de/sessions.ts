import type { Words } from "../catalogue.ts";

export const sessions: Words["sessions"] = {
  title: "Sitzungen",
  lead: "Beende Sitzungen, die du nicht kennst, und ändere dann dein Passwort.",
  loggedIn: "Angemeldet",
  from: "von {address}",
  facts: "Seit {since}, zuletzt gesehen {seen}",
  current: "Diese",
  end: "Beenden",
  endOf: "Die Sitzung von {device} von {address} beenden",
  doneRevoked: "Sitzung beendet. Dieses Gerät ist abgemeldet.",
  donePassword: "Passwort geändert. Alle anderen Sitzungen sind beendet.",
  change: "Dein Passwort ändern",
  now: "Jetziges Passwort",
  next: "Neues Passwort",
  nextHint: "Mindestens {count} Zeichen.",
  changeDo: "Passwort ändern",
  factor: "Zweiter Faktor",
  factorOn: "Zum Anmelden reicht dein Passwort allein nicht.",
  factorOff: "Zum Anmelden reicht dein Passwort allein.",
  factorGo: "Zweiter Faktor",
};
