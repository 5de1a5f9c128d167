/** The only sentences of notifications (UI-12). None says what it is, from whom, or about what. */
export const pushed = {
  name: "Behest",
  command: "Something new is waiting.",
  deadline: "A deadline is near.",
  chat: "There is a new message.",
  notice: "There is news for you.",
  several: "Several new things are waiting.",
  count: { one: "{count} new", other: "{count} new" },
  test: "This is a test. Notifications work on this device.",
  accept: "Accept",
  later: "Later",
  decline: "Decline",
  stop: "Stop",
};
