/** Notifications while no page is open. */
export const push = {
  title: "Notifications on this device",
  lead: "This device rings with the page closed, and stays silent while the page is in view.",
  on: "Notifications are on.",
  off: "Notifications are off.",
  turnOn: "Turn on",
  turnOff: "Turn off",
  denied: "This browser blocks notifications from this site. You can change that in its settings.",
  unsupported: "Not supported here. Some browsers need the app installed first.",
  failed: "That did not work. Try again later.",
};
