import { decide } from "../consent/mod.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

/** Entries looked at in one go. */
const atOnce = 64;

/** Whether somebody would get something if they came now. Looks only: nothing is counted, written or handed over. */
export class Waiting {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `now`: something that nobody has handed over may be; otherwise from when on, if anything is held until a time. */
  async of(userId: string): Promise<{ now: boolean; fromMs: number | null }> {
    const { consent, casts, people, clock } = this.#parts;
    const standing = await consent.standing(userId);
    if (standing.stopped) return { now: false, fromMs: null };
    let fromMs: number | null = null;
    for await (const open of this.#untouched(userId)) {
      const relations = await people.relationsOf(userId, [
        ...new Set(open.map(({ record }) => record.senderId)),
      ]);
      for (const { record } of open) {
        const relation = relations.get(record.senderId) ?? { contact: false, sharesGroup: false };
        const decision = record.cast === undefined
          ? decide(standing, relation, record.command, clock.now())
          : casts.decide(standing, record, clock.now());
        if (decision.verdict === "deliver") return { now: true, fromMs: null };
        if (decision.verdict === "hold" && decision.untilMs !== null) {
          fromMs = Math.min(fromMs ?? Infinity, decision.untilMs);
        }
      }
    }
    return { now: false, fromMs };
  }

  /** What lies in the person's log and in that of casts, and was not handed over. */
  async *#untouched(userId: string): AsyncGenerator<{ record: CommandRecord; stored: StoredState | null }[]> {
    const { store, casts, clock } = this.#parts;
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
    const open = (await casts.after(userId, null, Infinity)).map(({ record }) => record);
    for (let at = 0; at < open.length; at += atOnce) yield await ofThese(open.slice(at, at + atOnce));
  }
}

function isUntouched({ record }: StoredState): boolean {
  return record.deliveredAt === null && record.withheldBy === null && record.place !== null &&
    waits(record.state);
}
