import { decide, type Decision, localDay, type Standing, stranger } from "../consent/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

/** An open command with the person's state of it. */
export interface Open {
  cursor: string;
  stored: StoredState;
  command: CommandRecord;
}

/** The basis of a decision: the person's rules, their epoch before those were read, and their daily limit if they have one. */
interface DecidedBy {
  standing: Standing;
  epoch: number;
  limit: { day: string; most: number } | null;
}

/** Decides consent again for open commands at the moment of delivery (DL-9). */
export class DeliveryDecisions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Decides for each command in order. Withheld ones leave the log for good; those under a daily limit are counted first. */
  async decideAll(userId: string, open: readonly Open[], standing: Standing, epoch: number) {
    const { people, clock, broadcasts } = this.#parts;
    const senders = [...new Set(open.map(({ command }) => command.senderId))];
    const relations = await people.relationsOf(userId, senders);
    const decided = new Map<string, { open: Open; decision: Decision }>();
    // A person who left the group still has the record of its broadcast.
    const memberships = await people.membershipsOf(userId);
    const isFor = ({ command }: Open) =>
      command.cast === undefined || broadcasts.isFor(userId, command, memberships);
    const now = { ...standing };
    const { dailyLimit: most } = standing.preferences;
    const limit = most === null ? null : { day: localDay(clock.now(), standing.timeZone), most };
    for (const one of open) {
      const relation = relations.get(one.command.senderId) ?? stranger;
      const { deliveredAt, countedOn } = one.stored.record;
      // A delivered command does not count again, but every other rule still applies to it. A command that was only counted
      // may never have left: today's limit still applies to it, and on another day it counts anew.
      const handed = deliveredAt !== null || (countedOn !== null && countedOn === limit?.day);
      const before = deliveredAt !== null ? 0 : now.deliveredToday - Number(handed);
      const asked = { ...now, deliveredToday: before };
      const decision = one.command.cast === undefined
        ? decide(asked, relation, one.command.command, clock.now())
        : !isFor(one)
        ? { verdict: "withhold" as const, rule: "no_member" }
        : broadcasts.decide(asked, one.command, clock.now());
      const settled = await this.#settle(userId, one, decision, { standing, epoch, limit });
      decided.set(one.stored.commandId, { open: one, decision: settled });
      if (settled.verdict === "deliver" && !handed) now.deliveredToday++;
    }
    return decided;
  }

  /** Writes what a decision changes, before the delivery. */
  async #settle(userId: string, open: Open, decision: Decision, by: DecidedBy): Promise<Decision> {
    const { record } = open.stored;
    const { standing, limit } = by;
    const { store, clock, bell, inFlight } = this.#parts;
    if (decision.verdict === "hold") return decision;
    // The record has just changed: the next read decides anew. A stop ends the commands that it finds in the log, so no
    // entry may be removed behind its back.
    const again = { verdict: "hold", rule: "stopped", untilMs: clock.now() } as const;
    if (by.epoch !== bell.epoch(userId)) return again;
    // What the person has seen stays theirs; a tightened rule applies to later commands only.
    if (decision.verdict === "withhold") {
      // A broadcast without a record needs none: `openedAt` keeps it withheld (BR-4).
      if (record.deliveredAt === null && open.stored.version !== null) {
        await store.change([{
          from: open.stored,
          to: { ...record, withheldBy: decision.rule, place: null },
        }]);
      }
      return decision;
    }
    const counts = limit !== null && record.countedOn !== limit.day && record.deliveredAt === null;
    if (record.allowedBy === decision.allowedBy && !counts) return decision;
    if (open.stored.version === null && !counts) {
      // Its first record is written with the acknowledgement, and the rule with it.
      inFlight.keepRules(userId, standing);
      return decision;
    }
    const to = { ...record, allowedBy: decision.allowedBy, countedOn: counts ? limit.day : record.countedOn };
    const also = counts ? { count: { userId, ...limit } } : {};
    return await store.change([{ from: open.stored, to }], also) ? decision : again;
  }
}
