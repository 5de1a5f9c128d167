import assert from "node:assert/strict";
import { clockOf } from "../../lib/platform/clock.ts";
import { FakeClock } from "../fakes/clock.ts";

const hourMs = 3_600_000;

/** A clock over time that a test moves: `run` lets it pass, `set` is what an operator or a sleep does to it. */
function settable() {
  const runtime = new FakeClock(0);
  let offsetMs = 1_000_000_000_000;
  const clock = clockOf({
    now: () => runtime.now() + offsetMs,
    elapsedMs: () => runtime.now(),
    sleep: (ms, call) => {
      assert.ok(ms >= 0 && ms <= 60_000, `it sleeps for ${ms} ms`);
      return runtime.after(ms, call);
    },
  });
  return { clock, runtime, set: (ms: number) => offsetMs += ms };
}

Deno.test("OP-9: a wait for a time ends at most a minute after the clock was set forward past it", () => {
  const { clock, runtime, set } = settable();
  let calls = 0;
  clock.after(9 * hourMs, () => calls++);
  runtime.advance(hourMs);
  assert.equal(calls, 0);
  set(8 * hourMs);
  runtime.advance(60_000);
  assert.equal(calls, 1);
  runtime.advance(24 * hourMs);
  assert.equal(calls, 1);
  assert.equal(runtime.pending, 0);
});

Deno.test("OP-9: a wait lasts its time, to the millisecond, and no longer when the clock is set back", () => {
  for (const setMs of [0, -hourMs]) {
    const { clock, runtime, set } = settable();
    let calls = 0;
    clock.after(2 * hourMs + 1, () => calls++);
    set(setMs);
    runtime.advance(2 * hourMs);
    assert.equal(calls, 0);
    runtime.advance(1);
    assert.equal(calls, 1);
  }
});

Deno.test("OP-9: a cancelled wait never ends, also after it has looked at the time", () => {
  const { clock, runtime } = settable();
  let calls = 0;
  const timer = clock.after(hourMs, () => calls++);
  runtime.advance(150_000);
  timer.cancel();
  runtime.advance(2 * hourMs);
  assert.equal(calls, 0);
  assert.equal(runtime.pending, 0);
});

Deno.test("OP-9: endless and short waits are what they are", () => {
  const { clock, runtime } = settable();
  const called: string[] = [];
  clock.after(-5, () => called.push("past"));
  clock.after(60_000, () => called.push("a minute"));
  clock.after(Infinity, () => called.push("never"));
  runtime.advance(0);
  assert.deepEqual(called, ["past"]);
  runtime.advance(60_000);
  assert.deepEqual(called, ["past", "a minute"]);
  runtime.advance(100 * hourMs);
  assert.deepEqual(called, ["past", "a minute"]);
});
