import type { Words } from "../mod.ts";

export const discreet: Words["discreet"] = {
  neutralTitle: "Notizen",
  turnOn: "Diskret anschalten",
  turnOff: "Diskret ausschalten",
};
