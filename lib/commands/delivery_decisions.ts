import { decide, type Decision, localDay, type Relation, type Standing, stranger } from "../consent/mod.ts";
import { DayNumbers } from "./day_numbers.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, Memberships, StoredState } from "./ports.ts";

/** An open command with the person's state of it. */
export interface Open {
  cursor: string;
  stored: StoredState;
  command: CommandRecord;
}

/** A standing with what a write that counts a delivery must find unchanged, if grants or a ceiling have numbers. */
type AtDelivery = Standing & { seen?: { value: number; version: string | null } };

/** Decides consent again for open commands at the moment of delivery (DL-9). */
export class DeliveryDecisions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** For some of a person's commands, by the rules that were read after `epoch`. */
  async begin(
    userId: string,
    open: readonly Open[],
    standing: AtDelivery,
    epoch: number,
  ): Promise<Deciding> {
    const { people } = this.#parts;
    const senders = [...new Set(open.map(({ command }) => command.senderId))];
    const relations = await people.relationsOf(userId, senders);
    // A person who left the group still has the record of its broadcast.
    const memberships = await people.membershipsOf(userId);
    return new Deciding(this.#parts, { userId, standing, epoch, relations, memberships });
  }

  /** What consent says of each command now, in order, as if those before it were delivered. Only reads. */
  async peekAll(userId: string, open: readonly Open[], standing: Standing): Promise<Decision[]> {
    const deciding = await this.begin(userId, open, standing, this.#parts.bell.epoch(userId));
    return open.map((one) => deciding.peek(one));
  }

  /** Decides for a command that the person's rules held apart. One that may go gets a new place, in the same write (CO-12). */
  async decideAtNewPlace(userId: string, one: Open): Promise<Decision> {
    const { bell, consent } = this.#parts;
    const epoch = bell.epoch(userId);
    const standing = await consent.standingAtDelivery(userId);
    return await (await this.begin(userId, [one], standing, epoch)).decideAtNewPlace(one);
  }
}

/** What a person's decisions are based on, read once for several commands. */
interface Basis {
  userId: string;
  standing: AtDelivery;
  /** The person's epoch before their rules were read. */
  epoch: number;
  relations: ReadonlyMap<string, Relation>;
  memberships: Memberships;
}

/** Decides a person's commands one after the other, each with the numbers that those before it leave. */
export class Deciding {
  readonly #parts: Parts;
  readonly #basis: Basis;
  /** The person's local date, and their numbers; null for people without any: their decisions do not depend on each other. */
  readonly #days: { day: string; numbers: DayNumbers } | null;
  /** Deliveries that are still to be counted. */
  readonly #counted: Change[] = [];
  /** Decisions of this time without numbers, which are the same for one sender, kind and categories. */
  readonly #alike = new Map<string, Decision>();
  #alikeAt = 0;

  constructor(parts: Parts, basis: Basis) {
    this.#parts = parts;
    this.#basis = basis;
    const { standing } = basis;
    if (standing.preferences.dailyLimit === null && standing.counts === undefined) this.#days = null;
    else {
      const now = parts.clock.now();
      const day = localDay(now, standing.timeZone);
      this.#days = { day, numbers: new DayNumbers(standing, day, now) };
    }
  }

  /** Whether a device of the person has a command already, acknowledged or not: then only a Stop and quiet hours hold it. */
  isDelivered({ stored: { commandId, record } }: Open): boolean {
    return record.deliveredAt !== null || this.#parts.inFlight.wasHanded(this.#basis.userId, commandId);
  }

  /**
   * Decides for the next command. Withheld ones leave the log for good. Where grants or a ceiling have numbers, `count` must be
   * called before any is delivered.
   */
  decide(one: Open): Decision | Promise<Decision> {
    const decision = this.#decide(one);
    if (this.#days === null) {
      const { record } = one.stored;
      const settled = decision.verdict === "deliver" && record.allowedBy === decision.allowedBy;
      return settled && this.#isCurrent() ? decision : this.#settle(one, decision);
    }
    const { day, numbers } = this.#days;
    if (decision.verdict === "withhold") numbers.withhold(one);
    if (decision.verdict === "deliver") {
      numbers.add(one);
      if (this.#basis.standing.seen !== undefined) {
        const change = countedOn(one, decision.allowedBy, day);
        if (change !== null) this.#counted.push(change);
        return decision;
      }
    }
    return this.#settle(one, decision);
  }

  /** Decides for the next command as if those before it were delivered, and writes nothing. */
  peek(one: Open): Decision {
    const decision = this.#decide(one);
    if (decision.verdict === "deliver") this.#days?.numbers.add(one);
    return decision;
  }

  /** Writes the deliveries that count. False: another was counted since the numbers were read. */
  async count(): Promise<boolean> {
    return this.#counted.length === 0 || await this.#write(this.#counted.splice(0));
  }

  /** Gives a command that may be delivered a new place at the end of the log, and counts it, in one write. */
  async decideAtNewPlace(one: Open): Promise<Decision> {
    const decision = this.#decide(one);
    if (decision.verdict !== "deliver") return await this.#settle(one, decision);
    const { record } = one.stored;
    const day = this.#basis.standing.seen === undefined || record.deliveredAt !== null
      ? undefined
      : this.#days?.day;
    const change = {
      from: one.stored,
      to: {
        ...record,
        place: "first",
        allowedBy: decision.allowedBy,
        countedOn: day ?? record.countedOn,
      },
    };
    const written = day !== undefined
      ? await this.#write([change])
      : await this.#parts.store.change([change], { current: this.#isCurrent });
    return written ? decision : this.#again();
  }

  #decide(one: Open): Decision {
    const { clock, broadcasts } = this.#parts;
    const { userId, relations, memberships } = this.#basis;
    const { command } = one;
    const delivered = this.isDelivered(one);
    const standing = this.#days?.numbers.without(one) ?? this.#basis.standing;
    if (command.cast !== undefined) {
      return broadcasts.isFor(userId, command, memberships)
        ? broadcasts.decide(standing, command, clock.now(), delivered)
        : { verdict: "withhold", rule: "no_member" };
    }
    const now = clock.now();
    const ask = () => {
      const relation = relations.get(command.senderId) ?? stranger;
      const asked = delivered ? { ...command.command, delivered } as const : command.command;
      return decide(standing, relation, asked, now);
    };
    if (this.#days !== null) return ask();
    if (now !== this.#alikeAt) this.#alike.clear();
    this.#alikeAt = now;
    const name = JSON.stringify([
      command.senderId,
      delivered,
      command.command.kind,
      ...command.command.categories,
    ]);
    let decision = this.#alike.get(name);
    if (decision === undefined) this.#alike.set(name, decision = ask());
    return decision;
  }

  /** Whether the person's rules are those of the decisions. */
  readonly #isCurrent = (): boolean => {
    return this.#basis.epoch === this.#parts.bell.epoch(this.#basis.userId);
  };

  /** Writes changes that are counted, unless another was counted since the numbers were read. */
  async #write(changes: readonly Change[]): Promise<boolean> {
    const { userId, standing: { seen } } = this.#basis;
    if (seen === undefined || this.#days === null || !this.#isCurrent()) return false;
    const count = { userId, day: this.#days.day, most: Infinity, seen };
    return await this.#parts.store.change(changes, { count, current: this.#isCurrent });
  }

  /** The record has just changed: the next read decides anew. */
  #again(): Extract<Decision, { verdict: "hold" }> {
    return { verdict: "hold", rule: "stopped", untilMs: this.#parts.clock.now() };
  }

  /** Writes what a decision changes, before the delivery. */
  async #settle(one: Open, decision: Decision): Promise<Decision> {
    const { record } = one.stored;
    const { userId, standing } = this.#basis;
    const { store, inFlight } = this.#parts;
    if (decision.verdict === "hold") return decision;
    // A stop ends the commands that it finds in the log, so no entry may be removed behind its back.
    if (!this.#isCurrent()) return this.#again();
    // What the person has seen stays theirs; a tightened rule applies to later commands only.
    if (decision.verdict === "withhold") {
      // A broadcast without a record needs none: `openedAt` and the group's earlier grants keep it withheld (BR-4).
      if (record.deliveredAt === null && one.stored.version !== null) {
        const to = { ...record, withheldBy: decision.rule, place: null };
        await store.change([{ from: one.stored, to }], { current: this.#isCurrent });
        if (!this.#isCurrent()) return this.#again();
      }
      return decision;
    }
    const { dailyLimit } = standing.preferences;
    const day = this.#days?.day;
    const counts = dailyLimit !== null && day !== undefined && record.countedOn !== day &&
      record.deliveredAt === null;
    if (record.allowedBy === decision.allowedBy && !counts) return decision;
    if (one.stored.version === null && !counts) {
      // Its first record is written with the acknowledgement, and the rule with it.
      inFlight.keepRules(userId, standing);
      return decision;
    }
    const to = { ...record, allowedBy: decision.allowedBy, countedOn: counts ? day : record.countedOn };
    const count = counts ? { count: { userId, day, most: dailyLimit } } : {};
    const written = await store.change([{ from: one.stored, to }], { ...count, current: this.#isCurrent });
    return written ? decision : this.#again();
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
