import type { Caller, LogFields } from "../platform/mod.ts";
import type { Checked } from "./draft_check.ts";
import type { CommandRecord } from "./ports.ts";

/** A number of people says nothing about one of them from here on, if as many others are not among them. */
const fewest = 5;

/** Rules about one sender: their numbers would say that somebody of these blocks this one. */
const aboutSender: ReadonlySet<string> = new Set(["blocked_user", "paused"]);

/**
 * The log's line of a command that was stored (OP-3): who sent it in which request, to how many, and what was decided for them.
 * Only what many people have in common is told: beside the names of its recipients, a smaller number would say who blocks its
 * sender (CO-3). Of broadcasts consent is decided at each delivery.
 */
export function sentLine(
  { requestId, userId }: Caller,
  { command, cast }: CommandRecord,
  { checked: { recipients, plan }, storedMs }: { checked: Checked; storedMs: number },
): LogFields {
  const { id, audience: { kind }, kind: what, attachments, deliverAt } = command;
  const people = plan === null ? recipients.length : cast!.matched;
  return {
    requestId,
    command: id,
    user: userId,
    kind: what,
    audience: kind,
    people: plan === null || people >= fewest ? people : "<5",
    files: attachments.length === 0 ? undefined : attachments.length,
    deliverAt: deliverAt ?? undefined,
    ...(plan === null && deliverAt === null ? { decided: decidedFor(recipients) } : {}),
    storedMs,
  };
}

/** Numbers of recipients by verdict, and by the rule of those who do not get it now; undefined where none may be told. */
export function decidedFor(recipients: Checked["recipients"]): Record<string, number> | undefined {
  if (recipients.length < 2 * fewest) return undefined;
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { decision, rule } of recipients) {
    const verdict = rule !== null ? "withhold" : decision.verdict;
    count(verdict);
    const why = rule ?? (decision.verdict === "hold" ? decision.rule : null);
    if (why !== null && !aboutSender.has(why)) count(`${verdict} ${why}`);
  }
  const told = [...counts].filter(([, people]) => people >= fewest && recipients.length - people >= fewest);
  // What is left of the whole must not be a small number either.
  const few = recipients.length -
    told.filter(([name]) => !name.includes(" ")).reduce((sum, [, people]) => sum + people, 0);
  return told.length === 0 || (few > 0 && few < fewest) ? undefined : Object.fromEntries(told);
}
