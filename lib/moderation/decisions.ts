import type { Caller } from "../platform/mod.ts";
import { moderationLimits, type QueueDecision, type QueueOutcome, Refusal, say } from "../protocol/mod.ts";
import type { CaseRecord, Decided, StoredCase } from "./case_ports.ts";

/** What follows from a moderator's decision: it waits for a second opinion, or it holds. */
export interface Plan {
  kind: "propose" | "decide";
  decided: Decided;
}

const outcomes = {
  report: ["upheld", "dismissed", "fine"],
  appeal: ["granted", "refused"],
  removal: ["removed", "kept"],
} as const satisfies Record<CaseRecord["kind"], readonly QueueOutcome[]>;

/**
 * MO-2: the rules of a decision. Nobody decides about themselves, about their own report or their own sanction, or what another
 * moderator has claimed. A moderator's suspension needs a second one; administrators decide alone.
 */
export function planOf(
  caller: Caller,
  stored: StoredCase,
  decision: QueueDecision,
  now: number,
): Plan | Refusal {
  const { record } = stored;
  const refused = mayNotTake(caller, stored) ?? mayNotOpen(record) ?? misfit(record, decision, now);
  if (refused !== null) return refused;
  const { outcome, reason, actions = [], badFaith, second } = decision;
  const { proposal } = record;
  const isAgain = proposal !== null && proposal.byId === caller.userId;
  const suspends = (some: readonly { kind: string }[]) => some.some(({ kind }) => kind === "suspend");
  // Whoever proposed something milder has not agreed to a suspension.
  const agreed = proposal !== null && suspends(proposal.actions);
  const asks = second === true || (caller.role !== "admin" && suspends(actions) && !agreed);
  if (isAgain) return new Refusal("conflict", "queue.second");
  return {
    kind: asks ? "propose" : "decide",
    decided: {
      atMs: now,
      byId: caller.userId,
      by: caller.username,
      outcome,
      reason,
      actions: actions.map(({ kind, until }) => ({
        kind,
        untilMs: until === undefined || until === null ? null : Date.parse(until),
        sanctionId: null,
      })),
      ...(badFaith === undefined ? {} : { badFaith }),
    },
  };
}

/** Why the caller may not work on a case; null when they may. */
export function mayNotTake(caller: Caller, { record, claim, owners }: StoredCase): Refusal | null {
  if (concerns(caller, record) || owners.includes(caller.userId)) {
    return new Refusal("forbidden", "queue.own");
  }
  if (record.appeal !== null && record.appeal.by === caller.username) {
    return new Refusal("forbidden", "queue.appealOwn");
  }
  return claim === null || claim.byId === caller.userId
    ? null
    : new Refusal("conflict", say("queue.claimed", { name: claim.by }));
}

/** Whether the case is about the moderator, or has a report of theirs. The author of an appeal is its person. */
function concerns({ userId }: Caller, { person, reporters }: CaseRecord): boolean {
  return person?.id === userId || reporters.includes(userId);
}

function mayNotOpen({ decided }: CaseRecord): Refusal | null {
  return decided === null ? null : new Refusal("conflict", "queue.decided");
}

function misfit(
  record: CaseRecord,
  { outcome, actions = [], badFaith }: QueueDecision,
  now: number,
): Refusal | null {
  const allowed: readonly QueueOutcome[] = outcomes[record.kind];
  if (!allowed.includes(outcome)) return new Refusal("invalid_params", "queue.outcome");
  if (badFaith === true && outcome !== "dismissed" && outcome !== "kept") {
    return new Refusal("invalid_params", "queue.outcome");
  }
  if (actions.length > 0 && (outcome !== "upheld" || record.person === null)) {
    return new Refusal("invalid_params", "queue.actions");
  }
  if (outcome === "upheld" && actions.length === 0 && record.person !== null) {
    return new Refusal("invalid_params", "queue.noActions");
  }
  const late = actions.some(({ until }) => until !== undefined && until !== null && Date.parse(until) <= now);
  return late ? new Refusal("invalid_params", "queue.until") : null;
}

/**
 * Why a decision cannot be undone; null when it can. One that granted an appeal imposes nothing again, and what was removed is refused
 * for ever (MO-8).
 */
export function mayNotUndo(caller: Caller, { record, owners }: StoredCase, now: number): Refusal | null {
  const { decided } = record;
  if (concerns(caller, record) || owners.includes(caller.userId)) {
    return new Refusal("forbidden", "queue.own");
  }
  if (decided === null) return new Refusal("conflict", "queue.open");
  if (decided.outcome === "granted" || decided.outcome === "removed") {
    return new Refusal("conflict", "queue.noUndo");
  }
  return now - decided.atMs > moderationLimits.undoMs ? new Refusal("conflict", "queue.undoLate") : null;
}
