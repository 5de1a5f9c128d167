/** Discreet mode: for screens that others may see. */
export const discreet = {
  /** The title of every page then. */
  neutralTitle: "Notes",
  turnOn: "Turn discreet mode on",
  turnOff: "Turn discreet mode off",
};
