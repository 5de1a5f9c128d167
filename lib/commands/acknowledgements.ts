import type { Standing } from "../consent/mod.ts";
import { iso } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { tellRecipient, tellSender } from "./notifications.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Change, StateRecord, StoredState } from "./ports.ts";
import { moved } from "./views.ts";

/** Handed over and not acknowledged yet; what is dropped is read again. */
const expectedKept = 50_000;

type Expected = Pick<StoredState, "record" | "version" | "moment">;

/** What was handed to devices, and what their acknowledgements make of it. */
export class Handed {
  readonly #parts: Parts;
  /** First records of commands that were just handed to a device, so that its acknowledgement need not read them. */
  readonly #expected = new Map<string, Map<string, Expected>>();
  #expectedCount = 0;
  /** People's rules when casts were last read for them, so that the rule goes with what is written of those (CO-8). */
  readonly #rules = new Map<string, Standing>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A command goes straight to devices: their people's records as they were just written, or as nothing was written yet. */
  expecting(commandId: string): (userId: string, record: StateRecord, version: string | null) => void {
    let people = this.#expected.get(commandId);
    const moment = this.#parts.store.moment();
    return (userId, record, version) => {
      if (this.#expectedCount >= expectedKept) {
        this.#expected.clear();
        this.#expectedCount = 0;
        people = undefined;
      }
      if (people === undefined) this.#expected.set(commandId, people = new Map());
      if (!people.has(userId)) this.#expectedCount++;
      people.set(userId, { record, version, moment });
    };
  }

  /** Whether it was on its way to a device and is not acknowledged: nothing may be written of it yet. */
  expects(userId: string, commandId: string): boolean {
    return this.#expected.get(commandId)?.has(userId) === true;
  }

  /** With a stop: acknowledgements look at what is written from now on. */
  forget(userId: string): void {
    for (const [commandId, people] of this.#expected) {
      if (people.delete(userId)) this.#expectedCount--;
      if (people.size === 0) this.#expected.delete(commandId);
    }
  }

  /** Casts of which nothing is written before they were delivered are read with these rules. */
  readBy(userId: string, standing: Standing): void {
    if (this.#rules.size >= expectedKept) this.#rules.clear();
    this.#rules.set(userId, standing);
  }

  /** queued → delivered, for those that still are; the senders hear of it. `handed`: they were on a device of the person. */
  async markDelivered(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    for (let at = 0; at < commandIds.length; at += limits.deliverBatch) {
      await this.#markSome(userId, commandIds.slice(at, at + limits.deliverBatch), handed);
    }
  }

  async #markSome(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    const { store, clock, bell } = this.#parts;
    let states: (StoredState | null)[] | null = this.#takeExpected(userId, commandIds);
    while (true) {
      const mark = bell.mark(userId);
      states ??= await this.#statesOf(userId, commandIds, handed);
      const at = iso(clock.now());
      const changes = states.flatMap((from): Change[] => {
        const to = from === null ? null : taken(from.record, at, handed);
        return from === null || to === null ? [] : [{ from, to }];
      });
      if (changes.length === 0) return;
      // Whoever left a group and stopped meanwhile has nothing left to take of it, and no record that would say so.
      if (bell.mark(userId) !== mark || !await store.change(changes)) {
        states = null;
        continue;
      }
      const records = await store.commands(changes.map(({ from }) => from.commandId));
      for (const { from, to } of changes) {
        const record = records.get(from.commandId);
        if (record === undefined) continue;
        if (to.state === "delivered") await tellSender(this.#parts, record, [{ userId, record: to }]);
        // It ended before, and its sender knows; of what was on its way nobody could tell these devices.
        else tellRecipient(this.#parts, from, to);
      }
      return;
    }
  }

  /** The records, those of casts that have none yet included. */
  async #statesOf(
    userId: string,
    commandIds: readonly string[],
    handed: boolean,
  ): Promise<(StoredState | null)[]> {
    const { store, casts, consent } = this.#parts;
    const records = await store.commands(commandIds);
    const states = await store.states(commandIds.map((commandId) => ({ userId, commandId })));
    return await Promise.all(states.map(async (known, index) => {
      const record = records.get(commandIds[index]!);
      if (known !== null || record?.cast === undefined) return known;
      const cast = await store.cast(record.command.id);
      const own = await casts.under(userId, record, { known, cast, handed });
      if (own === null) return null;
      const standing = this.#rules.get(userId) ?? await consent.standing(userId);
      const allowedBy = casts.allowedBy(standing, record);
      // Without the version of the cast: whatever becomes of that lies over what is still open here, and those who
      // acknowledge one cast at once need not wait for each other.
      return {
        userId,
        commandId: own.commandId,
        version: null,
        record: isClosed(own.record.state)
          ? { ...own.record, allowedBy }
          : casts.openRecord(record.command, allowedBy),
      };
    }));
  }

  /** The expected records, if all of them are. */
  #takeExpected(userId: string, commandIds: readonly string[]): StoredState[] | null {
    const found: StoredState[] = [];
    for (const commandId of commandIds) {
      const people = this.#expected.get(commandId);
      const expected = people?.get(userId);
      if (people === undefined || expected === undefined) return null;
      people.delete(userId);
      if (people.size === 0) this.#expected.delete(commandId);
      this.#expectedCount--;
      found.push({ userId, commandId, ...expected });
    }
    return found;
  }
}

/** A record once its person has the command; null: that changes nothing. */
function taken(record: StateRecord, at: string, handed: boolean): StateRecord | null {
  if (record.withheldBy !== null || record.deliveredAt !== null) return null;
  if (record.state === "queued") return { ...moved(record, "delivered", at), deliveredAt: at };
  // It ended while it was on its way: the person saw it, so that their history has it, as it ended. What they blocked
  // meanwhile is not brought back.
  return handed && isClosed(record.state) ? { ...record, deliveredAt: at } : null;
}
