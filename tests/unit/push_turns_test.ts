import assert from "node:assert/strict";
import { Turns } from "../../lib/push/turns.ts";
import { FakeClock } from "../fakes/clock.ts";

Deno.test("UI-12: a look that read a device before its push ended tells it nothing twice", async () => {
  const turns = new Turns(new FakeClock());
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let again = 0;
  const push = (send: () => Promise<boolean>) =>
    turns.take("one", { rings: false, more: false }, send, () => again++);
  const before = turns.moment;
  assert.equal(turns.stateOf("one", before), "free");
  const sending = push(() => promise);
  const during = turns.moment;
  resolve(false);
  await sending;
  assert.deepEqual(
    [before, during, turns.moment].map((moment) => turns.stateOf("one", moment)),
    ["told", "told", "free"],
  );
  assert.equal(turns.stateOf("two", before), "free", "of that device alone");
  assert.equal(again, 0);

  const busy = push(() => Promise.resolve(turns.stateOf("one", turns.moment) !== "busy"));
  await busy;
  assert.equal(again, 1, "the look that found it busy");
});
