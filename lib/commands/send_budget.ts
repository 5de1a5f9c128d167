import type { Caller, Clock } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";

const minuteMs = 60_000;

/** WS-9: counts the sends of each person in the last 60 seconds. Administrators are exempt, 0 is no limit. */
export class SendBudget {
  readonly #perMinute: number;
  readonly #clock: Clock;
  /** Times of the last minute's sends by user, oldest first. */
  readonly #sends = new Map<string, number[]>();
  #prunedAt: number;

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    this.#prunedAt = clock.now();
  }

  /** Counts one send, or says when the next one is possible. */
  take(caller: Caller): Refusal | null {
    if (this.#perMinute === 0 || caller.role === "admin") return null;
    const now = this.#clock.now();
    this.#prune(now);
    let times = this.#sends.get(caller.userId);
    if (times === undefined) this.#sends.set(caller.userId, times = []);
    while (times.length > 0 && times[0]! <= now - minuteMs) times.shift();
    if (times.length >= this.#perMinute) {
      const retryAfterMs = Math.max(1, times[0]! + minuteMs - now);
      return new Refusal("rate_limited", "request.tooMany", { retryAfterMs });
    }
    times.push(now);
    return null;
  }

  /** Once a minute, forgets people who sent nothing in the last one. */
  #prune(now: number): void {
    if (now < this.#prunedAt + minuteMs) return;
    this.#prunedAt = now;
    for (const [userId, times] of this.#sends) {
      if ((times.at(-1) ?? 0) <= now - minuteMs) this.#sends.delete(userId);
    }
  }
}
