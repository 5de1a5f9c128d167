import {
  decide,
  type Decision,
  type Question,
  type Relation,
  type Standing,
  withheldBy,
} from "../consent/mod.ts";
import type { Caller, Fresh } from "../platform/mod.ts";
import { type Command, type CommandDraft, type CommandState, Refusal } from "../protocol/mod.ts";
import { type CastPlan, CastPlans, inGroup, type Marks, questionOf } from "./audience.ts";
import { firstRecord } from "./first_record.ts";
import { isClosed, waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type {
  CastRecord,
  CommandRecord,
  GroupMembership,
  InboxEntry,
  StateRecord,
  StoredState,
} from "./ports.ts";
import { forRecipient, moved } from "./views.ts";

export type { CastPlan } from "./audience.ts";

/** Log entries looked at in one go, the least and the most. */
const lookedAtLeast = 16;
const lookedAtMost = 256;
/** Rules of which a command's first record is kept; there are few ways to allow one. */
const rulesKept = 64;
const stranger: Relation = { contact: false, sharesGroup: false };

type Memberships = ReadonlyMap<string, GroupMembership>;

/** A cast that one person may get, with what they are to it. */
export interface CastEntry extends InboxEntry {
  record: CommandRecord;
}

/**
 * Commands to a group, a category or everyone (BR-1, BR-4): written once, and asked of each person's rules when their turn
 * comes. A person without a record of a cast has done nothing with it.
 */
export class Casts {
  readonly #parts: Parts;
  readonly plans: CastPlans;
  readonly #openRecords = new WeakMap<Command, Map<string | null, StateRecord>>();
  readonly #questions = new WeakMap<CommandRecord, Question>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.plans = new CastPlans(parts, this);
  }

  /** See `CastPlans`. */
  plan(caller: Caller, draft: CommandDraft, categories: string[]): Promise<CastPlan | Refusal> {
    return this.plans.plan(caller, draft, categories);
  }

  /** Whether the person was among those that a cast was written for. */
  isFor(userId: string, { command, senderId, cast }: CommandRecord, memberships: Memberships): boolean {
    // Ids rise with time, so one that is larger joined later (BR-4).
    if (cast === undefined || userId === senderId || userId > command.id) return false;
    if (cast.kind !== "group") return true;
    const membership = memberships.get(cast.name!);
    return membership !== undefined && membership.since <= Date.parse(command.createdAt);
  }

  /** Casts for a person after a place, oldest first; what ran out is among them for those who took it on. */
  async after(userId: string, after: string | null, max: number): Promise<CastEntry[]> {
    const { store, people } = this.#parts;
    const found: CastEntry[] = [];
    let memberships: Memberships | undefined;
    // Most are for everybody.
    let looked = Math.min(Math.max(max, lookedAtLeast), lookedAtMost);
    for (let from = after; found.length < max; looked = lookedAtMost) {
      const entries = await store.castsAfter(from, looked);
      if (entries.length === 0) break;
      memberships ??= await people.membershipsOf(userId);
      const records = await store.commands(entries.map(({ commandId }) => commandId));
      for (const entry of entries) {
        const record = records.get(entry.commandId);
        if (record === undefined || !this.isFor(userId, record, memberships)) continue;
        found.push({ ...entry, record });
        if (found.length === max) break;
      }
      if (entries.length < looked) break;
      from = entries.at(-1)!.cursor;
    }
    return found;
  }

  /** What a person's rules say of a cast now. Who is in its group was checked by `isFor`. */
  decide(standing: Standing, record: CommandRecord, now: number): Decision {
    return decide(standing, relationIn(record), this.#questionOf(record), now);
  }

  /** The rule that keeps a cast from a person whatever the hour, or null. */
  withheld(standing: Standing, record: CommandRecord): string | null {
    return withheldBy(standing, relationIn(record), this.#questionOf(record));
  }

  /** The rule that lets a cast through, whatever holds it back for now; null: none does. */
  allowedBy(standing: Standing, record: CommandRecord): string | null {
    const preferences = { ...standing.preferences, quietHours: null, dailyLimit: null };
    const decision = this.decide({ ...standing, preferences, stopped: false }, record, 0);
    return decision.verdict === "deliver" ? decision.allowedBy : null;
  }

  #questionOf(record: CommandRecord): Question {
    let question = this.#questions.get(record);
    if (question === undefined) this.#questions.set(record, question = castQuestion(record));
    return question;
  }

  /** The state of somebody who has done nothing with an open cast. */
  untouched(userId: string, { command }: CommandRecord): StoredState {
    return { userId, commandId: command.id, record: this.openRecord(command, null), version: null };
  }

  /** The first record of somebody's part in an open cast; the same for all of whom the same rule let it through. */
  openRecord(command: Command, allowedBy: string | null): StateRecord {
    let byRule = this.#openRecords.get(command);
    if (byRule === undefined) this.#openRecords.set(command, byRule = new Map());
    let record = byRule.get(allowedBy);
    if (record === undefined && byRule.size < rulesKept) {
      byRule.set(allowedBy, record = newOpenRecord(command, allowedBy));
    }
    return record ?? newOpenRecord(command, allowedBy);
  }

  /** A person's state of a cast as it counts: what the cast's own end means for it included. Null: it is not for them. */
  async stateOf(userId: string, record: CommandRecord): Promise<StoredState | null> {
    const { store } = this.#parts;
    const [[known = null], cast] = await Promise.all([
      store.states([{ userId, commandId: record.command.id }]),
      store.cast(record.command.id),
    ]);
    return await this.under(userId, record, { known, cast, handed: false });
  }

  /** The same of what was read. What ended before a person had a record is nothing to them, unless it was `handed` over. */
  async under(
    userId: string,
    record: CommandRecord,
    { known, cast, handed }: { known: StoredState | null; cast: CastRecord | null; handed: boolean },
  ): Promise<StoredState | null> {
    if (cast === null) return known;
    if (known === null) {
      if (cast.state === "scheduled" || (cast.state !== "open" && !handed)) return null;
      if (!this.isFor(userId, record, await this.#parts.people.membershipsOf(userId))) return null;
    }
    const found = known ?? this.untouched(userId, record);
    return { ...found, record: ended(found.record, cast), castVersion: cast.version };
  }

  /** Rings everybody who is connected; those who are up to date get it at once, in one text for all. */
  ring(record: CommandRecord, place: string, marks: Marks): void {
    const { bell, consent, clock, inbox } = this.#parts;
    const { command, senderId } = record;
    const now = clock.now();
    const state = "queued";
    const freshOf = (shown: { id: string }): Fresh => ({
      delivery: { cursor: place, command: shown, state },
      kind: command.kind,
      mark: -1,
    });
    // Few texts and few records stand for all: they differ by what people chose for its categories only.
    let [open, sealed]: (Fresh | undefined)[] = [];
    const [question, relation] = [this.#questionOf(record), relationIn(record)];
    const expect = inbox().expecting(command.id);
    bell.ringAll((userId) => {
      if (userId === senderId || userId > command.id) return "skip";
      const mark = marks?.get(userId);
      if (marks !== null && mark === undefined) return "skip";
      if (mark !== undefined && mark !== bell.mark(userId)) return "read";
      const standing = consent.standingAtHand(userId);
      if (standing === undefined) return "read";
      const decision = decide(standing, relation, question, now);
      // What was withheld once stays so (`openedAt`), so nobody need look for it.
      if (decision.verdict === "withhold") return "skip";
      if (decision.verdict === "hold") return "read";
      const first = this.openRecord(command, decision.allowedBy);
      expect(userId, first, null);
      if (!decision.sealed) return open ??= freshOf(command);
      return sealed ??= freshOf(forRecipient(command, first, standing.preferences));
    });
  }
}

/** The first record of a person's part in an open cast. It came when the cast was opened. */
function newOpenRecord(command: Command, allowedBy: string | null): StateRecord {
  const first = firstRecord(command, { allowedBy, withheldBy: null });
  const record = command.deliverAt === null ? first : moved(first, "queued", command.deliverAt);
  return { ...record, place: "cast", cast: true };
}

/** A record under what became of its cast. */
export function ended<R extends { state: CommandState; place: string | null }>(
  record: R,
  cast: CastRecord | null,
): R {
  const state = cast === null ? record.state : endOf(record.state, cast);
  return state === record.state ? record : { ...record, state, place: null };
}

/** What a person's state of a cast is under what became of that. */
export function endOf(state: CommandState, cast: Pick<CastRecord, "state" | "cancelled">): CommandState {
  if (isClosed(state)) return state;
  if (cast.state === "cancelled") return "cancelled";
  if ((cast.state === "expired" || cast.state === "failed") && waits(state)) return cast.state;
  return cast.cancelled === true ? "cancelled" : state;
}

function relationIn({ cast }: CommandRecord): Relation {
  return cast?.kind === "group" ? inGroup : stranger;
}

function castQuestion({ command, cast }: CommandRecord): Question {
  const question = questionOf(command.from.username, cast!.kind, command.categories);
  return { ...question, sentMs: Date.parse(command.createdAt) };
}
