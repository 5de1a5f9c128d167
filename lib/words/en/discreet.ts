/** Discreet mode: for screens that others may see. */
export const discreet = {
  /** The title of every page then. */
  neutralTitle: "Notes",
  turnOn: "Hide content",
  turnOff: "Show content",
};
