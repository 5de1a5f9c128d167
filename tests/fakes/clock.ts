import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../lib/platform/clock.ts";

/** What a `FakeClock` starts at unless told otherwise: 2026-01-01T00:00:00Z. */
export const fakeStartMs = Date.UTC(2026, 0, 1);

/** Timers that one `advance` may run: a timer that sets itself up again without end fails instead of hanging. */
const timersPerAdvance = 1_000_000;

interface Pending {
  at: number;
  /** Timers of the same time run in the order in which they were set. */
  order: number;
  call: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs: number = fakeStartMs) {
    this.#now = startMs;
  }

  /** Timers that are waiting; 0 after everything was closed shows that nothing was left behind. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Milliseconds until the next timer, or undefined when none waits. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.at - this.#now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Timer {
    const entry: Pending = { at: this.#now + (ms > 0 ? ms : 0), order: this.#order++, call };
    this.#pending.add(entry);
    const cancel = () => void this.#pending.delete(entry);
    return { cancel, [Symbol.dispose]: cancel };
  }

  /** Moves time on and runs every timer that becomes due, in order, each at its own time; also those set meanwhile. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let ran = 0; this.#runNext(end); ran++) guard(ran);
    this.#now = end;
  }

  /** As `advance`, and lets promises settle before the first timer, between timers and after the last. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let ran = 0; this.#runNext(end); ran++) {
      guard(ran);
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #runNext(end: number): boolean {
    const next = this.#next();
    if (next === undefined || next.at > end) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
    return true;
  }

  #next(): Pending | undefined {
    let first: Pending | undefined;
    for (const entry of this.#pending) {
      if (
        first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order)
      ) {
        first = entry;
      }
    }
    return first;
  }
}

/** Resolves when every promise callback that was ready, and those it made ready, has run. No time passes. */
export function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function guard(ran: number): void {
  if (ran >= timersPerAdvance) throw new Error(`More than ${timersPerAdvance} timers ran in one advance.`);
}
