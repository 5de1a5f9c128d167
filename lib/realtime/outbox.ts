import type { Clock } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { fitsBytes } from "./bytes.ts";
import type { Transport } from "./ports.ts";

/**
 * WS-7: bounds the bytes that wait to be written to one socket, and the time that they wait. It only counts: the transport
 * gets every frame now, so that the runtime can write several together.
 */
export class Outbox {
  readonly #transport: Transport;
  readonly #clock: Clock;
  /** Bytes given to the transport, and those of them that the network took, as the transport counts them. */
  #written = 0;
  #taken = 0;
  #progressAt = 0;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Sends one frame. False: more than `limits.outboxBytes` would wait, so nothing was sent. */
  sendText(text: string): boolean {
    const before = this.#transport.bufferedAmount();
    if (!fitsBytes(text, limits.outboxBytes - before)) return false;
    if (before === 0) this.#progressAt = this.#clock.now();
    this.#transport.send(text);
    this.#written += this.#transport.bufferedAmount() - before;
    return true;
  }

  /** Sends a delivery if that leaves room for answers; false when it does not. `bytes` is at least its size. */
  sendDelivery(text: string, bytes: number): boolean {
    const before = this.#transport.bufferedAmount();
    if (before > 0 && before + bytes > limits.deliverPauseBytes) return false;
    if (bytes > limits.outboxBytes) return this.sendText(text);
    if (before === 0) this.#progressAt = this.#clock.now();
    this.#transport.send(text);
    this.#written += this.#transport.bufferedAmount() - before;
    return true;
  }

  /** Whether a delivery of this many bytes leaves room for answers. */
  hasRoom(bytes: number): boolean {
    const waiting = this.#transport.bufferedAmount();
    return waiting === 0 || waiting + bytes <= limits.deliverPauseBytes;
  }

  /** Whether bytes wait and the network took none for `limits.outboxStallMs`. The hub's sweep asks. */
  stalled(now: number): boolean {
    if (this.#written === this.#taken) return false;
    const waiting = this.#transport.bufferedAmount();
    const taken = this.#written - waiting;
    if (waiting === 0 || taken > this.#taken) {
      this.#taken = taken;
      this.#progressAt = Math.max(this.#progressAt, now);
      return false;
    }
    return now - this.#progressAt >= limits.outboxStallMs;
  }

  /** Does not count time in which this process did not run. */
  forgive(ms: number, now: number): void {
    this.#progressAt = Math.min(this.#progressAt + ms, now);
  }
}
