import type { AudienceCounts } from "../protocol/mod.ts";

/** What administrators learn of an audience: people whom it reaches, and the others by the rule that excludes them. */
export interface Reached {
  matched: number;
  online: number;
  excluded: ReadonlyMap<string, number>;
}

/** BR-3: the exact counts, for administrators. */
export function exactCounts({ matched, online, excluded }: Reached): AudienceCounts {
  return { matched, online, offline: matched - online, excluded: Object.fromEntries(excluded) };
}

/**
 * BR-3, CO-10: the counts for everyone else. `people` is the size of the audience whatever its people's rules are: a caller
 * with many accounts could take everyone else out of a count that depends on a rule.
 */
export function roughCounts(people: number): AudienceCounts {
  return { matched: rough(people), excluded: {} };
}

/** BR-3: of a single recipient only whether the account exists; several are as many as the caller named. */
export function roughDirectCounts(recipients: number): AudienceCounts {
  return recipients === 1 ? { matched: 1, excluded: {} } : roughCounts(recipients);
}

function rough(count: number): number | "<5" {
  if (count < 5) return "<5";
  const step = 10 ** Math.max(0, String(count).length - 2);
  return Math.floor(count / step) * step;
}
