import assert from "node:assert/strict";
import { SweepTimer } from "../../lib/files/mod.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";

Deno.test("FI-7: sweeps run one after another, also after one that failed, until the close", async () => {
  const clock = new FakeClock();
  let begun = 0;
  let ends: PromiseWithResolvers<void> = Promise.withResolvers();
  const sweep = () => {
    begun++;
    return ends.promise;
  };
  const timer = new SweepTimer({ sweep, clock, log: silentLog });
  timer.start();
  await clock.advanceAsync(3600_000);
  assert.equal(begun, 1, "the first one still runs");
  const first = ends;
  ends = Promise.withResolvers();
  first.reject(new Error("the disk is full"));
  await clock.advanceAsync(600_000);
  assert.equal(begun, 2);
  let closed = false;
  const closing = timer[Symbol.asyncDispose]().then(() => closed = true);
  await settle();
  assert.equal(closed, false, "a close waits for the sweep that runs");
  ends.resolve();
  await closing;
  assert.equal(clock.pending, 0);
});
