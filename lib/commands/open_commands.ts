import type { Command } from "../protocol/mod.ts";
import type { BroadcastEntry } from "./broadcasts.ts";
import type { Parts } from "./parts.ts";
import type { Change, InboxEntry, StateRecord } from "./ports.ts";

/** Most entries that one commit changes. */
export const entriesAtOnce = 32;

/** Changes a person's open commands in batches. Records that changed meanwhile are read again. */
export class OpenCommands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Changes the open broadcasts before a place (null: all), those without a record included. */
  async changeBroadcasts(
    userId: string,
    before: string | null,
    next: (record: StateRecord, command: Command) => StateRecord | null,
  ): Promise<Change[]> {
    const { broadcasts, store } = this.#parts;
    const all = await broadcasts.after(userId, null, Infinity);
    const open = before === null ? all : all.filter(({ cursor }) => cursor < before);
    const changed: Change[] = [];
    for (let at = 0; at < open.length; at += entriesAtOnce) {
      const some = open.slice(at, at + entriesAtOnce);
      while (true) {
        const changes = await this.#broadcastChanges(userId, some, next);
        if (changes.length > 0 && !await store.change(changes)) continue;
        changed.push(...changes);
        break;
      }
    }
    return changed;
  }

  async #broadcastChanges(
    userId: string,
    entries: readonly BroadcastEntry[],
    next: (record: StateRecord, command: Command) => StateRecord | null,
  ): Promise<Change[]> {
    const { broadcasts, consent } = this.#parts;
    const standing = await consent.standing(userId);
    const changes = await Promise.all(entries.map(async ({ record }): Promise<Change[]> => {
      const from = await broadcasts.stateOf(userId, record);
      if (from === null || (from.record.place === null && from.record.withheldBy === null)) return [];
      const rule = from.version === null ? broadcasts.withheld(standing, record) : null;
      const to = next({ ...from.record, withheldBy: rule ?? from.record.withheldBy }, record.command);
      if (to === null || rule === null) return to === null ? [] : [{ from, to }];
      // A withheld broadcast needs no record until it ends. Then it does: a device may have had it before the rule, and its
      // late acknowledgement must find the end. No total counts it if the person may not be among those matched: only groups,
      // and senders who are no administrators, count everyone (CO-3, CO-10).
      if (to.state === from.record.state) return [];
      const matched = record.cast?.kind === "group" || record.cast?.everyone === true;
      return [{ from, to: matched ? to : { ...to, uncounted: true } }];
    }));
    return changes.flat();
  }

  /** Reads the person's log in batches, until `work` resolves to false. */
  async eachBatch(userId: string, work: (entries: InboxEntry[]) => Promise<boolean>): Promise<void> {
    let after: string | null = null;
    while (true) {
      const entries: InboxEntry[] = await this.#parts.store.inboxAfter(userId, after, entriesAtOnce);
      if (entries.length === 0 || !await work(entries) || entries.length < entriesAtOnce) return;
      after = entries.at(-1)!.cursor;
    }
  }

  /** Changes the records of some commands; null from `next` leaves one as it is. */
  async changeSome(
    userId: string,
    entries: readonly { commandId: string }[],
    next: (record: StateRecord) => StateRecord | null,
  ): Promise<Change[]> {
    const { store } = this.#parts;
    const wanted = entries.map(({ commandId }) => ({ userId, commandId }));
    while (wanted.length > 0) {
      const changes: Change[] = [];
      for (const from of await store.states(wanted)) {
        const to = from === null ? null : next(from.record);
        if (from !== null && to !== null) changes.push({ from, to });
      }
      if (changes.length === 0 || await store.change(changes)) return changes;
    }
    return [];
  }
}
