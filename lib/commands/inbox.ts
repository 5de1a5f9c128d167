import type { Delivery } from "../protocol/mod.ts";
import { Cursors } from "./cursors.ts";
import { Deciding, type Open } from "./delivery_decisions.ts";
import { Handed } from "./acknowledgements.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, InboxEntry, StoredState } from "./ports.ts";
import { forRecipient } from "./views.ts";

/** What a device may be handed next. */
export interface InboxSlice {
  deliveries: Delivery[];
  /** The last place that was looked at; what was passed over is behind it. */
  upTo: string | null;
  /** The person receives nothing for now: until a time, or until rung. */
  held: { untilMs: number | null } | null;
  /** The log goes on behind `upTo`. */
  more: boolean;
}

/** The delivery side of a person's log: what comes next, decided at that moment (DL-1, DL-2, DL-9). */
export class Inbox {
  readonly #parts: Parts;
  readonly #cursors: Cursors;
  readonly #deciding: Deciding;
  readonly handed: Handed;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#cursors = new Cursors(parts);
    this.handed = new Handed(parts);
    this.#deciding = new Deciding(parts, this.handed);
  }

  /** Where a device stands; a null cursor is a device that was not seen before (DL-2). */
  async resume(userId: string, device: string): Promise<{ cursor: string | null; pending: number }> {
    const cursor = await this.#cursors.of(userId, device);
    const [own, casts] = await Promise.all([
      this.#parts.store.inboxCountAfter(userId, cursor),
      this.#openCasts(userId, cursor),
    ]);
    return { cursor, pending: own + casts.length };
  }

  /** Up to `max` deliveries after a place, oldest first; consent is decided for each with the rules as they are now. */
  async next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxSlice> {
    const { consent, bell } = this.#parts;
    const mark = bell.mark(userId);
    const entries = await this.#entriesAfter(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (entries.length === 0) return slice;
    const [standing, opened] = await Promise.all([consent.standing(userId), this.#open(userId, entries)]);
    const decided = await this.#deciding.all(userId, opened, standing, mark);
    for (const { cursor, commandId } of entries) {
      const found = decided.get(commandId);
      if (found !== undefined) {
        if (found.decision.verdict === "hold") {
          slice.held = { untilMs: found.decision.untilMs };
          slice.more = false;
          break;
        }
        if (
          found.decision.verdict === "deliver" &&
          (accept === null || accept.has(found.open.command.command.kind))
        ) {
          const { record } = found.open.stored;
          const command = forRecipient(found.open.command.command, record, standing.preferences);
          slice.deliveries.push({ cursor, command, state: record.state });
        }
      }
      slice.upTo = cursor;
    }
    return slice;
  }

  /**
   * The device took everything up to the cursor. The cursor is written within a second (a repeat after a crash is
   * dropped by its id); that the commands were delivered is written before this resolves.
   */
  async acknowledge(
    userId: string,
    device: string,
    cursor: string,
    commandIds: readonly string[],
  ): Promise<void> {
    this.#cursors.move(userId, device, cursor);
    await this.handed.markDelivered(userId, commandIds, true);
  }

  /** See `Handed`. */
  expecting(commandId: string): ReturnType<Handed["expecting"]> {
    return this.handed.expecting(commandId);
  }

  /** Writes the cursors that wait. */
  flush(): Promise<void> {
    return this.#cursors.flush();
  }

  /** What waits of a person's commands and may be handed over now; for pages, where being shown is being delivered. */
  async release(userId: string, stored: readonly StoredState[], records: ReadonlyMap<string, CommandRecord>) {
    const { bell, clock, consent } = this.#parts;
    const open = stored.flatMap((one) => {
      const command = records.get(one.commandId);
      return command === undefined || command.expiresMs <= clock.now()
        ? []
        : [{ cursor: "", stored: one, command }];
    });
    while (true) {
      const mark = bell.mark(userId);
      const decided = await this.#deciding.all(userId, open, await consent.standing(userId), mark);
      // What changed meanwhile is asked again: a page is not read again by itself.
      if (mark !== bell.mark(userId)) continue;
      const released = [...decided.values()].filter(({ decision }) => decision.verdict === "deliver");
      return await this.handed.markDelivered(
        userId,
        released.map(({ open }) => open.stored.commandId),
        false,
      );
    }
  }

  /** The person's log and the log of casts as one: places are of one order for the whole store. */
  async #entriesAfter(userId: string, after: string | null, max: number): Promise<InboxEntry[]> {
    // Each log grows while the other is read. Their own is whole up to the last cast that was there before, and the casts
    // are up to the last entry of their own; what lies behind both is left to the next look, as its ring is still to come.
    const before = await this.#parts.casts.after(userId, after, max);
    const own = await this.#parts.store.inboxAfter(userId, after, max);
    if (own.length === 0) return before;
    const upTo = [own.at(-1)!.cursor, before.at(-1)?.cursor ?? ""].sort()[1]!;
    const casts = await this.#parts.casts.after(userId, after, max);
    const merged = [...own, ...casts.filter(({ cursor }) => cursor <= upTo)];
    return merged.sort((a, b) => a.cursor < b.cursor ? -1 : 1).slice(0, max);
  }

  /** Casts after a place that are open for the person. */
  async #openCasts(userId: string, after: string | null): Promise<InboxEntry[]> {
    const { casts, store, consent, clock } = this.#parts;
    const entries = await casts.after(userId, after, Infinity);
    if (entries.length === 0) return entries;
    const [standing, states] = await Promise.all([
      consent.standing(userId),
      store.states(entries.map(({ commandId }) => ({ userId, commandId }))),
    ]);
    const now = clock.now();
    return entries.filter(({ record }, index) => {
      const known = states[index]?.record;
      if (record.expiresMs <= now && (known === undefined || waits(known.state))) return false;
      return known === undefined ? casts.withheld(standing, record) === null : known.place !== null;
    });
  }

  /** What waits of the casts and has no record yet, for a history between two ids. */
  async untouchedCasts(userId: string, before: string | null, from: string): Promise<StoredState[]> {
    const { casts, store, clock } = this.#parts;
    const now = clock.now();
    const entries = (await casts.after(userId, null, Infinity)).filter(({ commandId, record }) =>
      commandId >= from && (before === null || commandId < before) && record.expiresMs > now
    );
    const states = await store.states(entries.map(({ commandId }) => ({ userId, commandId })));
    return entries.filter((_, index) => states[index] === null)
      .map(({ record }) => casts.untouched(userId, record));
  }

  /** The entries' commands and states, without those that have run out. */
  async #open(userId: string, entries: readonly { cursor: string; commandId: string }[]): Promise<Open[]> {
    const { store, clock } = this.#parts;
    const [states, records] = await Promise.all([
      store.states(entries.map(({ commandId }) => ({ userId, commandId }))),
      store.commands(entries.map(({ commandId }) => commandId)),
    ]);
    const now = clock.now();
    return entries.flatMap(({ cursor, commandId }, index) => {
      const command = records.get(commandId);
      const known = states[index];
      const stored = known ??
        (command?.cast === undefined ? null : this.#parts.casts.untouched(userId, command));
      if (stored === null || command === undefined || stored.record.place === null) return [];
      // DL-6: what ran out is delivered to nobody, even before its job has come round.
      if (command.expiresMs <= now && waits(stored.record.state)) return [];
      return [{ cursor, stored, command }];
    });
  }
}
