/** Fields of the send forms that have scripts. */
export const inputs = {
  to: "To",
  toHint: "One or more usernames, parted by commas.",
  chosen: "Chosen",
  takeOff: "Take {name} off",
  timesIn: "Times are in {zone}.",
};
