import type { Words } from "../catalogue.ts";

export const tries: Words["tries"] = {
  title: "{name} ausprobieren",
  lead: "Gesendet mit deiner eigenen Sitzung: Was es tut, ist echt.",
  scripts: "Das braucht Skripte in deinem Browser.",
  address: "Adresse",
  addressHint: "Ersetze jeden Teil in Klammern. Eine Abfrage hängst du mit ? an.",
  body: "JSON",
  bodyHint: "Beginnt mit den Pflichtfeldern. Die Typen darunter nennen alle Felder.",
  agree: "Ich weiß, dass das für mich oder andere etwas ändern kann.",
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
