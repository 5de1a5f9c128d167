import { limits } from "../protocol/mod.ts";

/**
 * Orders the calls of one connection. Up to `limits.requestsInFlight` run at once, so that calls in a pipeline share
 * commits. The others wait in order, bounded in number and length.
 */
export class RequestQueue<C extends { readonly length: number }> {
  #running = 0;
  /** Null while no call waits: an idle connection needs no array. */
  #waiting: C[] | null = null;
  #waitingLength = 0;

  /** Whether a call runs. None waits otherwise. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** `start`: run the call now. `waits`: `ended` returns it later. `full`: the client sends too much. */
  offer(call: C): "start" | "waits" | "full" {
    if (this.#waiting === null && this.#running < limits.requestsInFlight) {
      this.#running++;
      return "start";
    }
    const waiting = this.#waiting ??= [];
    this.#waitingLength += call.length;
    if (waiting.length >= limits.framesQueued || this.#waitingLength > limits.framesQueuedLength) {
      return "full";
    }
    waiting.push(call);
    return "waits";
  }

  /** A call ended. Returns the next one to start. */
  ended(): C | undefined {
    const next = this.#waiting?.shift();
    if (next === undefined) {
      this.#running--;
      return undefined;
    }
    this.#waitingLength -= next.length;
    if (this.#waiting?.length === 0) this.#waiting = null;
    return next;
  }

  /** Drops the calls that wait. Those that run continue. */
  clear(): void {
    this.#waiting = null;
    this.#waitingLength = 0;
  }
}
