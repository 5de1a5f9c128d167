import type { Words } from "../catalogue.ts";

export const admin: Words["admin"] = {
  title: "Verwaltung",
  places: "Verwalten",
  aboutUsers: "Rollen, Recht auf Aufträge an alle, Verwarnungen, Stummschaltungen und Sperren.",
  aboutFiles: "Prüfergebnisse, zurückgehaltene und abgewiesene Dateien.",
  aboutIncidents: "Bekannte Missbrauchsdarstellungen: Treffer, Meldungen, gesetzliche Aufbewahrung.",
  aboutCategories: "Worum es in Aufträgen gehen kann.",
  aboutGroups: "Gruppen anlegen und Leitungen bestimmen.",
  aboutBroadcast: "An alle senden oder an alle, die eine Kategorie erlauben.",
  aboutAudit: "Wer was mit wem getan hat, wann und warum.",
  aboutTwoFactor: "Rollen, die einen zweiten Faktor brauchen.",
  latest: "Letzte Änderungen",
  noneLatest: "Das Protokoll ist leer.",
  wholeLog: "Ganzes Protokoll",
  audit: "Protokoll",
  auditLead:
    "Wer was mit wem getan hat, wann, von wo und warum. Hier lassen sich Einträge weder ändern noch löschen.",
  emptyTitle: "Keine Einträge",
  empty: "Änderungen durch Verwaltung, Moderation und Gruppenleitungen erscheinen hier.",
  entries: "Einträge",
  entry: "{actor} {action}",
  entryOn: "{actor} {action} bei {subject}",
  timeFrom: "{time} von {address}",
  details: "Details",
  detailsOf: "Details zu {action}, {time}",
  hash: "Hash {hash}",
};
