import type { Caller } from "../platform/mod.ts";
import type { AudienceCounts } from "../protocol/mod.ts";

/** People whom a broadcast reaches, and the others by the rule that excludes them. */
export interface Reached {
  matched: number;
  online: number;
  excluded: ReadonlyMap<string, number>;
}

/** BR-3: counts of a broadcast. Administrators see exact ones, others `<5` for small ones. */
export function broadcastCounts(caller: Caller, { matched, online, excluded }: Reached): AudienceCounts {
  const shown = (count: number) => caller.role === "admin" ? count : small(count);
  return {
    matched: shown(matched),
    online: shown(online),
    offline: shown(matched - online),
    excluded: Object.fromEntries([...excluded].map(([rule, count]) => [rule, shown(count)])),
  };
}

/** BR-3: counts of a direct command. Only administrators see counts that say something about a single person. */
export function directCounts(
  caller: Caller,
  recipients: readonly { rule: string | null; online: boolean }[],
): AudienceCounts {
  const online = recipients.filter((recipient) => recipient.online).length;
  const matched = recipients.length;
  if (caller.role !== "admin") {
    return {
      matched: matched === 1 ? 1 : small(matched),
      online: matched === 1 ? "<5" : small(online),
      offline: matched === 1 ? "<5" : small(matched - online),
      excluded: {},
    };
  }
  const excluded: Record<string, number> = {};
  for (const { rule } of recipients) {
    if (rule !== null) excluded[rule] = (excluded[rule] ?? 0) + 1;
  }
  return { matched, online, offline: matched - online, excluded };
}

function small(count: number): number | "<5" {
  return count < 5 ? "<5" : count;
}
