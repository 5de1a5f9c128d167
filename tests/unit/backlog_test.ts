import assert from "node:assert/strict";
import { Backlog } from "../../lib/browser/backlog.ts";

Deno.test("UI-11: a command from before the page was opened is no news while a connection catches up", () => {
  const backlog = new Backlog();
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
  const sent = (second: number, deliverAt: string | null = null) => ({ createdAt: at(second), deliverAt });
  assert.equal(backlog.has(sent(1), 0), false, "no connection has a backlog yet");
  backlog.began(at(10), 1000);
  assert.equal(backlog.has(sent(1), 2000), true);
  assert.equal(backlog.has(sent(11), 2000), false, "it was sent since");
  assert.equal(backlog.has(sent(1, at(12)), 2000), false, "it was scheduled for now");
  assert.equal(backlog.has(sent(1), 11_000), false, "what was held until now is news");
  // The server was restarted: what came while it was away was sent after the page was opened.
  backlog.began(at(50), 60_000);
  assert.equal(backlog.has(sent(1), 61_000), true);
  assert.equal(backlog.has(sent(40), 61_000), false);
});
