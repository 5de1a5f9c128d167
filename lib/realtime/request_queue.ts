import { limits } from "../protocol/mod.ts";

/**
 * The order of one connection's calls: up to `limits.requestsInFlight` are in work at once, so that a sender who
 * pipelines does not pay a commit for each; the rest waits its turn, bounded in number and length.
 */
export class RequestQueue<C extends { readonly length: number }> {
  #inWork = 0;
  /** Null most of the time: an idle connection carries no array. */
  #waiting: C[] | null = null;
  #waitingLength = 0;

  /** Whether anything is in work or waits for it. */
  get busy(): boolean {
    return this.#inWork > 0;
  }

  /** What the caller must do with a call: start it now, nothing for it waits, or give up on the client. */
  offer(call: C): "start" | "waits" | "full" {
    if (this.#waiting === null && this.#inWork < limits.requestsInFlight) {
      this.#inWork++;
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

  /** A call ended. Gives the one to start in its place. */
  ended(): C | undefined {
    const next = this.#waiting?.shift();
    if (next === undefined) {
      this.#inWork--;
      return undefined;
    }
    this.#waitingLength -= next.length;
    if (this.#waiting?.length === 0) this.#waiting = null;
    return next;
  }

  /** Drops what waits; what is in work goes on. */
  clear(): void {
    this.#waiting = null;
    this.#waitingLength = 0;
  }
}

/** What came in and what is to go out before `session.ready`, which is the first frame; bounded like the queue. */
export class EarlyFrames<F> {
  readonly incoming: F[] = [];
  readonly outgoing: string[] = [];
  #length = 0;

  /** False: too much. */
  keepIncoming(frame: F, length: number): boolean {
    this.#length += length;
    if (this.incoming.length >= limits.framesQueued || this.#length > limits.framesQueuedLength) return false;
    this.incoming.push(frame);
    return true;
  }

  keepOutgoing(text: string): boolean {
    this.#length += text.length;
    if (this.#length > limits.framesQueuedLength) return false;
    this.outgoing.push(text);
    return true;
  }
}
