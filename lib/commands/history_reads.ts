import { limits } from "../protocol/mod.ts";
import { ended } from "./broadcast_records.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { StoredState } from "./ports.ts";

/** A part of a person's states. */
export interface StatesRead {
  /** Newest command first. */
  states: StoredState[];
  /** Where the next part starts; null at the end. */
  last: string | null;
  /** Records that were looked at. */
  read: number;
}

/** Reads the part before a command (null: the newest); looks at about `most` records of each kind. */
export type Reading = (before: string | null, most: number) => Promise<StatesRead>;

/** Reads a person's states part by part: all of them, or only those that are open. */
export class HistoryReads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The records with the ends of broadcasts applied, and waiting broadcasts that have no record yet. */
  async before(userId: string, before: string | null, most: number): Promise<StatesRead> {
    const { store } = this.#parts;
    const found = await store.history(userId, before, most);
    const known = new Set(found.map(({ commandId }) => commandId));
    const { ids, last } = await store.broadcastIds(before, most);
    const untouched = await this.#untouched(userId, ids.filter((id) => !known.has(id)));
    // Each of both was read down to some id; the part behind the higher one is incomplete.
    const from = later(found.length < most ? null : found.at(-1)!.commandId, last);
    const states = [...await Promise.all(found.map((stored) => this.#current(stored))), ...untouched];
    // Broadcasts that are not the person's were looked at too.
    return {
      states: sorted(states, from),
      last: from,
      read: found.length + (last === null ? ids.length : most),
    };
  }

  /**
   * What may be open: the commands of the person's log, which has no others, and broadcasts. Where the log is long, most of the
   * history is open, so that all of it is read.
   */
  async open(userId: string): Promise<Reading> {
    const { store } = this.#parts;
    const entries = await store.inboxAfter(userId, null, limits.historyRead);
    if (entries.length === limits.historyRead) {
      return (before, most) => this.before(userId, before, most);
    }
    const direct = [...new Set(entries.map(({ commandId }) => commandId))].sort().reverse();
    return async (before, most) => {
      const below = before === null ? direct : direct.filter((id) => id < before);
      const own = below.slice(0, most);
      const { ids, last } = await store.broadcastIds(before, most);
      const from = later(own.length < below.length ? own.at(-1)! : null, last);
      return {
        states: await this.statesOf(userId, [...own, ...ids].filter((id) => from === null || id >= from)),
        last: from,
        read: own.length + (last === null ? ids.length : most),
      };
    };
  }

  /** The person's states of some commands, newest first, with waiting broadcasts that have no record yet. */
  async statesOf(userId: string, commandIds: readonly string[]): Promise<StoredState[]> {
    const wanted = [...new Set(commandIds)];
    if (wanted.length === 0) return [];
    const found = await this.#parts.store.states(wanted.map((commandId) => ({ userId, commandId })));
    const known = found.filter((stored) => stored !== null);
    const unknown = wanted.filter((_, at) => found[at] === null);
    const ends = await Promise.all(unknown.map((commandId) => this.#parts.store.broadcast(commandId)));
    // Not those that are still scheduled, or were cancelled before the person had them.
    const untouched = await this.#untouched(
      userId,
      unknown.filter((_, at) => (ends[at]?.place ?? null) !== null),
    );
    return sorted([...await Promise.all(known.map((stored) => this.#current(stored))), ...untouched], null);
  }

  /** With the broadcast's own end applied. */
  async #current(stored: StoredState): Promise<StoredState> {
    if (stored.record.cast !== true || isClosed(stored.record.state)) return stored;
    return { ...stored, record: ended(stored.record, await this.#parts.store.broadcast(stored.commandId)) };
  }

  /** Those of some broadcasts without a record that wait for the person. */
  async #untouched(userId: string, commandIds: readonly string[]): Promise<StoredState[]> {
    if (commandIds.length === 0) return [];
    const { broadcasts, people, store, clock } = this.#parts;
    const [memberships, records] = await Promise.all([
      people.membershipsOf(userId),
      store.commands(commandIds),
    ]);
    const now = clock.now();
    return commandIds.flatMap((id) => {
      const record = records.get(id);
      const isTheirs = record !== undefined && record.expiresMs > now &&
        broadcasts.isFor(userId, record, memberships);
      return isTheirs ? [broadcasts.untouched(userId, record)] : [];
    });
  }
}

/** The id at which a part ends that was read down to both. */
function later(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other > one) ? other : one;
}

function sorted(states: readonly StoredState[], from: string | null): StoredState[] {
  return states.filter(({ commandId }) => from === null || commandId >= from)
    .sort((a, b) => a.commandId > b.commandId ? -1 : 1);
}
