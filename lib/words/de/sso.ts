import type { Words } from "../catalogue.ts";

export const sso: Words["sso"] = {
  logIn: "Mit {issuer} anmelden",
  codeTitle: "Noch ein Schritt",
  codeLead: "{issuer} kennt dich. Dieses Konto verlangt dazu seinen eigenen Code.",
  code: "Code",
  codeHint: "Aus deiner App, oder ein Wiederherstellungscode.",
  goOn: "Anmelden",
  failedTitle: "Nicht angemeldet",
  again: "Noch einmal anfangen",
  withPassword: "Mit dem Passwort anmelden",
  link: "Anmeldung mit {issuer}",
  linkLead: "Einmal verknüpft, meldet sie dich auch hier an. Dein Passwort gilt weiter.",
  linkDo: "Meine Anmeldung verknüpfen",
  offered: "Bei {issuer} bist du {name}. Wer sich dort als {name} anmeldet, kommt in dieses Konto.",
  confirm: "Ja, verknüpfen",
  leave: "Nicht verknüpfen",
  linkedSince: "Verknüpft seit {time}.",
  unlink: "Verknüpfung entfernen",
  doneLinked: "Verknüpft. Ab jetzt kannst du dich mit {issuer} anmelden.",
  doneUnlinked: "Verknüpfung entfernt.",
  prove: "Bei {issuer} noch einmal anmelden",
};
