import type { Words } from "../catalogue.ts";

export const tries: Words["tries"] = {
  title: "{name} ausprobieren",
  lead: "Gesendet mit deiner eigenen Sitzung: Was es tut, ist echt.",
  scripts: "Das braucht Skripte in deinem Browser.",
  address: "Adresse",
  addressHint: "Setze ein, was in Klammern steht. Eine Abfrage hängst du mit ? an.",
  body: "JSON",
  bodyHint: "Pflichtfelder stehen da. Alle Felder stehen in den Typen darunter.",
  agree: "Das kann für dich oder andere etwas ändern. Trotzdem senden.",
  send: "Senden",
  sending: "Wird gesendet",
  answer: "Antwort",
  notJson: "Das ist kein JSON. Prüfe Anführungszeichen, Kommas und Klammern.",
  notHere: "Die Adresse muss mit /api/v1/ beginnen und darf keine Klammern haben.",
  offline: "Der Server hat nicht geantwortet. Versuche es noch einmal.",
  logIn: "Du bist nicht angemeldet. Anmelden",
  prove: "Dafür musst du noch einmal zeigen, wer du bist. Zeigen, dann noch einmal senden",
  close: "Schließen",
};
