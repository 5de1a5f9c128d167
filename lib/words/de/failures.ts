import type { Words } from "../catalogue.ts";

export const failures: Words["failures"] = {
  unknown: "Das hat nicht geklappt. Versuch es noch einmal.",
  not_found: "Das gibt es nicht mehr.",
  forbidden: "Das darfst du nicht.",
  conflict: "Das geht nicht mehr. Lade die Seite neu, um den Stand zu sehen.",
  rate_limited: "Zu viele Anfragen. Warte einen Moment und versuch es dann noch einmal.",
  queue_full: "Die Grenze ist erreicht. Versuch es später noch einmal.",
  not_clean: "Eine Datei hat die Prüfung nicht bestanden.",
  expired: "Das ist abgelaufen.",
  stopped: "Du hast gestoppt. Setze zuerst fort.",
  too_large: "Zu lang. Kürze es und versuch es noch einmal.",
  unavailable: "Gerade nicht verfügbar. Versuch es später noch einmal.",
  unauthorized: "Deine Sitzung ist beendet. Melde dich wieder an.",
  invalid_params: "Etwas stimmt nicht. Prüfe deine Eingaben.",
  offline: "Du bist offline. Versuch es noch einmal, sobald du verbunden bist.",
  broken: "Die Verbindung ist abgebrochen. Lade die Seite neu, um den Stand zu sehen.",
};
