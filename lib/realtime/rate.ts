import type { Caller, Clock } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";

const minuteMs = 60_000;

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

  /** Takes one request: 0 when it may go, otherwise the milliseconds until one may. */
  take(now: number): number {
    if (this.#perSecond === 0) return 0;
    // A clock that steps back refills nothing, and must not take tokens away.
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

/** WS-6: counts refusals; made with the first one, since most connections never see any. */
export class RefusalWindow {
  readonly #times: number[] = [];

  /** Adds one and says whether there are now too many within the window. */
  add(now: number): boolean {
    this.#times.push(now);
    while (this.#times.length > 0 && this.#times[0]! <= now - limits.refusalWindowMs) this.#times.shift();
    return this.#times.length >= limits.refusals;
  }
}

/**
 * WS-9: `command.send` a minute per user over all their connections; in no 60 seconds more than that. Admins are
 * exempt, 0 is no limit.
 */
export class SendLimiter {
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

  take(caller: Caller): Refusal | undefined {
    if (this.#perMinute === 0 || caller.role === "admin") return undefined;
    const now = this.#clock.now();
    this.#prune(now);
    let times = this.#sends.get(caller.userId);
    if (times === undefined) this.#sends.set(caller.userId, times = []);
    while (times.length > 0 && times[0]! <= now - minuteMs) times.shift();
    if (times.length >= this.#perMinute) return rateLimited(Math.max(1, times[0]! + minuteMs - now));
    times.push(now);
    return undefined;
  }

  /** Once a minute, forgets those who sent nothing in the last one. */
  #prune(now: number): void {
    if (now < this.#prunedAt + minuteMs) return;
    this.#prunedAt = now;
    for (const [userId, times] of this.#sends) {
      if ((times.at(-1) ?? 0) <= now - minuteMs) this.#sends.delete(userId);
    }
  }
}

export function rateLimited(retryAfterMs: number): Refusal {
  return new Refusal("rate_limited", "Too many requests. Try again later.", { retryAfterMs });
}
