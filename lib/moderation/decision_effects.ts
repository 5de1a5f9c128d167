import { type AuditEntry, auditEntryOf, type Caller, iso } from "../platform/mod.ts";
import { type AutoRule, limits } from "../protocol/mod.ts";
import { ruleText } from "./auto_rules.ts";
import type { CaseChange, CaseRecord, Decided } from "./case_ports.ts";
import type { Applied } from "./users.ts";

const dayMs = 24 * 3600_000;

/** MO-8: what an accepted request for removal does to its files. */
export function refusalOf(
  { removal }: CaseRecord,
  { outcome, by, reason, atMs }: Decided,
): Pick<CaseChange, "refuse"> {
  if (removal === undefined || outcome !== "removed") return {};
  const at = iso(atMs);
  const answer = reason.slice(0, limits.scanAnswer).toWellFormed();
  const verdict = { check: "moderator", verdict: "ncii", scanner: by, version: "", answer, at } as const;
  return { refuse: { hashes: removal.hashes, verdict } };
}

/** MO-7: what an appeal's outcome does to its sanction. */
export function appealPlan(
  record: CaseRecord,
  { outcome, by, reason }: Decided,
): Omit<Applied["plan"], "add"> {
  if (record.appeal === null || (outcome !== "granted" && outcome !== "refused")) {
    return { lift: { ids: [], by, reason } };
  }
  const { sanctionId } = record.appeal;
  return {
    lift: { ids: outcome === "granted" ? [sanctionId] : [], by, reason },
    appeal: { sanctionId, appeal: { caseId: record.id, state: outcome, reason } },
  };
}

export function tallyOf(
  record: CaseRecord,
  { by, outcome, atMs, actions }: Decided,
  undone: boolean,
): CaseChange["tally"] & object {
  return {
    by,
    kind: record.kind,
    outcome,
    tookMs: Math.max(0, atMs - record.createdMs),
    actions: actions.map(({ kind }) => kind),
    undone,
  };
}

/** The sanctions of a decision with that of the rule it meets, unless it has that already or the rule is a dry run. */
export function withRule(
  actions: Decided["actions"],
  rule: AutoRule | null,
  now: number,
): Decided["actions"] {
  if (rule === null || rule.dryRun || actions.some(({ kind }) => kind === rule.sanction)) return actions;
  return [...actions, { kind: rule.sanction, untilMs: now + rule.lastsDays * dayMs, sanctionId: null }];
}

export function decidedEntry(
  caller: Caller,
  record: CaseRecord,
  action: string,
  decided: Decided,
  rule: AutoRule | null = null,
): AuditEntry {
  const { outcome, actions, reason, badFaith } = decided;
  return auditEntryOf(caller, action, whom(record), {
    case: record.id,
    outcome,
    ...(record.removal === undefined
      ? { reports: record.reports.length }
      : { files: record.removal.hashes.join(", ") }),
    sanctions: actions.map(({ kind, untilMs }) => untilMs === null ? kind : `${kind} until ${iso(untilMs)}`)
      .join(", "),
    ...(badFaith === true ? { badFaith } : {}),
    ...(rule === null ? {} : { rule: ruleText(rule) }),
  }, reason);
}

export function whom({ person, id }: CaseRecord): string {
  return person?.username ?? subjectOf(id);
}

export function subjectOf(id: string): string {
  return id.length === 64 ? `file:${id}` : `case:${id}`;
}
