import { limits } from "../protocol/mod.ts";

/**
 * Frames that came in, and frames to send, before `session.ready`, which is the first frame. As many as the queue of calls
 * may hold.
 */
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
