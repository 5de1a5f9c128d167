import type { Clock } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { fitsBytes } from "./bytes.ts";
import type { Transport } from "./ports.ts";

/**
 * WS-7: what waits to be written to one socket, bounded in bytes and in time. The transport holds the bytes, since
 * handing them over early is what lets the runtime write them together; this only counts.
 */
export class Outbox {
  readonly #transport: Transport;
  readonly #clock: Clock;
  /** Bytes handed over and bytes known to be taken by the network, both as the transport counts them. */
  #written = 0;
  #taken = 0;
  #progressAt = 0;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Sends one frame. False: it would wait in more than `limits.outboxBytes`, and nothing was sent. */
  sendText(text: string): boolean {
    const before = this.#transport.bufferedAmount();
    if (!fitsBytes(text, limits.outboxBytes - before)) return false;
    if (before === 0) this.#progressAt = this.#clock.now();
    this.#transport.send(text);
    this.#written += this.#transport.bufferedAmount() - before;
    return true;
  }

  /** Sends a delivery where it crowds out no answers. `bytes` is a bound for its size. */
  sendDelivery(text: string, bytes: number): boolean {
    const before = this.#transport.bufferedAmount();
    if (before > 0 && before + bytes > limits.deliverPauseBytes) return false;
    if (bytes > limits.outboxBytes) return this.sendText(text);
    if (before === 0) this.#progressAt = this.#clock.now();
    this.#transport.send(text);
    this.#written += this.#transport.bufferedAmount() - before;
    return true;
  }

  /** Whether a delivery of this many bytes may be handed over without crowding out answers. */
  hasRoom(bytes: number): boolean {
    const waiting = this.#transport.bufferedAmount();
    return waiting === 0 || waiting + bytes <= limits.deliverPauseBytes;
  }

  /** Whether bytes have waited for `limits.outboxStallMs` and none was taken. Asked by the hub's sweep. */
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

  /** Moves the measure on by time in which this process did not run. */
  forgive(ms: number, now: number): void {
    this.#progressAt = Math.min(this.#progressAt + ms, now);
  }
}
