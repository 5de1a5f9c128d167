import type { Words } from "../catalogue.ts";

export const account: Words["account"] = {
  title: "Deine Daten",
  lead: "Lade deine Daten herunter oder lösche sie.",
  suspended: "Deine Daten kannst du trotzdem herunterladen oder löschen.",
  take: "Herunterladen",
  takeLead:
    "Eine ZIP-Datei: Konto, Profil, Einstellungen, Kontakte, Gruppen, Sitzungen, erhaltene und gesendete Aufträge, saubere Dateien.",
  download: "Archiv herunterladen",
  leave: "Konto löschen",
  leaveLead:
    "Das löscht dein Konto und alles darin endgültig. Was du gesendet hast, verschwindet bei den Empfängern. Deinen Benutzernamen bekommt niemand sonst.",
  leaveHeld: "Der Server behält nur das Protokoll und was das Gesetz verlangt.",
  password: "Passwort",
  code: "Code",
  codeHint: "Falls du einen zweiten Faktor hast: ein Code aus der App oder ein Wiederherstellungscode.",
  sure: "Mein Konto endgültig löschen",
  remove: "Mein Konto löschen",
  gone: "Dein Konto wurde gelöscht.",
};
