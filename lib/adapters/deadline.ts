import type { Clock, Timer } from "../platform/mod.ts";
import { type PlainKey, said, say } from "../protocol/mod.ts";
import { SaidError } from "./said_error.ts";

/** Thrown when a wait ends early; the message is for an operator, without secrets. */
export class GivenUp extends SaidError {
  override readonly name = "GivenUp";
}

/**
 * A signal that aborts with `GivenUp` when another signal aborts or a time limit passes. Its owner disposes it. Every sign of
 * progress can set a new time limit.
 */
export class Deadline implements Disposable {
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #stop = () => this.#controller.abort(new GivenUp("wait.calledOff"));
  #timer: Timer | null = null;

  constructor(clock: Clock, outer: AbortSignal) {
    this.#clock = clock;
    this.#outer = outer;
    if (outer.aborted) this.#stop();
    else outer.addEventListener("abort", this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts after `ms` unless it is called again; `what` says what did not happen. */
  within(ms: number, what: PlainKey): void {
    this.rest();
    this.#timer = this.#clock.after(
      ms,
      () => this.#controller.abort(new GivenUp(say("wait.within", { what: said(what), count: ms }))),
    );
  }

  /** Stops the time limit until the next `within`. */
  rest(): void {
    this.#timer?.cancel();
  }

  /** Returns the promise's value, or throws the reason as soon as the signal aborts; a later value is dropped. */
  async race<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined);
    const { signal } = this;
    signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([promise, aborted]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Like `race`, for a stream that is being opened: cancels one that opens too late. */
  async opened<T>(opening: Promise<ReadableStream<T>>): Promise<ReadableStream<T>> {
    try {
      return await this.race(opening);
    } catch (error) {
      opening.then((late) => late.cancel()).catch(() => undefined);
      throw error;
    }
  }

  /** Resolves after `ms`; throws the reason when the signal aborts first. */
  async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = this.#clock.after(ms, resolve);
    await this.race(promise);
  }

  [Symbol.dispose](): void {
    this.rest();
    this.#outer.removeEventListener("abort", this.#stop);
  }
}
