import type { Words } from "../catalogue.ts";

export const sanctions: Words["sanctions"] = {
  label: "Maßnahmen",
  warning: "Verwarnung der Moderation",
  muted: "Du kannst keine Aufträge senden, bis die Moderation das aufhebt.",
  mutedUntil: "Du kannst bis {time} keine Aufträge senden.",
  suspended: "Gesperrt, ohne Ende.",
  suspendedUntil: "Gesperrt bis {time}.",
  reason: "Grund: „{text}“",
  read: "Gelesen",
  appealTitle: "Einspruch",
  appeal:
    "Ein Formular für Einsprüche gibt es hier noch nicht. Wende dich außerhalb von Behest an die Leute, die diesen Server betreiben, und nenne deinen Benutzernamen.",
};
