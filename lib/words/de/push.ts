import type { Words } from "../catalogue.ts";

export const push: Words["push"] = {
  title: "Benachrichtigungen auf diesem Gerät",
  lead:
    "Dieses Gerät meldet sich auch bei geschlossener Seite und bleibt still, solange die Seite zu sehen ist.",
  on: "Benachrichtigungen sind an.",
  off: "Benachrichtigungen sind aus.",
  turnOn: "Einschalten",
  turnOff: "Ausschalten",
  denied:
    "Dieser Browser blockiert Benachrichtigungen von dieser Website. Du kannst das in seinen Einstellungen ändern.",
  unsupported: "Hier nicht unterstützt. Manche Browser brauchen zuerst die installierte App.",
  failed: "Das hat nicht geklappt. Versuch es später noch einmal.",
};
