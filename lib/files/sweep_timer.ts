import type { Clock, Log, Timer } from "../platform/mod.ts";

/** Pause between two sweeps for what crashes and given-up uploads left. */
const sweepMs = 10 * 60_000;

/** Calls the sweep at the start and after each pause. Never runs two at once. */
export class SweepTimer implements AsyncDisposable {
  readonly #parts: { sweep(): Promise<void>; clock: Clock; log: Log };
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: { sweep(): Promise<void>; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  start(): void {
    const { sweep, clock, log } = this.#parts;
    this.#running = sweep()
      .catch((error) => log.error("sweep.failed", { error: error as Error }))
      .finally(() => {
        if (!this.#closed) this.#timer = clock.after(sweepMs, () => this.start());
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
  }
}
