import { iso } from "../platform/mod.ts";
import { isClosed } from "./lifecycle.ts";
import { notifyRecipient, notifySender } from "./notifications.ts";
import type { Parts } from "./parts.ts";
import type { Change, StateRecord, StoredState } from "./ports.ts";
import { deliveredRecord } from "./state_records.ts";

/** Commands of one person whose delivery is being written, and those that come meanwhile. */
interface Lane {
  commandIds: readonly string[];
  running: Promise<void>;
  next: { commandIds: string[]; done: Promise<void> } | null;
}

/** Makes commands `delivered` once a device acknowledged them or a page showed them (DL-11). */
export class Acknowledgements {
  readonly #parts: Parts;
  readonly #lanes = new Map<string, Lane>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * A device acknowledged these. Acknowledgements that come while one of the same person is being written are written
   * together, as one person's deliveries are one record. Each also writes what the one before it could not: the cursor that
   * moves with it passes those too (DL-11).
   */
  acknowledged(userId: string, commandIds: readonly string[]): Promise<void> {
    const lane = this.#lanes.get(userId);
    if (commandIds.length === 0) return lane?.next?.done ?? lane?.running ?? Promise.resolve();
    if (lane === undefined) return this.#begin(userId, commandIds);
    if (lane.next !== null) {
      lane.next.commandIds.push(...commandIds);
      return lane.next.done;
    }
    const next = { commandIds: [...commandIds], done: Promise.resolve() };
    lane.next = next;
    return next.done = lane.running.then(
      () => this.#begin(userId, next.commandIds),
      () => this.#begin(userId, [...lane.commandIds, ...next.commandIds]),
    );
  }

  /** The commands whose acknowledgement is being written, or waits for that. */
  underWay(userId: string): readonly string[] {
    const lane = this.#lanes.get(userId);
    return lane === undefined ? [] : [...lane.commandIds, ...lane.next?.commandIds ?? []];
  }

  #begin(userId: string, commandIds: readonly string[]): Promise<void> {
    const running = this.markDelivered(userId, commandIds, true);
    const lane: Lane = { commandIds, running, next: null };
    this.#lanes.set(userId, lane);
    const end = () => {
      // The next one has taken the lane over, or does it now.
      if (lane.next === null && this.#lanes.get(userId) === lane) this.#lanes.delete(userId);
    };
    running.then(end, end);
    return running;
  }

  /** Moves those that are still queued to delivered and notifies their senders. `handed`: a device of the person had them. */
  async markDelivered(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    const { takenAtOnce } = this.#parts.store;
    // Two devices may have acknowledged the same one.
    const distinct = [...new Set(commandIds)];
    for (let at = 0; at < distinct.length; at += takenAtOnce) {
      await this.#markBatch(userId, distinct.slice(at, at + takenAtOnce), handed);
    }
  }

  async #markBatch(userId: string, commandIds: readonly string[], handed: boolean): Promise<void> {
    const { store, clock, bell, inFlight } = this.#parts;
    let states: (StoredState | null)[] | null = inFlight.take(userId, commandIds);
    while (true) {
      const epoch = bell.epoch(userId);
      states ??= await this.#statesOf(userId, commandIds, handed);
      // A person who left a group and pressed Stop meanwhile gets nothing of that group, and no record says so. Their
      // epoch does.
      const current = () => bell.epoch(userId) === epoch;
      const at = iso(clock.now());
      const taken: StoredState[] = [];
      const changes: Change[] = [];
      for (const from of states) {
        if (from === null) continue;
        if (isAsSent(from)) taken.push(from);
        else {
          const to = delivered(from.record, at, handed);
          if (to !== null) changes.push({ from, to });
        }
      }
      if (taken.length === 0 && changes.length === 0) return;
      if (taken.length > 0 && !await store.take(userId, taken, at, current)) {
        states = null;
        continue;
      }
      await this.#notifySenders(userId, taken, at);
      if (changes.length === 0) return;
      if (await store.change(changes, { current })) {
        return await this.#notify(userId, changes);
      }
      states = null;
    }
  }

  async #notifySenders(userId: string, taken: readonly StoredState[], at: string): Promise<void> {
    const { store, bell } = this.#parts;
    if (taken.length === 0) return;
    const records = await store.commands(taken.map(({ commandId }) => commandId));
    for (const from of taken) {
      const record = records.get(from.commandId);
      if (record === undefined || !bell.isOnline(record.senderId)) continue;
      await notifySender(this.#parts, record, [{ userId, record: deliveredRecord(from.record, at) }]);
    }
  }

  async #notify(userId: string, changes: readonly Change[]): Promise<void> {
    const records = await this.#parts.store.commands(changes.map(({ from }) => from.commandId));
    for (const { from, to } of changes) {
      const record = records.get(from.commandId);
      if (record === undefined) continue;
      if (to.state === "delivered") await notifySender(this.#parts, record, [{ userId, record: to }]);
      // It ended while it was in flight. The sender knows; these devices do not yet.
      else notifyRecipient(this.#parts, from, to);
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
    const moment = store.moment();
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
        moment,
        record: isClosed(own.record.state)
          ? { ...own.record, allowedBy }
          : broadcasts.openRecord(record.command, allowedBy),
      };
    }));
  }
}

/** Whether it waits and is as it was sent: nothing but its delivery is to be noted. A broadcast has no record then. */
function isAsSent({ record: { state, deliveredAt, withheldBy }, version, asSent }: StoredState): boolean {
  if (state !== "queued" || deliveredAt !== null || withheldBy !== null) return false;
  return version === null || asSent === true;
}

/** The record once the person has the command; null when nothing changes. */
function delivered(record: StateRecord, at: string, handed: boolean): StateRecord | null {
  if (record.withheldBy !== null || record.deliveredAt !== null) return null;
  if (record.state === "queued") return deliveredRecord(record, at);
  // It ended while it was in flight. The person saw it, so their history has it with its end. What they blocked
  // meanwhile stays out.
  return handed && isClosed(record.state) ? { ...record, deliveredAt: at } : null;
}
