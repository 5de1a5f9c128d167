import type { DeliveredCommand } from "../protocol/mod.ts";

/** How long after a connection began what it delivers may still be its backlog (DL-2), in ms. */
const catchingUpMs = 10_000;

/**
 * Tells the backlog of a connection from what comes now: a command from before the page was opened is no news when a new device, or
 * a server that was restarted, hands it over. Times in ms.
 */
export class Backlog {
  #openedMs = -Infinity;
  #untilMs = -Infinity;

  /** A connection is ready. `serverTime`: when, by the server's clock. */
  began(serverTime: string, now: number): void {
    if (this.#openedMs === -Infinity) this.#openedMs = Date.parse(serverTime);
    this.#untilMs = now + catchingUpMs;
  }

  has({ createdAt, deliverAt }: Pick<DeliveredCommand, "createdAt" | "deliverAt">, now: number): boolean {
    return now < this.#untilMs && Date.parse(deliverAt ?? createdAt) < this.#openedMs;
  }
}
