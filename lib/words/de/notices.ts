import type { Words } from "../catalogue.ts";

export const notices: Words["notices"] = {
  title: "Hinweise",
  untitled: "deinen Auftrag",
  untitledOf: "einen Auftrag",
  others: { one: "{name} und {count} weitere Person", other: "{name} und {count} weitere" },
  command_accepted: "Angenommen von {who}: {title}",
  command_declined: "Abgelehnt von {who}: {title}",
  command_submitted: "Abgegeben von {who}: {title}",
  command_completed: "Erledigt von {who}: {title}",
  command_approved: "Bestätigt von {who}: {title}",
  command_returned: "Zurückgegeben von {who}: {title}",
  contact_requested: "Kontaktanfrage von {who}.",
  contact_accepted: "Kontaktanfrage angenommen von {who}.",
  group_invited: "Einladung zu {title}.",
  sanction_imposed: "Die Moderation hat dich verwarnt.",
  sanction_imposed_mute: "Die Moderation hat dich stummgeschaltet. Du kannst vorerst nichts senden.",
  sanction_imposed_limit: "Die Moderation hat eingeschränkt, was du senden kannst.",
  sanction_imposed_suspend: "Die Moderation hat dein Konto gesperrt.",
  sanction_lifted: "Eine Maßnahme gegen dich wurde aufgehoben.",
  report_decided_acted: "Deine Meldung wurde geprüft. Die Moderation hat gehandelt.",
  report_decided: "Deine Meldung wurde geprüft. Es wurde keine Regel verletzt.",
  appeal_decided: "Dein Einspruch wurde geprüft. Die Maßnahme bleibt.",
  appeal_decided_lifted: "Dein Einspruch wurde geprüft. Die Maßnahme wurde aufgehoben.",
  file_rejected: "{title} wurde bei der Prüfung abgewiesen.",
  login_link:
    "Die Verwaltung hat einen Link gemacht, der für dein Konto ein neues Passwort setzt. Hast du nicht darum gebeten, sag es jemand anderem aus der Verwaltung.",
  login_link_used:
    "Ein Link für ein verlorenes Passwort hat dein neues Passwort gesetzt, und alles wurde abgemeldet. Passkeys und andere Wege zur Anmeldung sind geblieben: Entferne, was nicht von dir ist.",
};

export const noticesPage: Words["noticesPage"] = {
  lead: "Werden zwei Wochen aufbewahrt.",
  none: "Noch keine Hinweise",
  noneLead: "Hier stehen Antworten auf deine Aufträge, Durchsichten, Anfragen und Einladungen.",
  readAll: "Alle als gelesen markieren",
  older: "Ältere",
};
