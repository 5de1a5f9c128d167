import type { Caller } from "../platform/mod.ts";
import type { AudienceCounts } from "../protocol/mod.ts";
import { exactCounts, roughDirectCounts } from "./audience_counts.ts";
import type { Checked } from "./draft_check.ts";
import type { Parts } from "./parts.ts";

/** BR-3: what the sender of a checked draft learns of its audience. */
export function countsOf(
  { bell }: Pick<Parts, "bell">,
  caller: Caller,
  { recipients, plan }: Checked,
): AudienceCounts {
  if (plan !== null) return plan.counts;
  if (caller.role !== "admin") return roughDirectCounts(recipients.length);
  const excluded = new Map<string, number>();
  for (const { rule } of recipients) if (rule !== null) excluded.set(rule, (excluded.get(rule) ?? 0) + 1);
  const online = recipients.filter(({ person }) => bell.isOnline(person.id)).length;
  return exactCounts({ matched: recipients.length, online, excluded });
}
