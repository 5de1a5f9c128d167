import type { Words } from "../catalogue.ts";

export const account: Words["account"] = {
  title: "Deine Daten",
  lead: "Nimm mit, was über dich gespeichert ist, oder geh ganz.",
  suspended: "Deine Daten mitnehmen oder gehen kannst du trotzdem.",
  take: "Mitnehmen",
  takeLead:
    "Ein ZIP-Archiv: Konto, Profil, Einstellungen, Kontakte, Gruppen, Sitzungen, was du bekommen und gesendet hast, und deine Dateien.",
  download: "Archiv herunterladen",
  leave: "Gehen",
  leaveLead:
    "Das entfernt dein Konto und alles, was daran hängt, sofort und endgültig. Was du gesendet hast, verschwindet bei denen, die es bekommen haben. Deinen Benutzernamen bekommt niemand anders.",
  leaveHeld:
    "Nur was dieser Server von Gesetzes wegen aufheben muss, bleibt, und das Protokoll der Verwaltung.",
  password: "Passwort",
  code: "Code",
  codeHint: "Nur mit zweitem Faktor: was die App zeigt, oder ein Wiederherstellungscode.",
  sure: "Mein Konto endgültig entfernen",
  remove: "Konto entfernen",
  gone: "Dein Konto ist entfernt.",
};
