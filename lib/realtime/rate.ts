import { limits, Refusal } from "../protocol/mod.ts";

/** WS-9: a token bucket, `perSecond` with a burst of `limits.requestBurst` seconds; 0 lets everything through. */
export class RequestRate {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * limits.requestBurst;
    this.#filledAt = now;
  }

  /** Counts one request. Returns 0 when it may pass, otherwise the milliseconds to wait. */
  take(now: number): number {
    if (this.#perSecond === 0) return 0;
    // A clock that was set back must take no tokens away.
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#filledAt = now;
    this.#tokens = Math.min(
      this.#perSecond * limits.requestBurst,
      this.#tokens + passedMs * this.#perSecond / 1000,
    );
    if (this.#tokens >= 1) {
      this.#tokens--;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - this.#tokens) * 1000 / this.#perSecond));
  }
}

/** WS-6: counts the refusals of the last `limits.refusalWindowMs`. */
export class RefusalWindow {
  readonly #times: number[] = [];

  /** Adds a refusal. True: there are too many within the window now. */
  add(now: number): boolean {
    this.#times.push(now);
    while (this.#times.length > 0 && this.#times[0]! <= now - limits.refusalWindowMs) this.#times.shift();
    return this.#times.length >= limits.refusals;
  }
}

export function rateLimited(retryAfterMs: number): Refusal {
  return new Refusal("rate_limited", "request.tooMany", { retryAfterMs });
}
