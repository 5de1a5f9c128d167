import type { Words } from "../catalogue.ts";

export const failures: Words["failures"] = {
  unknown: "Das hat nicht geklappt. Versuch es noch einmal.",
  not_found: "Das gibt es nicht mehr.",
  forbidden: "Das darfst du nicht.",
  conflict: "Das geht nicht mehr. Lade die Seite neu, um zu sehen, wie es steht.",
  rate_limited: "Das war zu viel auf einmal. Warte etwas und versuch es dann noch einmal.",
  queue_full: "Dafür ist gerade kein Platz. Versuch es später noch einmal.",
  not_clean: "Eine der Dateien hat die Prüfung nicht bestanden.",
  expired: "Das ist inzwischen zu Ende.",
  stopped: "Du hast alles gestoppt. Mach zuerst weiter.",
  too_large: "Das ist zu lang. Kürze es und versuch es noch einmal.",
  unavailable: "Das kann der Server gerade nicht. Versuch es später noch einmal.",
  unauthorized: "Deine Sitzung ist zu Ende. Melde dich wieder an.",
  invalid_params: "Etwas daran stimmt nicht. Sieh dir an, was du eingegeben hast.",
  offline: "Es gibt keine Verbindung. Versuch es noch einmal, wenn sie wieder da ist.",
  broken: "Die Verbindung ist abgebrochen. Lade die Seite neu, um zu sehen, wie es steht.",
};
