import type { Words } from "../catalogue.ts";

export const bar: Words["bar"] = {
  stop: "Stopp",
  stopTitle: "Jetzt alles stoppen (Strg+Umschalt+.)",
  stoppedLabel: "Gestoppt",
  stopped: "Gestoppt. Dir wird nichts zugestellt.",
  since: "Seit {time}.",
  waits: "Neue Aufträge warten, bis du fortsetzt.",
  again: "Mir wieder zustellen",
  resume: "Fortsetzen",
  newFrom: "Neu von {name}",
  asks: "Kontaktanfrage von {name}",
  invited: "Einladung: {title}",
  warned: "Verwarnung der Moderation",
  muted: "Du kannst gerade keine Aufträge senden",
  online: "Online",
  connecting: "Verbinde",
  offline: "Offline, verbinde neu",
  login: "Abgemeldet: zum Anmelden neu laden",
  replaced: "In einem anderen Tab offen",
  closed: "Getrennt: zum Verbinden neu laden",
};
