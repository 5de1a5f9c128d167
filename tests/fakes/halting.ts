import type { Timer } from "../../lib/platform/mod.ts";
import { FakeClock } from "./clock.ts";

/** A process that can be halted as by SIGSTOP: its timers, and what it is answered and told, wait until it wakes up. */
export class Halting {
  #halted = false;
  #waiting: (() => void)[] = [];
  /** Timers that came due meanwhile. */
  #due: (() => void)[] = [];

  get halted(): boolean {
    return this.#halted;
  }

  halt(): void {
    this.#halted = true;
  }

  wake(): void {
    this.#halted = false;
    for (const go of this.#waiting.splice(0)) go();
    // What it is answered and told may come before its timers do.
    for (const run of this.#due.splice(0)) run();
  }

  /** Resolves when it runs. */
  async awake(): Promise<void> {
    await Promise.resolve();
    while (this.#halted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** A clock whose timers wait with it, and which is wrong by so much. */
  clock(right: FakeClock, wrongMs = 0): FakeClock {
    const run = (call: () => void) => {
      if (this.#halted) this.#due.push(() => void right.after(0, () => run(call)));
      else call();
    };
    return new HaltingClock(right, wrongMs, run);
  }
}

class HaltingClock extends FakeClock {
  readonly #right: FakeClock;
  readonly #wrongMs: number;
  readonly #run: (call: () => void) => void;

  constructor(right: FakeClock, wrongMs: number, run: (call: () => void) => void) {
    super();
    this.#right = right;
    this.#wrongMs = wrongMs;
    this.#run = run;
  }

  override now(): number {
    return this.#right.now() + this.#wrongMs;
  }

  override after(ms: number, call: () => void): Timer {
    return this.#right.after(ms, () => this.#run(call));
  }
}
