import type { Words } from "../catalogue.ts";

export const push: Words["push"] = {
  title: "Benachrichtigungen auf diesem Gerät",
  lead:
    "Wenn du nicht verbunden bist, kann dir dieses Gerät sagen, dass etwas wartet: nie was oder von wem, höchstens einmal pro Stunde und nie gegen deine Ruhezeit, dein Tageslimit oder Stopp.",
  on: "Benachrichtigungen sind an.",
  off: "Benachrichtigungen sind aus.",
  turnOn: "Einschalten",
  turnOff: "Ausschalten",
  denied:
    "Dieser Browser blockiert Benachrichtigungen von dieser Website. Du kannst das in seinen Einstellungen ändern.",
  unsupported: "Hier nicht unterstützt. Manche Browser brauchen zuerst die installierte App.",
  failed: "Das hat nicht geklappt. Versuch es später noch einmal.",
};
