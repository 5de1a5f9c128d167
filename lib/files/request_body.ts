import type { Clock } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";

/**
 * What came next of a body: bytes, its regular end (null), or why there are no more. `cut`: the line broke; `stalled`: no byte
 * for `limits.uploadStallMs`; `stopped`: somebody called `stop`. `asked`: somebody called `ask`, and it goes on.
 */
export type Next = Uint8Array | null | "cut" | "stalled" | "stopped" | "asked";

/** Reads a body that may stop coming, so that nobody waits for it without end. Disposing tells the other side to stop. */
export class Body implements Disposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock;
  /** Since when it is waited for bytes; what this side does between two reads takes nothing from the other's time. */
  #sinceMs = 0;
  #came = true;
  #reading = false;
  #arrived: { next: Uint8Array | null | "cut" } | undefined;
  #stopped = false;
  #asked = false;
  #wake: (() => void) | undefined;

  constructor(stream: ReadableStream<Uint8Array>, clock: Clock) {
    this.#reader = stream.getReader();
    this.#clock = clock;
  }

  /** The next call, or the one that waits, gives `stopped`. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** The next call, or the one that waits, gives `asked` once. */
  ask(): void {
    this.#asked = true;
    this.#wake?.();
  }

  async next(): Promise<Next> {
    while (true) {
      if (this.#stopped) return "stopped";
      if (this.#asked) {
        this.#asked = false;
        return "asked";
      }
      if (this.#arrived !== undefined) {
        const { next } = this.#arrived;
        // An end stays one.
        if (next instanceof Uint8Array) this.#arrived = undefined;
        return next;
      }
      if (!this.#reading) void this.#read();
      const leftMs = this.#sinceMs + limits.uploadStallMs - this.#clock.now();
      if (leftMs <= 0) return "stalled";
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      using _stall = this.#clock.after(leftMs, resolve);
      await promise;
    }
  }

  async #read(): Promise<void> {
    this.#reading = true;
    // Chunks without a byte do not count.
    if (this.#came) this.#sinceMs = this.#clock.now();
    this.#came = false;
    try {
      const { done, value } = await this.#reader.read();
      this.#arrived = { next: done ? null : value };
      this.#came = !done && value.length > 0;
    } catch {
      this.#arrived = { next: "cut" };
    }
    this.#reading = false;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    // Nobody can do anything about a body that cannot even be given up.
    this.#reader.cancel().catch(() => undefined);
  }
}
