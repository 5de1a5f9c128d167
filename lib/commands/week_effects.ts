import { decide, type Decision, localDay, type Question, type Standing, stranger } from "../consent/mod.ts";
import { firstIdAt } from "../platform/ids.ts";
import type { Caller } from "../platform/mod.ts";
import { inGroup } from "./broadcasts.ts";
import { DeliveryDecisions, type Open } from "./delivery_decisions.ts";
import { HistoryReads } from "./history_reads.ts";
import type { OpenBooks } from "./open_books.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";

const weekMs = 7 * 24 * 3600_000;
/** Newest commands of the week that are looked at: a change costs the same however many there are. */
const lookedAt = 300;

/** What a change of preferences would have meant for the commands that reached the person in the last seven days. */
export interface WeekEffect {
  /** Would not have reached them; would have, by the new rules alone. */
  fewer: number;
  more: number;
  /** Would have waited; would not have. */
  later: number;
  sooner: number;
  /** Would have arrived sealed; would not have. */
  sealed: number;
  opened: number;
  /** Held until now, and delivered now. */
  released: number;
  /** There were more than are looked at: the numbers are the least. */
  atLeast: boolean;
}

/**
 * CO-9: asks `decide()` itself, with the preferences before and after a change. Looks at nothing but what the person has seen: a
 * withheld command is in no number, whatever the change (CO-10). Of what rules hold, only what may go now is counted.
 */
export class WeekEffects {
  readonly #parts: Parts;
  readonly #reads: HistoryReads;
  readonly #books: OpenBooks;
  readonly #decisions: DeliveryDecisions;

  constructor(parts: Parts, books: OpenBooks) {
    this.#parts = parts;
    this.#reads = new HistoryReads(parts);
    this.#books = books;
    this.#decisions = new DeliveryDecisions(parts);
  }

  /** The caller's rules before a change, to compare with. */
  before({ userId }: Caller): Promise<Standing> {
    return this.#parts.consent.standingAtDelivery(userId);
  }

  /** Compares the caller's rules as they are with those before. What `before` does not say is as it is now. */
  async since(
    { userId }: Caller,
    before: Partial<Standing> & Pick<Standing, "preferences">,
  ): Promise<WeekEffect> {
    const standing = await this.#parts.consent.standingAtDelivery(userId);
    const earlier: Standing = { ...standing, ...before };
    const [seen, released] = await Promise.all([
      this.#seen(userId),
      this.#released(userId, earlier, standing),
    ]);
    const asked = await this.#questions(userId, seen.commands);
    const [was, is] = [weekOf(earlier, asked), weekOf(standing, asked)];
    const counts = { fewer: 0, more: 0, later: 0, sooner: 0, sealed: 0, opened: 0 };
    for (const [at, one] of was.entries()) {
      const name = changeOf(one, is[at]!);
      if (name !== null) counts[name]++;
    }
    return { ...counts, released, atLeast: seen.isCut };
  }

  /** The commands that reached the person within a week, the oldest first. */
  async #seen(userId: string): Promise<{ commands: CommandRecord[]; isCut: boolean }> {
    const { store, clock } = this.#parts;
    const from = firstIdAt(clock.now() - weekMs);
    const { states, last } = await this.#reads.before(userId, null, lookedAt);
    const ids = states.slice(0, lookedAt)
      .filter(({ record }) => record.deliveredAt !== null && record.withheldBy === null)
      .map(({ commandId }) => commandId)
      .filter((id) => id >= from);
    const records = await store.commands(ids);
    const commands = ids.flatMap((id) => records.get(id) ?? []).reverse();
    return { commands, isCut: states.length > lookedAt || (last !== null && last >= from) };
  }

  async #questions(userId: string, commands: readonly CommandRecord[]): Promise<Asked[]> {
    const senders = [...new Set(commands.map(({ senderId }) => senderId))];
    const relations = await this.#parts.people.relationsOf(userId, senders);
    return commands.map(({ command, senderId, cast }) => {
      const { from, kind, categories, audience } = command;
      const relation = cast === undefined
        ? relations.get(senderId) ?? stranger
        : cast.kind === "group"
        ? inGroup
        : stranger;
      const atMs = Date.parse(command.deliverAt ?? command.createdAt);
      return { question: { from, audience, kind, categories }, relation, atMs };
    });
  }

  /** How many of those that wait were held before, and are not any more. */
  async #released(userId: string, before: Standing, after: Standing): Promise<number> {
    const rows = (await this.#books.of(userId)).filter(({ stored }) => stored.record.deliveredAt === null)
      .slice(0, lookedAt);
    if (rows.length === 0) return 0;
    const memberships = await this.#parts.people.membershipsOf(userId);
    const open: Open[] = rows.filter(({ command }) =>
      command.cast === undefined || this.#parts.broadcasts.isFor(userId, command, memberships)
    ).map((row) => ({ ...row, cursor: "" }));
    const was = await this.#decisions.peekAll(userId, open, before);
    const is = await this.#decisions.peekAll(userId, open, after);
    return is.filter(({ verdict }, at) => verdict === "deliver" && was[at]!.verdict === "hold").length;
  }
}

interface Asked {
  question: Question;
  relation: Parameters<typeof decide>[1];
  /** When it could have been delivered first. */
  atMs: number;
}

/** The week as if the rules had always been these, and nobody had pressed Stop. */
function weekOf(rules: Standing, asked: readonly Asked[]): Decision[] {
  const { counts: _, ...standing } = { ...rules, stopped: false };
  const perDay = new Map<string, number>();
  return asked.map(({ question, relation, atMs }) => {
    const day = localDay(atMs, standing.timeZone);
    const deliveredToday = perDay.get(day) ?? 0;
    const decision = decide({ ...standing, deliveredToday }, relation, question, atMs);
    if (decision.verdict === "deliver") perDay.set(day, deliveredToday + 1);
    return decision;
  });
}

function changeOf(was: Decision, is: Decision): Exclude<keyof WeekEffect, "released" | "atLeast"> | null {
  if (was.verdict === "withhold") return is.verdict === "withhold" ? null : "more";
  if (is.verdict === "withhold") return "fewer";
  if (was.verdict === "hold") return is.verdict === "hold" ? null : "sooner";
  if (is.verdict === "hold") return "later";
  return was.sealed === is.sealed ? null : is.sealed ? "sealed" : "opened";
}
