import type { Words } from "../catalogue.ts";

export const sanctions: Words["sanctions"] = {
  label: "Maßnahmen",
  warning: "Verwarnung der Moderation",
  muted: "Du kannst keine Aufträge senden, bis die Moderation das aufhebt.",
  mutedUntil: "Du kannst bis {time} keine Aufträge senden.",
  limited: "Du kannst nur deinen Kontakten schreiben, bis die Moderation das aufhebt.",
  limitedUntil: "Du kannst bis {time} nur deinen Kontakten schreiben.",
  suspended: "Gesperrt, ohne Ende.",
  suspendedUntil: "Gesperrt bis {time}.",
  reason: "Grund: „{text}“",
  read: "Gelesen",
  appealTitle: "Einspruch",
  appealText: "Warum ist das falsch?",
  appealHint: "Du kannst einmal Einspruch erheben. Wer das nicht entschieden hat, liest ihn.",
  appealSend: "Einspruch senden",
  appealOpen: "Du hast Einspruch erhoben. Jemand anderes aus der Moderation entscheidet.",
  appealRefused: "Einspruch abgelehnt: „{text}“",
  appealDone: "Einspruch gesendet. Jemand anderes aus der Moderation entscheidet.",
  appealReview:
    "Wende dich für einen Einspruch gegen eine Prüfung außerhalb von Behest an die Leute, die diesen Server betreiben, und nenne deinen Benutzernamen.",
};
