import type { Clock } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";

/**
 * The next event of a body: bytes, its regular end (null), or an early end. `cut`: the connection broke. `stalled`: no byte for
 * `limits.uploadStallMs`, or not all of it within `limits.uploadRequestMs`. `stopped`: `stop` was called. `sync_requested` is no end: `requestSync` was called.
 */
export type BodyEvent = Uint8Array | null | "cut" | "stalled" | "stopped" | "sync_requested";

/** Reads a request body with time limits on silence and on the whole (OP-9). Disposing it tells the client to stop sending. */
export class RequestBody implements Disposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock;
  readonly #endMs: number;
  /** Start of the current wait. Work between two reads does not count against the client. */
  #sinceMs = 0;
  #gotBytes = true;
  #reading = false;
  #arrived: { next: Uint8Array | null | "cut" } | undefined;
  #stopped = false;
  #syncRequested = false;
  #wake: (() => void) | undefined;

  constructor(stream: ReadableStream<Uint8Array>, clock: Clock) {
    this.#reader = stream.getReader();
    this.#clock = clock;
    this.#endMs = clock.now() + limits.uploadRequestMs;
  }

  /** Makes the current or next call of `next` return `stopped`. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Makes the current or next call of `next` return `sync_requested`, once. */
  requestSync(): void {
    this.#syncRequested = true;
    this.#wake?.();
  }

  async next(): Promise<BodyEvent> {
    while (true) {
      if (this.#stopped) return "stopped";
      if (this.#syncRequested) {
        this.#syncRequested = false;
        return "sync_requested";
      }
      if (this.#arrived !== undefined) {
        const { next } = this.#arrived;
        // Later calls get the same end.
        if (next instanceof Uint8Array) this.#arrived = undefined;
        return next;
      }
      if (!this.#reading) void this.#read();
      const leftMs = Math.min(this.#sinceMs + limits.uploadStallMs, this.#endMs) - this.#clock.now();
      if (leftMs <= 0) return "stalled";
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      using _stall = this.#clock.after(leftMs, resolve);
      await promise;
    }
  }

  async #read(): Promise<void> {
    this.#reading = true;
    // An empty chunk does not restart the wait.
    if (this.#gotBytes) this.#sinceMs = this.#clock.now();
    this.#gotBytes = false;
    try {
      const { done, value } = await this.#reader.read();
      this.#arrived = { next: done ? null : value };
      this.#gotBytes = !done && value.length > 0;
    } catch {
      this.#arrived = { next: "cut" };
    }
    this.#reading = false;
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    // A body that cannot be cancelled needs no handling: nothing reads it again.
    this.#reader.cancel().catch(() => undefined);
  }
}
