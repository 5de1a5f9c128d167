import type { PushWords } from "../../lib/push/mod.ts";

/** Sentences of notifications. */
export const pushWords: PushWords = {
  name: "Behest",
  discreet: "Notes",
  command: "Something new.",
  deadline: "A deadline.",
  chat: "A message.",
  notice: "News.",
  several: "Several.",
  count: (count) => `${count} new`,
  test: "A test.",
  actions: { accept: "Accept", later: "Later", decline: "Decline", stop: "Stop" },
};
