import { iso } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { isClosed } from "./lifecycle.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { Change, StateRecord, StoredState } from "./ports.ts";
import { moved } from "./state_records.ts";

/** Makes commands `delivered` once a device acknowledged them or a page showed them (DL-11). */
export class Acknowledgements {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Moves those that are still queued to delivered and notifies their senders. `handed`: a device of the person had them. */
  async markDelivered(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    for (let at = 0; at < commandIds.length; at += limits.deliverBatch) {
      await this.#markBatch(userId, commandIds.slice(at, at + limits.deliverBatch), handed);
    }
  }

  async #markBatch(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    const { store, clock, bell, inFlight } = this.#parts;
    let states: (StoredState | null)[] | null = inFlight.take(userId, commandIds);
    while (true) {
      const epoch = bell.epoch(userId);
      states ??= await this.#statesOf(userId, commandIds, handed);
      const at = iso(clock.now());
      const changes = states.flatMap((from): Change[] => {
        const to = from === null ? null : delivered(from.record, at, handed);
        return from === null || to === null ? [] : [{ from, to }];
      });
      if (changes.length === 0) return;
      // A person who left a group and pressed Stop meanwhile gets nothing of that group, and no record says so. Their
      // epoch does.
      if (bell.epoch(userId) !== epoch || !await store.change(changes)) {
        states = null;
        continue;
      }
      const records = await store.commands(changes.map(({ from }) => from.commandId));
      for (const { from, to } of changes) {
        const record = records.get(from.commandId);
        if (record === undefined) continue;
        if (to.state === "delivered") await notifySender(this.#parts, record, [{ userId, record: to }]);
        // It ended while it was in flight. The sender knows; these devices do not yet.
        else notifyRecipient(this.#parts, from, to);
      }
      return;
    }
  }

  /** The person's records, with a new one for each broadcast that has none yet. */
  async #statesOf(
    userId: string,
    commandIds: readonly string[],
    handed: boolean,
  ): Promise<(StoredState | null)[]> {
    const { store, broadcasts, consent, inFlight } = this.#parts;
    const records = await store.commands(commandIds);
    const states = await store.states(commandIds.map((commandId) => ({ userId, commandId })));
    return await Promise.all(states.map(async (known, index) => {
      const record = records.get(commandIds[index]!);
      if (known !== null || record?.cast === undefined) return known;
      const broadcast = await store.broadcast(record.command.id);
      const own = await broadcasts.under(userId, record, { known, broadcast, handed });
      if (own === null) return null;
      const standing = inFlight.rulesOf(userId) ?? await consent.standing(userId);
      const allowedBy = broadcasts.allowedBy(standing, record);
      // Without the broadcast's version: its end applies to open records anyway, and people who acknowledge the same
      // broadcast need not wait for each other.
      return {
        userId,
        commandId: own.commandId,
        version: null,
        record: isClosed(own.record.state)
          ? { ...own.record, allowedBy }
          : broadcasts.openRecord(record.command, allowedBy),
      };
    }));
  }
}

/** The record once the person has the command; null when nothing changes. */
function delivered(record: StateRecord, at: string, handed: boolean): StateRecord | null {
  if (record.withheldBy !== null || record.deliveredAt !== null) return null;
  if (record.state === "queued") return { ...moved(record, "delivered", at), deliveredAt: at };
  // It ended while it was in flight. The person saw it, so their history has it with its end. What they blocked
  // meanwhile stays out.
  return handed && isClosed(record.state) ? { ...record, deliveredAt: at } : null;
}
