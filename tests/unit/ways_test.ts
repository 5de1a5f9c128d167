import assert from "node:assert/strict";
import { wayKinds } from "../../lib/browser/ways.ts";
import { noticeKinds } from "../../lib/protocol/mod.ts";

Deno.test("UI-11: every kind of notice, a new command and a chat message have one choice of how a page tells of them", () => {
  const told = Object.values(wayKinds).flatMap(({ of }) => [...of]);
  assert.deepEqual(told.toSorted(), ["command", "message", ...noticeKinds].sort());
});
