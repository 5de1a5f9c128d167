import { decide, type Decision, localDay, type Standing } from "../consent/mod.ts";
import type { Handed } from "./acknowledgements.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

/** An open command with its state, as the rules are asked of it. */
export interface Open {
  cursor: string;
  stored: StoredState;
  command: CommandRecord;
}

/** What a decision stands on: the person's rules, their mark before those were read, and the limit of their day if it has one. */
interface DecidedBy {
  standing: Standing;
  mark: number;
  limit: { day: string; most: number } | null;
}

/** What a person's rules say, at the moment of delivery, of what they have open (DL-9). */
export class Deciding {
  readonly #parts: Parts;
  readonly #handed: Handed;

  constructor(parts: Parts, handed: Handed) {
    this.#parts = parts;
    this.#handed = handed;
  }

  /** Decides for each in order. What is withheld leaves the log for good; what counts against a limit is counted first. */
  async all(userId: string, open: readonly Open[], standing: Standing, mark: number) {
    const { people, clock, casts } = this.#parts;
    const senders = [...new Set(open.map(({ command }) => command.senderId))];
    const relations = await people.relationsOf(userId, senders);
    const decided = new Map<string, { open: Open; decision: Decision }>();
    // A record of a cast outlives the membership by which that was for the person.
    const memberships = await people.membershipsOf(userId);
    const isFor = ({ command }: Open) =>
      command.cast === undefined || casts.isFor(userId, command, memberships);
    const now = { ...standing };
    const { dailyLimit: most } = standing.preferences;
    const limit = most === null ? null : { day: localDay(clock.now(), standing.timeZone), most };
    for (const one of open) {
      const relation = relations.get(one.command.senderId) ?? { contact: false, sharesGroup: false };
      const { deliveredAt, countedOn } = one.stored.record;
      // A command that was handed over already does not count again, but every other rule still holds for it. What was
      // only counted may never have left: it keeps to the limit as that is now, and counts anew on another day.
      const handed = deliveredAt !== null || (countedOn !== null && countedOn === limit?.day);
      const before = deliveredAt !== null ? 0 : now.deliveredToday - Number(handed);
      const asked = { ...now, deliveredToday: before };
      const decision = one.command.cast === undefined
        ? decide(asked, relation, one.command.command, clock.now())
        : !isFor(one)
        ? { verdict: "withhold" as const, rule: "no_member" }
        : casts.decide(asked, one.command, clock.now());
      const settled = await this.#settle(userId, one, decision, { standing, mark, limit });
      decided.set(one.stored.commandId, { open: one, decision: settled });
      if (settled.verdict === "deliver" && !handed) now.deliveredToday++;
    }
    return decided;
  }

  /** Writes what a decision changes before anything is handed over. */
  async #settle(userId: string, open: Open, decision: Decision, by: DecidedBy): Promise<Decision> {
    const { record } = open.stored;
    const { standing, limit } = by;
    const { store, clock, bell } = this.#parts;
    if (decision.verdict === "hold") return decision;
    // Somebody was faster: what it is now shows at the next look. A stop ends what it finds in the log, so that nothing may
    // leave that behind its back.
    const again = { verdict: "hold", rule: "stopped", untilMs: clock.now() } as const;
    if (by.mark !== bell.mark(userId)) return again;
    // What the person has already been shown stays theirs; a tightened rule concerns what is still to come.
    if (decision.verdict === "withhold") {
      // Of a cast of which nothing is written, nothing need be: `openedAt` keeps it withheld (BR-4).
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
      // Nothing is written of it before it was delivered; the rule goes with that.
      this.#handed.readBy(userId, standing);
      return decision;
    }
    const to = { ...record, allowedBy: decision.allowedBy, countedOn: counts ? limit.day : record.countedOn };
    const also = counts ? { count: { userId, ...limit } } : {};
    return await store.change([{ from: open.stored, to }], also) ? decision : again;
  }
}
