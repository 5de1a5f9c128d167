import type { Words } from "../catalogue.ts";

export const discreet: Words["discreet"] = {
  neutralTitle: "Notizen",
  turnOn: "Inhalte verbergen",
  turnOff: "Inhalte zeigen",
};
