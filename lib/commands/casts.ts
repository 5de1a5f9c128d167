import {
  decide,
  type Decision,
  type Question,
  type Relation,
  type Standing,
  withheldBy,
} from "../consent/mod.ts";
import type { Caller, Fresh } from "../platform/mod.ts";
import { type AudienceCounts, type CommandDraft, type CommandState, Refusal } from "../protocol/mod.ts";
import { firstRecord } from "./first_record.ts";
import { isClosed, waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type {
  CastAudience,
  CastRecord,
  CommandRecord,
  GroupMembership,
  InboxEntry,
  StoredState,
} from "./ports.ts";
import { forRecipient } from "./views.ts";

/** Log entries looked at in one go. */
const lookedAtOnce = 256;
const stranger: Relation = { contact: false, sharesGroup: false };
const inGroup: Relation = { contact: false, sharesGroup: true };

type Memberships = ReadonlyMap<string, GroupMembership>;

/** Whom a cast would reach, before it is written. */
export interface CastPlan {
  cast: CastAudience;
  counts: AudienceCounts;
  members: Memberships | null;
}

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

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** BR-2: whether the caller may send so, and how many it would reach (BR-3). */
  async plan(caller: Caller, draft: CommandDraft, categories: string[]): Promise<CastPlan | Refusal> {
    const { audience } = draft;
    switch (audience.kind) {
      case "group":
        return await this.#planGroup(caller, audience.group, categories);
      case "category":
      case "all": {
        if (!caller.rights.broadcast) {
          return new Refusal(
            "forbidden",
            "Sending to everyone needs the right to broadcast. Ask an administrator.",
          );
        }
        const { consent, bell } = this.#parts;
        const question = questionOf(caller.username, audience.kind, categories);
        const count = await consent.census.count(caller.userId, question, (userId) => bell.isOnline(userId));
        const name = audience.kind === "category" ? audience.category : null;
        return planOf(
          caller,
          { kind: audience.kind, name, matched: count.matched },
          count.online,
          count.excluded,
          null,
        );
      }
      case "user":
        throw new Error("a direct command is no cast");
      default:
        return audience satisfies never;
    }
  }

  async #planGroup(caller: Caller, name: string, categories: string[]): Promise<CastPlan | Refusal> {
    const { people, consent, bell } = this.#parts;
    const role = (await people.membershipsOf(caller.userId)).get(name)?.role;
    if (role === undefined) {
      return new Refusal("not_found", `There is no group "${name}" that you may send to.`, {
        fields: { "audience.group": "is not a group of yours" },
      });
    }
    if (role === "member") {
      return new Refusal("forbidden", `Your role in "${name}" does not send. Ask an owner of the group.`);
    }
    const members = await people.membersOf(name) ?? new Map();
    const question = questionOf(caller.username, "group", categories);
    const excluded = new Map<string, number>();
    let matched = 0;
    let online = 0;
    for (const userId of members.keys()) {
      if (userId === caller.userId) continue;
      const rule = withheldBy(await consent.standing(userId), inGroup, question);
      if (rule !== null) excluded.set(rule, (excluded.get(rule) ?? 0) + 1);
      else matched++;
      if (rule === null && bell.isOnline(userId)) online++;
    }
    return planOf(caller, { kind: "group", name, matched }, online, excluded, members);
  }

  /** Whether the person was among those that a cast was written for. */
  isFor(userId: string, { command, senderId, cast }: CommandRecord, memberships: Memberships): boolean {
    // Ids rise with time, so one that is larger joined later (BR-4).
    if (cast === undefined || userId === senderId || userId > command.id) return false;
    if (cast.kind !== "group") return true;
    const membership = memberships.get(cast.name!);
    return membership !== undefined && membership.since <= Date.parse(command.createdAt);
  }

  /** Open casts for a person after a place, oldest first. */
  async after(userId: string, after: string | null, max: number): Promise<CastEntry[]> {
    const { store, people } = this.#parts;
    const found: CastEntry[] = [];
    let memberships: Memberships | undefined;
    for (let from = after; found.length < max;) {
      const entries = await store.castsAfter(from, lookedAtOnce);
      if (entries.length === 0) break;
      memberships ??= await people.membershipsOf(userId);
      const records = await store.commands(entries.map(({ commandId }) => commandId));
      for (const entry of entries) {
        const record = records.get(entry.commandId);
        if (record === undefined || !this.isFor(userId, record, memberships)) continue;
        found.push({ ...entry, record });
        if (found.length === max) break;
      }
      if (entries.length < lookedAtOnce) break;
      from = entries.at(-1)!.cursor;
    }
    return found;
  }

  /** What a person's rules say of a cast now. Who is in its group was checked by `isFor`. */
  decide(standing: Standing, record: CommandRecord, now: number): Decision {
    return decide(standing, record.cast?.kind === "group" ? inGroup : stranger, castQuestion(record), now);
  }

  /** The state of somebody who has done nothing with an open cast. */
  untouched(userId: string, { command }: CommandRecord): StoredState {
    const record = firstRecord(command, { allowedBy: null, withheldBy: null });
    return { userId, commandId: command.id, record: { ...record, place: "cast", cast: true }, version: null };
  }

  /** A person's state of a cast as it counts: what the cast's own end means for it included. Null: it is not for them. */
  async stateOf(userId: string, record: CommandRecord): Promise<StoredState | null> {
    const { store, people } = this.#parts;
    const [[stored], cast] = await Promise.all([
      store.states([{ userId, commandId: record.command.id }]),
      store.cast(record.command.id),
    ]);
    if (stored) return { ...stored, record: ended(stored.record, cast) };
    if (cast === null || cast.state !== "open") return null;
    if (!this.isFor(userId, record, await people.membershipsOf(userId))) return null;
    return this.untouched(userId, record);
  }

  /** Rings everybody who is connected; those who are up to date get it at once, in one text for all. */
  ring(record: CommandRecord, place: string, members: Memberships | null): void {
    const { bell, consent, clock, inbox } = this.#parts;
    const now = clock.now();
    const first = firstRecord(record.command, { allowedBy: null, withheldBy: null });
    let shared: Fresh | undefined;
    bell.ringAll((userId) => {
      if (userId === record.senderId || userId > record.command.id) return "skip";
      if (members !== null && !members.has(userId)) return "skip";
      const standing = consent.standingAtHand(userId);
      if (standing === undefined) return "read";
      const decision = this.decide(standing, record, now);
      if (decision.verdict !== "deliver") return "read";
      const touched = { ...first, place: "cast", cast: true as const, allowedBy: decision.allowedBy };
      inbox().expect({ userId, commandId: record.command.id, record: touched, version: null });
      if (decision.sealed) {
        const command = forRecipient(record.command, first, standing.preferences);
        return {
          delivery: { cursor: place, command, state: first.state },
          kind: record.command.kind,
          mark: -1,
        };
      }
      return shared ??= {
        delivery: { cursor: place, command: record.command, state: first.state },
        kind: record.command.kind,
        mark: -1,
      };
    });
  }
}

/** A record under what became of its cast. */
export function ended<R extends { state: CommandState; place: string | null }>(
  record: R,
  cast: CastRecord | null,
): R {
  const over = cast?.state === "cancelled"
    ? !isClosed(record.state)
    : cast?.state === "expired" && waits(record.state);
  return over && cast !== null ? { ...record, state: cast.state as CommandState, place: null } : record;
}

function castQuestion({ command, cast }: CommandRecord): Question {
  const question = questionOf(command.from.username, cast!.kind, command.categories);
  return { ...question, sentMs: Date.parse(command.createdAt) };
}

function questionOf(username: string, kind: CastAudience["kind"], categories: readonly string[]): Question {
  return { from: { username }, audience: { kind }, categories };
}

function planOf(
  caller: Caller,
  cast: CastAudience,
  online: number,
  excluded: ReadonlyMap<string, number>,
  members: Memberships | null,
): CastPlan {
  const exact = caller.role === "admin";
  const shown = (count: number) => exact || count >= 5 ? count : "<5" as const;
  const counts: AudienceCounts = {
    matched: shown(cast.matched),
    online: shown(online),
    offline: shown(cast.matched - online),
    excluded: Object.fromEntries([...excluded].map(([rule, count]) => [rule, shown(count)])),
  };
  return { cast, counts, members };
}
