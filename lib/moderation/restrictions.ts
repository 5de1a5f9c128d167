import type { Restriction, SanctionInForce } from "./ports.ts";

/** The restriction if it holds at this time, or null (MO-2). One with an end is over by itself. */
export function inForce(restriction: Restriction | null | undefined, now: number): Restriction | null {
  if (restriction === null || restriction === undefined) return null;
  return restriction.until === null || now < restriction.until ? restriction : null;
}

/** MO-7: of restrictions that overlap, the strictest applies: the one that ends last. Null without any. */
export function strictest<T extends Pick<Restriction, "until">>(restrictions: readonly T[]): T | null {
  const endOf = ({ until }: T) => until ?? Infinity;
  return restrictions.reduce<T | null>(
    (worst, one) => worst === null || endOf(one) > endOf(worst) ? one : worst,
    null,
  );
}

/** The sanctions whose time is not over. */
export function stillInForce(sanctions: readonly SanctionInForce[], now: number): SanctionInForce[] {
  return sanctions.filter(({ until }) => until === null || now < until);
}
