import type { Random } from "./random.ts";

/** A random wait up to `min(maxMs, baseMs × 2^attempt)`: full jitter, so that many do not come back at once. */
export function fullJitter(random: Random, attempt: number, baseMs: number, maxMs: number): number {
  return random.fraction() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
}
