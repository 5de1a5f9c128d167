import type { Command } from "../protocol/mod.ts";
import type { CastEntry } from "./broadcasts.ts";
import type { Parts } from "./parts.ts";
import type { Change, InboxEntry, StateRecord } from "./ports.ts";

/** Entries that one step changes. */
export const entriesAtOnce = 32;

/** Everything that one person has open, to be changed step by step; what somebody else changed meanwhile is asked again. */
export class OpenParts {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Changes the person's records of open casts before a place, or of all; those that have no record yet too. */
  async changeCasts(
    userId: string,
    before: string | null,
    next: (record: StateRecord, command: Command) => StateRecord | null,
  ): Promise<Change[]> {
    const { casts, store } = this.#parts;
    const all = await casts.after(userId, null, Infinity);
    const open = before === null ? all : all.filter(({ cursor }) => cursor < before);
    const changed: Change[] = [];
    for (let at = 0; at < open.length; at += entriesAtOnce) {
      const some = open.slice(at, at + entriesAtOnce);
      while (true) {
        const changes = await this.#castChanges(userId, some, next);
        if (changes.length > 0 && !await store.change(changes)) continue;
        changed.push(...changes);
        break;
      }
    }
    return changed;
  }

  async #castChanges(
    userId: string,
    entries: readonly CastEntry[],
    next: (record: StateRecord, command: Command) => StateRecord | null,
  ): Promise<Change[]> {
    const { casts, consent } = this.#parts;
    const standing = await consent.standing(userId);
    const changes = await Promise.all(entries.map(async ({ record }): Promise<Change[]> => {
      const from = await casts.stateOf(userId, record);
      if (from === null || (from.record.place === null && from.record.withheldBy === null)) return [];
      const rule = from.version === null ? casts.withheld(standing, record) : null;
      const to = next({ ...from.record, withheldBy: rule ?? from.record.withheldBy }, record.command);
      if (to === null || rule === null) return to === null ? [] : [{ from, to }];
      // Nothing is written of one that is only withheld. Its end is: it may have been handed over before the rule, and this
      // record is what a late acknowledgement finds. It is not counted, as the person need not be among those that it
      // matched; a group's sender counts all of its members (CO-3).
      if (to.state === from.record.state) return [];
      return [{ from, to: record.cast?.kind === "group" ? to : { ...to, uncounted: true } }];
    }));
    return changes.flat();
  }

  /** Walks the log; `work` says whether to go on. */
  async eachBatch(userId: string, work: (entries: InboxEntry[]) => Promise<boolean>): Promise<void> {
    let after: string | null = null;
    while (true) {
      const entries: InboxEntry[] = await this.#parts.store.inboxAfter(userId, after, entriesAtOnce);
      if (entries.length === 0 || !await work(entries) || entries.length < entriesAtOnce) return;
      after = entries.at(-1)!.cursor;
    }
  }

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
