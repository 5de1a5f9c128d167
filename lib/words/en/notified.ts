/** Where a notification's button leads in browsers that take no answer from it (UI-12). */
export const notified = {
  title: "Answer a notification",
  lead: "You pressed this button on a notification.",
  keep: "Open the inbox",
  accept: "Accept this command?",
  later: "Put this command off for 1 hour?",
  decline: "Decline this command?",
  stop: "Stop everything?",
};
