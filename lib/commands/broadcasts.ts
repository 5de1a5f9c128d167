import {
  decide,
  type Decision,
  letThroughBy,
  type Question,
  type Relation,
  type Rules,
  type SharedRules,
  type Standing,
  stranger,
  withheldBy,
} from "../consent/mod.ts";
import type { LiveCommand } from "../platform/mod.ts";
import type { Command } from "../protocol/mod.ts";
import { ended, openBroadcastRecord } from "./broadcast_records.ts";
import type { InFlight } from "./in_flight.ts";
import type { Needs } from "./needs.ts";
import type {
  BroadcastAudience,
  BroadcastRecord,
  CommandRecord,
  InboxEntry,
  Memberships,
  StateRecord,
  StoredState,
} from "./ports.ts";
import { forRecipient } from "./views.ts";

/** Fewest and most log entries that one step reads. */
const readAtLeast = 16;
const readAtMost = 256;
/** Rules for which a command's first record is kept; few rules ever allow one broadcast. */
const rulesKept = 64;

/** How a member stands to someone who sends to their group. */
export const inGroup: Relation = { contact: false, sharesGroup: true };

/** The members that a group's broadcast is for, each with their epoch when they were read; null: everyone. */
export type Epochs = ReadonlyMap<string, number> | null;

/** What a ring is for one person: the entry with the record that goes with it, or as `InboxBell.ringAll` has it. */
type Rung = { first: StateRecord; entry: LiveCommand } | "read" | "skip";

/** A broadcast in the shared log that is for one person. */
export interface BroadcastEntry extends InboxEntry {
  record: CommandRecord;
}

/**
 * Commands to a group, a category or everyone (BR-1, BR-4): written once, decided for each person at delivery. A person
 * without a record has done nothing with the broadcast.
 */
export class Broadcasts {
  readonly #needs: Needs;
  readonly #inFlight: InFlight;
  readonly #openRecords = new WeakMap<Command, Map<string | null, StateRecord>>();
  readonly #questions = new WeakMap<CommandRecord, Question>();

  constructor(needs: Needs, inFlight: InFlight) {
    this.#needs = needs;
    this.#inFlight = inFlight;
  }

  /** Whether the person was in the audience when the broadcast was sent. */
  isFor(userId: string, { command, senderId, cast }: CommandRecord, memberships: Memberships): boolean {
    // Ids rise with time: a larger one joined later (BR-4).
    if (cast === undefined || userId === senderId || userId > command.id) return false;
    if (cast.kind !== "group") return true;
    const membership = memberships.get(cast.name!);
    return membership !== undefined && membership.since <= Date.parse(command.createdAt);
  }

  /** A person's broadcasts after a place, oldest first. Expired ones are included, for people who accepted them. */
  async after(userId: string, after: string | null, max: number): Promise<BroadcastEntry[]> {
    const { store, people } = this.#needs;
    const found: BroadcastEntry[] = [];
    let memberships: Memberships | undefined;
    // Most broadcasts are for everyone, so `max` entries are usually enough.
    let size = Math.min(Math.max(max, readAtLeast), readAtMost);
    for (let from = after; found.length < max; size = readAtMost) {
      const entries = await store.broadcastsAfter(from, size);
      if (entries.length === 0) break;
      memberships ??= await people.membershipsOf(userId);
      const records = await store.commands(entries.map(({ commandId }) => commandId));
      for (const entry of entries) {
        const record = records.get(entry.commandId);
        if (record === undefined || !this.isFor(userId, record, memberships)) continue;
        found.push({ ...entry, record });
        if (found.length === max) break;
      }
      if (entries.length < size) break;
      from = entries.at(-1)!.cursor;
    }
    return found;
  }

  /** Decides a broadcast for a person now. `isFor` checks group membership. */
  decide(standing: Standing, record: CommandRecord, now: number, delivered = false): Decision {
    const question = this.#questionOf(record);
    return decide(standing, relationIn(record), delivered ? { ...question, delivered } : question, now);
  }

  /** The rule that withholds a broadcast from a person at any hour, or null. */
  withheld(rules: Rules, record: CommandRecord): string | null {
    return withheldBy(rules, relationIn(record), this.#questionOf(record), this.#needs.clock.now());
  }

  /** The rule that allows a broadcast, ignoring what only holds it for a time; null: none allows it. */
  allowedBy(rules: Rules, record: CommandRecord): string | null {
    return letThroughBy(rules, relationIn(record), this.#questionOf(record), this.#needs.clock.now());
  }

  #questionOf(record: CommandRecord): Question {
    let question = this.#questions.get(record);
    if (question === undefined) this.#questions.set(record, question = broadcastQuestion(record));
    return question;
  }

  /** The state of a person who has done nothing with an open broadcast. */
  untouched(userId: string, { command }: CommandRecord): StoredState {
    return { userId, commandId: command.id, record: this.openRecord(command, null), version: null };
  }

  /** A person's first record of an open broadcast; one object for all people whom the same rule allows it. */
  openRecord(command: Command, allowedBy: string | null): StateRecord {
    let byRule = this.#openRecords.get(command);
    if (byRule === undefined) this.#openRecords.set(command, byRule = new Map());
    let record = byRule.get(allowedBy);
    if (record === undefined && byRule.size < rulesKept) {
      byRule.set(allowedBy, record = openBroadcastRecord(command, allowedBy));
    }
    return record ?? openBroadcastRecord(command, allowedBy);
  }

  /** A person's state of a broadcast, with the broadcast's own end applied. Null: it is not for them. */
  async stateOf(userId: string, record: CommandRecord): Promise<StoredState | null> {
    const { store } = this.#needs;
    const [[known = null], broadcast] = await Promise.all([
      store.states([{ userId, commandId: record.command.id }]),
      store.broadcast(record.command.id),
    ]);
    return await this.under(userId, record, { known, broadcast, handed: false });
  }

  /** The same where the person's record was read already. */
  async current(
    userId: string,
    record: CommandRecord,
    known: StoredState | null,
  ): Promise<StoredState | null> {
    const broadcast = await this.#needs.store.broadcast(record.command.id);
    return await this.under(userId, record, { known, broadcast, handed: false });
  }

  /**
   * The same from records that were read already. A broadcast that ended before the person had a record is not theirs,
   * unless it was `handed` to a device.
   */
  async under(
    userId: string,
    record: CommandRecord,
    { known, broadcast, handed }: {
      known: StoredState | null;
      broadcast: BroadcastRecord | null;
      handed: boolean;
    },
  ): Promise<StoredState | null> {
    if (broadcast === null) return known;
    if (known === null) {
      if (broadcast.state === "scheduled" || (broadcast.state !== "open" && !handed)) return null;
      if (!this.isFor(userId, record, await this.#needs.people.membershipsOf(userId))) return null;
    }
    const found = known ?? this.untouched(userId, record);
    return { ...found, record: ended(found.record, broadcast), broadcastVersion: broadcast.version };
  }

  /** Rings everyone who is connected. Devices that have read everything before it get the broadcast with the ring. */
  ring(record: CommandRecord, place: string, epochs: Epochs): void {
    const { bell, consent, clock } = this.#needs;
    const { command, senderId } = record;
    const now = clock.now();
    const state = "queued";
    const entryOf = (shown: { id: string }): LiveCommand => ({
      delivery: { cursor: place, command: shown, state },
      kind: command.kind,
      epoch: -1,
    });
    // Two entries serve everyone: people's choices for its categories only decide whether it is sealed.
    let [open, sealed]: (LiveCommand | undefined)[] = [];
    const [question, relation] = [this.#questionOf(record), relationIn(record)];
    const rungFor = (standing: Standing): Rung => {
      const decision = decide(standing, relation, question, now);
      // A withheld broadcast stays withheld (`openedAt`), so nobody need read it.
      if (decision.verdict === "withhold") return "skip";
      if (decision.verdict === "hold") return "read";
      const first = this.openRecord(command, decision.allowedBy);
      const entry = !decision.sealed
        ? open ??= entryOf(command)
        : sealed ??= entryOf(forRecipient(command, first, standing, now));
      return { first, entry };
    };
    // Decided once for all who have the same rules.
    const decided = new Map<SharedRules, Rung>();
    const sentMs = question.sentMs!;
    const rungOf = (userId: string): Rung => {
      const rules = consent.sharedRules(userId);
      if (rules === undefined || rules.openedTo >= sentMs) {
        const standing = consent.standingAtHand(userId);
        return standing === undefined ? "read" : rungFor(standing);
      }
      let rung = decided.get(rules);
      if (rung === undefined) decided.set(rules, rung = rungFor(rules.standing));
      return rung;
    };
    const addInFlight = this.#inFlight.add(command.id);
    bell.ringAll((userId) => {
      if (userId === senderId || userId > command.id) return "skip";
      if (epochs !== null) {
        const epoch = epochs.get(userId);
        if (epoch === undefined) return "skip";
        if (epoch !== bell.epoch(userId)) return "read";
      }
      const rung = rungOf(userId);
      if (typeof rung === "string") return rung;
      addInFlight(userId, rung.first, null);
      return rung.entry;
    });
  }
}

function relationIn({ cast }: CommandRecord): Relation {
  return cast?.kind === "group" ? inGroup : stranger;
}

function broadcastQuestion({ command, cast }: CommandRecord): Question {
  const { kind, name } = cast!;
  const audience = name === null ? { kind } : { kind, name };
  const question = questionOf(command.from.username, audience, command.kind, command.categories);
  return { ...question, sentMs: Date.parse(command.createdAt) };
}

export function questionOf(
  username: string,
  audience: { kind: BroadcastAudience["kind"]; name?: string },
  kind: string,
  categories: readonly string[],
): Question {
  return { from: { username }, audience, kind, categories };
}
