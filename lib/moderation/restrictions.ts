import type { Restriction } from "./ports.ts";

/** The restriction if it holds at this time, or null (MO-2). One with an end is over by itself. */
export function inForce(restriction: Restriction | null | undefined, now: number): Restriction | null {
  if (restriction === null || restriction === undefined) return null;
  return restriction.until === null || now < restriction.until ? restriction : null;
}
