import { createHash } from "node:crypto";
import type { Clock } from "../platform/mod.ts";
import { limits, Refusal, say } from "../protocol/mod.ts";
import type { CountStore } from "./ports.ts";

const dayMs = 24 * 3600_000;

/**
 * CO-11: limits the contact requests, and the invitations, from one person to another within a day. They count whether or not
 * they arrive, so a refusal reveals no block.
 */
export class ApproachLimit {
  readonly #counts: CountStore;
  readonly #clock: Clock;

  constructor(counts: CountStore, clock: Clock) {
    this.#counts = counts;
    this.#clock = clock;
  }

  /** Counts one more. A refusal when the day's are used up. */
  async take(of: "requests" | "invitations", fromId: string, toId: string): Promise<Refusal | null> {
    // A hash, so that nothing names the two when one of their accounts is removed.
    const subject = createHash("sha256").update(`${fromId} ${toId}`).digest("base64url");
    return await this.#counts.change([{ of, subject }], dayMs, ([record]) => {
      const now = this.#clock.now();
      const times = (record?.times ?? []).filter((at) => at > now - dayMs);
      if (times.length >= limits.approachesPerDay) {
        const refusal = new Refusal(
          "rate_limited",
          say("person.approaches", { count: limits.approachesPerDay }),
          { retryAfterMs: times[0]! + dayMs - now },
        );
        return { result: refusal };
      }
      return { result: null, write: [{ times: [...times, now], blockedUntil: 0, level: 0, lastAt: now }] };
    });
  }
}
