import type { Clock, Timer } from "../../lib/platform/mod.ts";

interface Pending {
  at: number;
  order: number;
  call: () => void;
}

/** Time in leaps: a timer that sets itself up again runs once in a leap, as after a night in which the machine slept. */
export class SimClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Timer {
    const entry: Pending = { at: this.#now + Math.max(0, ms), order: this.#order++, call };
    this.#pending.add(entry);
    const cancel = () => void this.#pending.delete(entry);
    return { cancel, [Symbol.dispose]: cancel };
  }

  leap(ms: number): void {
    this.#now += ms;
    const due = [...this.#pending].filter(({ at }) => at <= this.#now);
    for (const entry of due.sort((a, b) => a.at - b.at || a.order - b.order)) {
      // One that ran may have cancelled another.
      if (this.#pending.delete(entry)) entry.call();
    }
  }

  /** The process ended, and its timers with it. */
  crash(): void {
    this.#pending.clear();
  }
}
