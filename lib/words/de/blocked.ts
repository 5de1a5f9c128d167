import type { Words } from "../catalogue.ts";

export const blocked: Words["blocked"] = {
  title: "Blockierte Menschen",
  lead: "Nichts von ihnen erreicht dich. Sie erfahren es nicht und sehen, was andere auch sehen.",
  emptyTitle: "Noch niemand blockiert",
  empty: "Blockiere unten jemanden mit dem Benutzernamen.",
  count: { one: "{count} blockierter Mensch", other: "{count} blockierte Menschen" },
  search: "Benutzername",
  find: "Suchen",
  none: "Keine Treffer.",
  clear: "Suche zurücksetzen",
  first: "Erste Seite",
  more: "Weitere",
  block: "Blockieren",
  unblock: "Nicht mehr blockieren",
  undo: "Rückgängig",
  about: "{action}: @{name}",
  blockTitle: "Jemanden blockieren",
  username: "Benutzername, der blockiert wird",
  blocked: "{name} ist blockiert.",
  unblocked: "{name} ist nicht mehr blockiert. Was inzwischen gesendet wurde, erreicht dich nicht.",
};
