/** Notifications while no page is open. */
export const push = {
  title: "Notifications on this device",
  lead:
    "When no page is open, this device can say that something waits for you. It never says what, or from whom, and at most once an hour. Your quiet hours, your daily limit and Stop hold for it too.",
  on: "Notifications are on here.",
  off: "Notifications are off here.",
  turnOn: "Turn them on",
  turnOff: "Turn them off",
  denied: "This browser was told not to show notifications from here. You can change that in its settings.",
  unsupported: "This browser cannot do that here. Some need the app to be installed first.",
  failed: "That did not work. Try again later.",
};
