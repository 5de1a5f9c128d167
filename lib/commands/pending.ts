import { decide, stranger } from "../consent/mod.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

/** Entries that one step reads. */
const atOnce = 64;

/** Whether a person would get a command if they connected now. Only reads: nothing is counted, written or delivered. */
export class Pending {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `now`: a command can be delivered now. Otherwise `fromMs` is when the first held one can be; null if none can. */
  async of(userId: string): Promise<{ now: boolean; fromMs: number | null }> {
    const { consent, broadcasts, people, clock } = this.#parts;
    const standing = await consent.standingAtDelivery(userId);
    if (standing.stopped) return { now: false, fromMs: null };
    let fromMs: number | null = null;
    for await (const open of this.#untouched(userId)) {
      const relations = await people.relationsOf(userId, [
        ...new Set(open.map(({ record }) => record.senderId)),
      ]);
      for (const { record } of open) {
        const relation = relations.get(record.senderId) ?? stranger;
        const decision = record.cast === undefined
          ? decide(standing, relation, record.command, clock.now())
          : broadcasts.decide(standing, record, clock.now());
        if (decision.verdict === "deliver") return { now: true, fromMs: null };
        if (decision.verdict === "hold" && decision.untilMs !== null) {
          fromMs = Math.min(fromMs ?? Infinity, decision.untilMs);
        }
      }
    }
    return { now: false, fromMs };
  }

  /** The person's open commands and broadcasts that were not delivered yet. */
  async *#untouched(userId: string): AsyncGenerator<{ record: CommandRecord; stored: StoredState | null }[]> {
    const { store, broadcasts, clock } = this.#parts;
    const ofThese = async (records: readonly CommandRecord[]) => {
      const states = await store.states(records.map(({ command }) => ({ userId, commandId: command.id })));
      return records.map((record, index) => ({ record, stored: states[index] ?? null }))
        .filter(({ record, stored }) =>
          record.expiresMs > clock.now() &&
          (stored === null ? record.cast !== undefined : isUntouched(stored))
        );
    };
    for (let after: string | null = null;;) {
      const entries = await store.inboxAfter(userId, after, atOnce);
      const records = await store.commands(entries.map(({ commandId }) => commandId));
      yield await ofThese([...records.values()]);
      if (entries.length < atOnce) break;
      after = entries.at(-1)!.cursor;
    }
    const open = (await broadcasts.after(userId, null, Infinity)).map(({ record }) => record);
    for (let at = 0; at < open.length; at += atOnce) yield await ofThese(open.slice(at, at + atOnce));
  }
}

function isUntouched({ record }: StoredState): boolean {
  return record.deliveredAt === null && record.withheldBy === null && record.place !== null &&
    waits(record.state);
}
