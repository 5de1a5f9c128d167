import type { Words } from "../catalogue.ts";

export const prove: Words["prove"] = {
  title: "Bestätige, dass du es bist",
  lead: "Manche Aktionen brauchen einen Nachweis, dass du es bist. Er gilt 10 Minuten.",
  passkey: "Passkey benutzen",
  waiting: "Warte auf dein Gerät …",
  failed: "Das hat nicht geklappt. Versuch es noch einmal oder nimm dein Passwort.",
  or: "oder mit deinem Passwort",
  password: "Passwort",
  confirm: "Bestätigen",
  byCode: "Mit einem Code",
  code: "Code",
  codeHint: "Aus deiner App, oder ein Wiederherstellungscode.",
  confirmCode: "Mit dem Code bestätigen",
  proven: "Bestätigt",
  provenLead: "Es wurde noch nichts getan. Prüfe es und mach dann weiter.",
  goOn: "Weiter",
  leave: "Verwerfen",
};
