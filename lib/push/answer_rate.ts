import type { Clock } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";

const windowMs = 60_000;

/** Counts tries by a name, anew each minute. */
export class AnswerRate {
  readonly #clock: Pick<Clock, "now">;
  readonly #most: number;
  #counts = new Map<string, number>();
  #sinceMs = 0;

  constructor(clock: Pick<Clock, "now">, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Counts one, or says when the next is possible. */
  take(name: string): Refusal | null {
    const now = this.#clock.now();
    if (now < this.#sinceMs || now >= this.#sinceMs + windowMs) {
      this.#counts = new Map();
      this.#sinceMs = now;
    }
    const count = this.#counts.get(name) ?? 0;
    if (count >= this.#most) {
      const retryAfterMs = this.#sinceMs + windowMs - now;
      return new Refusal("rate_limited", "request.tooMany", { retryAfterMs });
    }
    this.#counts.set(name, count + 1);
    return null;
  }
}
