import type { Words } from "../catalogue.ts";

export const push: Words["push"] = {
  title: "Mitteilungen auf diesem Gerät",
  lead:
    "Wenn keine Seite offen ist, kann dir dieses Gerät sagen, dass etwas auf dich wartet. Es sagt nie, was oder von wem, und höchstens einmal in der Stunde. Deine Ruhezeiten, dein Tageslimit und Stopp gelten auch dafür.",
  on: "Mitteilungen sind hier an.",
  off: "Mitteilungen sind hier aus.",
  turnOn: "Anschalten",
  turnOff: "Ausschalten",
  denied:
    "Diesem Browser wurde gesagt, dass er von hier keine Mitteilungen zeigen soll. Du kannst das in seinen Einstellungen ändern.",
  unsupported: "Dieser Browser kann das hier nicht. Bei manchen muss die App zuerst installiert sein.",
  failed: "Das hat nicht geklappt. Versuche es später noch einmal.",
};
