import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type NoticeList,
} from "../platform/mod.ts";
import {
  type AdminFile,
  type Answer,
  type AutoRule,
  type FileDecision,
  type Incident,
  limits,
  moderationLimits,
  type NewNotice,
  type QueueDecision,
  type QueueItem,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { ruleFor } from "./auto_rules.ts";
import type { CaseChange, CaseRecord, CaseStore, Decided, ReasonStore, StoredCase } from "./case_ports.ts";
import {
  appealPlan,
  decidedEntry,
  refusalOf,
  subjectOf,
  tallyOf,
  whom,
  withRule,
} from "./decision_effects.ts";
import { mayNotTake, mayNotUndo, planOf } from "./decisions.ts";
import type { SanctionRecord } from "./ports.ts";
import { itemOfCase, itemOfFile } from "./queue_views.ts";
import type { Reports } from "./reports.ts";
import { hiddenFrom } from "./staff.ts";
import type { Applied, Users } from "./users.ts";

export interface QueueNeeds {
  store: CaseStore;
  rules: Pick<ReasonStore, "rules">;
  users: Pick<Users, "apply">;
  reports: Pick<Reports, "owed" | "tell">;
  notices: NoticeList<NewNotice>;
  files: {
    decide(caller: Caller, sha256: string, decision: FileDecision): Answer<AdminFile>;
  };
  incidents: { get(caller: Caller, id: string): Answer<Incident> };
  clock: Clock;
  ids: Ids;
}

/** MO-2: what moderators do in the queue: claim, decide, undo, note. */
export class Queue {
  readonly #needs: QueueNeeds;

  constructor(needs: QueueNeeds) {
    this.#needs = needs;
  }

  /** A lease, so that no two decide the same; again, it lasts longer. With `release` it ends. */
  async claim(
    caller: Caller,
    id: string,
    { release }: { release?: true | undefined } = {},
  ): Answer<{ until: string | null }> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { store, clock } = this.#needs;
    const stored = await store.case(id);
    if (stored !== null) {
      const refused = mayNotTake(caller, stored) ??
        (stored.record.decided === null ? null : new Refusal("conflict", "queue.decided"));
      if (refused !== null) return refused;
    }
    const untilMs = release === true ? null : clock.now() + moderationLimits.claimMs;
    const next = untilMs === null ? null : { byId: caller.userId, by: caller.username, untilMs };
    const entry = auditEntryOf(caller, release === true ? "queue.release" : "queue.claim", subjectOf(id));
    const taken = await store.setClaim(
      id,
      next,
      entry,
      (claim) => claim === null || claim.byId === caller.userId,
    );
    if (taken) return { until: untilMs === null ? null : iso(untilMs) };
    const claim = (await store.claims([id])).get(id);
    return new Refusal("conflict", say("queue.claimed", { name: claim?.by ?? "" }));
  }

  /** One commit: the decision, its sanctions, the claim's end, the statistics and the audit entry. */
  async decide(caller: Caller, id: string, decision: QueueDecision): Answer<QueueItem> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    if (/^[0-9a-f]{64}$/.test(id)) return await this.#decideFile(caller, id, decision);
    const { ids, clock } = this.#needs;
    let proposed = false;
    const rule = decision.outcome === "upheld" ? await this.#ruleMet(id) : null;
    const written = await this.#write(caller, id, (stored) => {
      const now = clock.now();
      const plan = planOf(caller, stored, decision, now);
      if (plan instanceof Refusal) return plan;
      const { record } = stored;
      proposed = plan.kind === "propose";
      if (proposed) {
        return plain(
          stored,
          { ...record, proposal: plan.decided },
          decidedEntry(caller, record, "queue.second", plan.decided),
        );
      }
      const chosen = withRule(plan.decided.actions, rule, now);
      const actions = chosen.map((action) => ({ ...action, sanctionId: ids.next() }));
      const decided: Decided = { ...plan.decided, actions };
      const add = actions.map(({ kind, untilMs, sanctionId }): SanctionRecord => ({
        id: sanctionId,
        kind,
        reason: decided.reason,
        until: untilMs,
        createdAt: now,
        by: caller.username,
      }));
      return {
        plan: { add, ...appealPlan(record, decided) },
        change: {
          from: stored,
          to: { ...record, decided, proposal: null },
          claim: "end",
          tally: tallyOf(record, decided, false),
          ...(decided.outcome === "fine"
            ? { reviewed: { atMs: now, by: caller.username, reason: decided.reason, caseId: record.id } }
            : {}),
          ...(decided.badFaith === true ? { badFaith: "add" as const } : {}),
          ...refusalOf(record, decided),
        },
        auditEntry: decidedEntry(caller, record, "queue.decide", decided, rule),
      };
    });
    if (written instanceof Refusal) return written;
    if (!proposed) await this.#tell(written);
    return itemOfCase(caller, written.to, undefined);
  }

  /** The automatic rule that upholding a case would meet. */
  async #ruleMet(id: string): Promise<AutoRule | null> {
    const { store, rules, clock } = this.#needs;
    const person = (await store.case(id))?.record.person ?? null;
    if (person === null) return null;
    return ruleFor(
      await rules.rules(),
      await store.about(person.id, moderationLimits.ruleCases),
      clock.now(),
    );
  }

  /** Lifts the sanctions of the decision that are still in force; the case waits again. */
  async undo(caller: Caller, id: string, reason: string): Answer<QueueItem> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    if (/^[0-9a-f]{64}$/.test(id)) return new Refusal("conflict", "queue.noUndo");
    const written = await this.#write(caller, id, (stored) => {
      const refused = mayNotUndo(caller, stored, this.#needs.clock.now());
      if (refused !== null) return refused;
      const { record } = stored;
      const decided = record.decided!;
      const lifts = decided.actions.flatMap(({ sanctionId }) => sanctionId === null ? [] : [sanctionId]);
      return {
        plan: {
          add: [],
          lift: { ids: lifts, by: caller.username, reason },
          ...(record.appeal === null ? {} : {
            appeal: {
              sanctionId: record.appeal.sanctionId,
              appeal: { caseId: record.id, state: "open" as const, reason: null },
            },
          }),
        },
        change: {
          from: stored,
          to: { ...record, decided: null },
          tally: tallyOf(record, { ...decided, by: caller.username }, true),
          ...(decided.outcome === "fine" ? { reviewed: "forget" as const } : {}),
          ...(decided.badFaith === true ? { badFaith: "forget" as const } : {}),
        },
        auditEntry: auditEntryOf(caller, "queue.undo", whom(record), {
          case: record.id,
          outcome: decided.outcome,
        }, reason),
      };
    });
    if (written instanceof Refusal) return written;
    await this.#tell(written);
    return itemOfCase(caller, written.to, undefined);
  }

  /** A private note for other moderators. */
  async note(caller: Caller, id: string, text: string): Answer<QueueItem> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const written = await this.#write(caller, id, (stored) => {
      const { record } = stored;
      if (record.person?.id === caller.userId || stored.owners.includes(caller.userId)) {
        return new Refusal("forbidden", "queue.own");
      }
      if (record.notes.length >= moderationLimits.caseNotes) {
        return new Refusal("conflict", say("queue.notes", { count: moderationLimits.caseNotes }));
      }
      const note = { atMs: this.#needs.clock.now(), by: caller.username, text };
      return plain(
        stored,
        { ...record, notes: [...record.notes, note] },
        auditEntryOf(caller, "queue.note", subjectOf(id)),
        false,
      );
    });
    return written instanceof Refusal ? written : itemOfCase(caller, written.to, undefined);
  }

  /** Adds what a decision owes those whom it concerns (UI-11). */
  async #owing(applied: Applied): Promise<Applied> {
    const { from, to } = applied.change;
    const { decided, person, appeal } = to;
    if (decided === null || from?.record.decided !== null) return applied;
    const { reports, notices } = this.#needs;
    const owed = await reports.owed(to);
    if (appeal !== null && person !== null) {
      const outcome = decided.outcome === "granted" ? "lifted" : "upheld";
      owed.push(notices.owe(person.id, { kind: "appeal_decided", sanction: appeal.sanctionId, outcome }));
    }
    return { ...applied, change: { ...applied.change, owed } };
  }

  async #tell({ to, owed = [] }: CaseChange): Promise<void> {
    await Promise.all([this.#needs.reports.tell(to), this.#needs.notices.give(owed)]);
  }

  /** Reads the case, asks `prepare`, and writes; again when another writer was faster. */
  async #write(
    caller: Caller,
    id: string,
    prepare: (stored: StoredCase) => Applied | Refusal,
  ): Answer<CaseChange> {
    const { store, users } = this.#needs;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const stored = await store.case(id);
      if (stored === null) return await this.#missing(caller, id);
      const prepared = prepare(stored);
      if (prepared instanceof Refusal) return prepared;
      const applied = await this.#owing(prepared);
      const { plan, change } = applied;
      const { person } = change.to;
      const touches = plan.add.length > 0 || plan.lift.ids.length > 0 || plan.appeal !== undefined;
      if (!touches || person === null) {
        if (await store.change(change, applied.auditEntry)) return change;
        continue;
      }
      let last = change;
      const done = await users.apply(caller, person.id, async () => {
        const now = await store.case(id);
        const again = now === null ? missing() : prepare(now);
        if (again instanceof Refusal) return again;
        const owing = await this.#owing(again);
        last = owing.change;
        return owing;
      });
      return done instanceof Refusal ? done : last;
    }
    return new Refusal("conflict", "report.changed");
  }

  async #missing(caller: Caller, id: string): Promise<Refusal> {
    const incident = await this.#needs.incidents.get(caller, id);
    return incident instanceof Refusal ? missing() : new Refusal("conflict", "queue.elsewhere");
  }

  async #decideFile(caller: Caller, sha256: string, decision: QueueDecision): Answer<QueueItem> {
    const { outcome, reason, actions = [] } = decision;
    if ((outcome !== "release" && outcome !== "reject") || actions.length > 0) {
      return new Refusal("invalid_params", "queue.outcome");
    }
    const { store, files } = this.#needs;
    const claim = (await store.claims([sha256])).get(sha256);
    if (claim !== undefined && claim.byId !== caller.userId) {
      return new Refusal("conflict", say("queue.claimed", { name: claim.by }));
    }
    const decided = await files.decide(caller, sha256, { release: outcome === "release", reason });
    return decided instanceof Refusal ? decided : itemOfFile(caller, decided, undefined);
  }
}

function plain(stored: StoredCase, to: CaseRecord, auditEntry: AuditEntry, ends = true): Applied {
  const change: CaseChange = { from: stored, to, ...(ends ? { claim: "end" as const } : {}) };
  return { plan: { add: [], lift: { ids: [], by: "", reason: "" } }, change, auditEntry };
}

function missing(): Refusal {
  return new Refusal("not_found", "queue.missing");
}
