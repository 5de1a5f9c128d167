import type { Clock, Timer } from "../../lib/platform/mod.ts";
import { SimClock } from "./sim_clock.ts";

/** Time in leaps that knows how many timers are left. */
export class CountedClock implements Clock {
  readonly #clock: SimClock;
  readonly #waiting = new Set<Timer>();

  constructor(startMs: number) {
    this.#clock = new SimClock(startMs);
  }

  get leftOver(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.#clock.now();
  }

  after(ms: number, call: () => void): Timer {
    const inner = this.#clock.after(ms, () => (this.#waiting.delete(timer), call()));
    const cancel = () => (this.#waiting.delete(timer), inner.cancel());
    const timer = { cancel, [Symbol.dispose]: cancel };
    this.#waiting.add(timer);
    return timer;
  }

  leap(ms: number): void {
    this.#clock.leap(ms);
  }

  crash(): void {
    this.#clock.crash();
    this.#waiting.clear();
  }
}
