import { GivenUp } from "../deadline.ts";

/** A semaphore: at most so many at once, in order of the calls. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Returns a slot; dispose it after use. Throws `GivenUp` when the signal aborts first. */
  async take(signal: AbortSignal): Promise<Disposable> {
    if (signal.aborted) throw new GivenUp("wait.calledOff");
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let given = false;
    return {
      [Symbol.dispose]: () => {
        if (!given) this.#give();
        given = true;
      },
    };
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => {
      const place = this.#waiting.indexOf(resolve);
      // The slot has just been assigned: its new owner returns it.
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      reject(new GivenUp("wait.calledOff"));
    };
    this.#waiting.push(resolve);
    signal.addEventListener("abort", stop, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
