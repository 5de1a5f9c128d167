import type { Words } from "../mod.ts";

export const discreet: Words["discreet"] = {
  neutralTitle: "Notizen",
  turnOn: "Inhalte verbergen",
  turnOff: "Inhalte zeigen",
};
