import type { Clock } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { utf8Bytes } from "./bytes.ts";
import type { Transport } from "./ports.ts";

/**
 * WS-7: bounds the bytes that wait to be written to one socket, and the time that they wait. It only counts: the transport
 * gets every frame now, so that the runtime can write several together.
 */
export class Outbox {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #mayWrite: (() => boolean) | undefined;
  /** Bytes given to the transport, and those of them that the network is known to have taken. */
  #written = 0;
  #taken = 0;
  /** At most so many bytes wait. Asking the transport how many it is costs as much as half a frame. */
  #waitingAtMost = 0;
  #progressAt = 0;

  /** `mayWrite`: asked for each frame, where this process may lose the right to write (OP-7). Then every frame is refused. */
  constructor(transport: Transport, clock: Clock, mayWrite?: () => boolean) {
    this.#transport = transport;
    this.#clock = clock;
    this.#mayWrite = mayWrite;
  }

  /** Sends one frame. False: more than `limits.outboxBytes` would wait, so nothing was sent. */
  sendText(text: string): boolean {
    if (this.#mayWrite?.() === false) return false;
    const bytes = utf8Bytes(text);
    if (this.#waitingAtMost + bytes > limits.outboxBytes && this.#waiting() + bytes > limits.outboxBytes) {
      return false;
    }
    this.#send(text, bytes);
    return true;
  }

  /** Sends a delivery of this size if that leaves room for answers; false when it does not. */
  sendDelivery(text: string, bytes: number): boolean {
    if (this.#mayWrite?.() === false) return false;
    if (!this.hasRoom(bytes) || bytes > limits.outboxBytes) return false;
    this.#send(text, bytes);
    return true;
  }

  /** Whether a delivery of this many bytes leaves room for answers. */
  hasRoom(bytes: number): boolean {
    if (this.#waitingAtMost + bytes <= limits.deliverPauseBytes) return true;
    const waiting = this.#waiting();
    return waiting === 0 || waiting + bytes <= limits.deliverPauseBytes;
  }

  /** Whether bytes wait and the network took none for `limits.outboxStallMs`. The hub's sweep asks. */
  stalled(now: number): boolean {
    if (this.#written === this.#taken) return false;
    const waiting = this.#waiting();
    const taken = this.#written - waiting;
    if (waiting === 0 || taken > this.#taken) {
      this.#taken = taken;
      this.#progressAt = Math.max(this.#progressAt, now);
      return false;
    }
    return now - this.#progressAt >= limits.outboxStallMs;
  }

  #send(text: string, bytes: number): void {
    // Nothing waited when the sweep last looked, so this is what begins to wait.
    if (this.#written === this.#taken) this.#progressAt = this.#clock.now();
    this.#transport.send(text);
    this.#written += bytes;
    this.#waitingAtMost += bytes;
  }

  #waiting(): number {
    return this.#waitingAtMost = this.#transport.bufferedAmount();
  }

  /** Does not count time in which this process did not run. */
  forgive(ms: number, now: number): void {
    this.#progressAt = Math.min(this.#progressAt + ms, now);
  }
}
