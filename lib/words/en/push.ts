/** Notifications while no page is open. */
export const push = {
  title: "Notifications on this device",
  lead:
    "When you are not connected, this device can tell you that something is waiting: never what or from whom, at most once an hour, and never against your quiet hours, daily limit or Stop.",
  on: "Notifications are on.",
  off: "Notifications are off.",
  turnOn: "Turn on",
  turnOff: "Turn off",
  denied: "This browser blocks notifications from this site. You can change that in its settings.",
  unsupported: "Not supported here. Some browsers need the app installed first.",
  failed: "That did not work. Try again later.",
};
