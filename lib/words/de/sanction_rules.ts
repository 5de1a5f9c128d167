import type { Words } from "../catalogue.ts";

export const sanctionRules: Words["sanctionRules"] = {
  title: "Regeln für Sanktionen",
  reasons: "Gründe",
  reasonsLead:
    "Wer moderiert, wählt einen davon und kann seinen Text ändern. Die betroffene Person liest den Text.",
  reason: "Grund {number}",
  newReason: "Weiterer Grund",
  reasonTitle: "Titel",
  reasonText: "Text für die Person",
  emptyHint: "Beide Felder eines Grundes leeren, um ihn zu entfernen.",
  saveReasons: "Gründe speichern",
  reasonsSaved: "Gründe gespeichert.",
  rules: "Automatische Regeln",
  rulesLead:
    "Die nächste Entscheidung, die einem Fall stattgibt, fügt die Sanktion hinzu. Ein Probelauf vermerkt das nur im Protokoll: Probiere jede Regel zuerst so aus.",
  rule: "Regel {number}",
  newRule: "Weitere Regel",
  upheld: "Fälle mit Erfolg",
  days: "Innerhalb von Tagen",
  sanction: "Sanktion",
  mute: "Stummschalten",
  limit: "Nur Kontakte",
  lastsDays: "Für Tage",
  dryRun: "Probelauf",
  ruleEmptyHint: "Die Zahl der Fälle leeren, um eine Regel zu entfernen.",
  saveRules: "Regeln speichern",
  rulesSaved: "Regeln gespeichert.",
};
