import { decide, type Decision, localDay, type Standing, stranger } from "../consent/mod.ts";
import { DayNumbers } from "./day_numbers.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, StateRecord, StoredState } from "./ports.ts";

/** An open command with the person's state of it. */
export interface Open {
  cursor: string;
  stored: StoredState;
  command: CommandRecord;
}

/** A standing with what a write that counts a delivery must find unchanged, if grants or a ceiling have numbers. */
type AtDelivery = Standing & { seen?: { value: number; version: string | null } };

/** The basis of a decision: the person's rules, their epoch before those were read, and their daily limit if they have one. */
interface DecidedBy {
  standing: AtDelivery;
  epoch: number;
  limit: { day: string; most: number } | null;
}

/** Decides consent again for open commands at the moment of delivery (DL-9). */
export class DeliveryDecisions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Decides for each command in order. Withheld ones leave the log for good; those that count for a number are counted first. */
  async decideAll(userId: string, open: readonly Open[], standing: AtDelivery, epoch: number) {
    const { clock } = this.#parts;
    const decided = new Map<string, { open: Open; decision: Decision }>();
    const decideOne = await this.#deciding(userId, open);
    const day = localDay(clock.now(), standing.timeZone);
    const { dailyLimit: most } = standing.preferences;
    const limit = most === null ? null : { day, most };
    const numbers = new DayNumbers(standing, day, clock.now());
    const counted: Change[] = [];
    for (const one of open) {
      let decision = decideOne(one, numbers.without(one));
      if (standing.seen !== undefined && decision.verdict === "deliver") {
        const change = countedOn(one, decision.allowedBy, day);
        if (change !== null) counted.push(change);
      } else {
        decision = await this.#settle(userId, one, decision, { standing, epoch, limit });
      }
      decided.set(one.stored.commandId, { open: one, decision });
      if (decision.verdict === "deliver") numbers.add(one);
    }
    if (counted.length > 0 && !await this.#write(userId, counted, standing, epoch)) {
      for (const { from: { commandId } } of counted) {
        decided.set(commandId, { open: decided.get(commandId)!.open, decision: this.#again() });
      }
    }
    return decided;
  }

  /** What consent says of each command now, in order, as if those before it were delivered. Only reads. */
  async peekAll(userId: string, open: readonly Open[], standing: Standing): Promise<Decision[]> {
    const { clock } = this.#parts;
    const decideOne = await this.#deciding(userId, open);
    const numbers = new DayNumbers(standing, localDay(clock.now(), standing.timeZone), clock.now());
    return open.map((one) => {
      const decision = decideOne(one, numbers.without(one));
      if (decision.verdict === "deliver") numbers.add(one);
      return decision;
    });
  }

  /** Decides for a command that the person's rules held apart. One that may go gets a new place, in the same write (CO-12). */
  async decideAtNewPlace(userId: string, one: Open): Promise<Decision> {
    const { bell, clock, consent } = this.#parts;
    const epoch = bell.epoch(userId);
    const standing = await consent.standingAtDelivery(userId);
    const day = localDay(clock.now(), standing.timeZone);
    const numbers = new DayNumbers(standing, day, clock.now());
    const decision = (await this.#deciding(userId, [one]))(one, numbers.without(one));
    if (decision.verdict !== "deliver") {
      return await this.#settle(userId, one, decision, { standing, epoch, limit: null });
    }
    const { record } = one.stored;
    const counts = standing.seen !== undefined && record.deliveredAt === null;
    const to: StateRecord = {
      ...record,
      place: "first",
      allowedBy: decision.allowedBy,
      countedOn: counts ? day : record.countedOn,
    };
    const changes = [{ from: one.stored, to }];
    const written = counts
      ? await this.#write(userId, changes, standing, epoch)
      : await this.#parts.store.change(changes, { current: () => epoch === bell.epoch(userId) });
    return written ? decision : this.#again();
  }

  /** Asks consent about commands, once what they are to the person is read. */
  async #deciding(userId: string, open: readonly Open[]) {
    const { people, clock, broadcasts } = this.#parts;
    const senders = [...new Set(open.map(({ command }) => command.senderId))];
    const relations = await people.relationsOf(userId, senders);
    // A person who left the group still has the record of its broadcast.
    const memberships = await people.membershipsOf(userId);
    return ({ command, stored }: Open, standing: Standing): Decision => {
      const delivered = stored.record.deliveredAt !== null;
      if (command.cast === undefined) {
        const relation = relations.get(command.senderId) ?? stranger;
        const asked = delivered ? { ...command.command, delivered } as const : command.command;
        return decide(standing, relation, asked, clock.now());
      }
      if (!broadcasts.isFor(userId, command, memberships)) {
        return { verdict: "withhold", rule: "no_member" };
      }
      return broadcasts.decide(standing, command, clock.now(), delivered);
    };
  }

  /** Writes commands that are counted, unless another was counted since the numbers were read. */
  async #write(
    userId: string,
    changes: readonly Change[],
    standing: AtDelivery,
    epoch: number,
  ): Promise<boolean> {
    const { store, bell, clock } = this.#parts;
    if (epoch !== bell.epoch(userId) || standing.seen === undefined) return false;
    const day = localDay(clock.now(), standing.timeZone);
    const count = { userId, day, most: Infinity, seen: standing.seen };
    return await store.change(changes, { count, current: () => epoch === bell.epoch(userId) });
  }

  /** The record has just changed: the next read decides anew. */
  #again(): Extract<Decision, { verdict: "hold" }> {
    return { verdict: "hold", rule: "stopped", untilMs: this.#parts.clock.now() };
  }

  /** Writes what a decision changes, before the delivery. */
  async #settle(userId: string, open: Open, decision: Decision, by: DecidedBy): Promise<Decision> {
    const { record } = open.stored;
    const { standing, limit } = by;
    const { store, bell, inFlight } = this.#parts;
    if (decision.verdict === "hold") return decision;
    // A stop ends the commands that it finds in the log, so no entry may be removed behind its back.
    const current = () => by.epoch === bell.epoch(userId);
    if (!current()) return this.#again();
    // What the person has seen stays theirs; a tightened rule applies to later commands only.
    if (decision.verdict === "withhold") {
      // A broadcast without a record needs none: `openedAt` and the group's earlier grants keep it withheld (BR-4).
      if (record.deliveredAt === null && open.stored.version !== null) {
        await store.change([{
          from: open.stored,
          to: { ...record, withheldBy: decision.rule, place: null },
        }], { current });
        if (!current()) return this.#again();
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
    const also = counts ? { count: { userId, ...limit }, current } : { current };
    return await store.change([{ from: open.stored, to }], also) ? decision : this.#again();
  }
}

/** The record with the day on which it counts; null if it counts already. */
function countedOn({ stored }: Open, allowedBy: string, day: string): Change | null {
  const { record } = stored;
  if (record.deliveredAt !== null || (record.countedOn === day && record.allowedBy === allowedBy)) {
    return null;
  }
  return { from: stored, to: { ...record, allowedBy, countedOn: day } };
}
