import { type Clock, iso } from "../platform/mod.ts";
import type { HealthPort } from "../platform/health.ts";
import { type Message, say } from "../protocol/mod.ts";

/** A smaller step is what time services do all day. */
const leastMs = 5_000;
/** A clock that was far ahead is right again, and is not behind until it gets there. */
const toldMs = 3_600_000;

/**
 * Warns after the clock was set back, until it is where it was, an hour at the longest. `elapsedMs` only goes forward; it may stand
 * still while the machine sleeps.
 */
export function clockHealth(clock: Pick<Clock, "now">, elapsedMs: () => number): HealthPort<Message> {
  let last = { ms: clock.now(), elapsedMs: elapsedMs() };
  let step: { fromMs: number; atMs: number; byMs: number } | null = null;
  return {
    name: "clock",
    check() {
      const now = { ms: clock.now(), elapsedMs: elapsedMs() };
      const expectedMs = last.ms + now.elapsedMs - last.elapsedMs;
      last = now;
      if (expectedMs - now.ms >= leastMs) {
        step = { fromMs: expectedMs, atMs: now.ms, byMs: expectedMs - now.ms };
      } else if (step !== null && (now.ms >= step.fromMs || now.ms - step.atMs >= toldMs)) {
        step = null;
      }
      return Promise.resolve(
        step === null
          ? null
          : say("health.clock", { count: Math.round(step.byMs / 1000), at: iso(step.atMs) }),
      );
    },
  };
}
