import type { Words } from "../catalogue.ts";

export const bar: Words["bar"] = {
  stop: "Stopp",
  stopTitle: "Alles sofort anhalten (Strg+Umschalt+.)",
  stoppedLabel: "Gestoppt",
  stopped: "Gestoppt. Du bekommst nichts mehr.",
  since: "Seit {time}.",
  waits: "Was andere dir inzwischen senden, wartet auf dich.",
  again: "Ich möchte wieder etwas bekommen",
  resume: "Weitermachen",
  newFrom: "Neu von {name}",
  asks: "{name} möchte dein Kontakt sein",
  invited: "Du bist eingeladen: {title}",
  live: "Live",
  connecting: "Verbindet sich",
  offline: "Offline, neuer Versuch läuft",
  login: "Sitzung zu Ende: zum Anmelden neu laden",
  replaced: "In einem anderen Tab live",
  closed: "Verbindung geschlossen: bitte neu laden",
};
