import { decide, type Decision, localDay, type Standing } from "../consent/mod.ts";
import { iso, type Timer } from "../platform/mod.ts";
import { type Delivery, limits } from "../protocol/mod.ts";
import { tellSender } from "./announce.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { Change, CommandRecord, InboxEntry, StateRecord, StoredState } from "./ports.ts";
import { forRecipient, moved } from "./views.ts";

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

/** An open command with its state, as the rules are asked of it. */
interface Open {
  cursor: string;
  stored: StoredState;
  command: CommandRecord;
}

interface Expected {
  record: StateRecord;
  version: string | null;
}

/** How far cursors may be behind the store. */
const flushMs = 900;
/** Handed over and not acknowledged yet; what is dropped is read again. */
const expectedKept = 50_000;

/** The delivery side of a person's log: what comes next, decided at that moment (DL-1, DL-2, DL-9). */
export class Inbox {
  readonly #parts: Parts;
  readonly #cursors = new Map<string, { userId: string; device: string; cursor: string }>();
  /** First records of commands that were just handed to a device, so that its acknowledgement need not read them. */
  readonly #expected = new Map<string, Map<string, Expected>>();
  #expectedCount = 0;
  /** People's rules when casts were last read for them, so that the rule goes with what is written of those (CO-8). */
  readonly #handedBy = new Map<string, Standing>();
  #flushing: Timer | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Where a device stands; a null cursor is a device that was not seen before (DL-2). */
  async resume(userId: string, device: string): Promise<{ cursor: string | null; pending: number }> {
    const waiting = this.#cursors.get(`${userId} ${device}`);
    const cursor = waiting?.cursor ?? await this.#parts.store.cursor(userId, device);
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
    const { consent } = this.#parts;
    const entries = await this.#entriesAfter(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (entries.length === 0) return slice;
    const [standing, opened] = await Promise.all([consent.standing(userId), this.#open(userId, entries)]);
    const decided = await this.#decideAll(userId, opened, standing);
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
    this.#cursors.set(`${userId} ${device}`, { userId, device, cursor });
    this.#flushing ??= this.#parts.clock.after(flushMs, () => void this.flush());
    await this.markDelivered(userId, commandIds);
  }

  /** A command goes straight to devices: their people's records as they were just written, or as nothing was written yet. */
  expecting(commandId: string): (userId: string, record: StateRecord, version: string | null) => void {
    let people = this.#expected.get(commandId);
    return (userId, record, version) => {
      if (this.#expectedCount >= expectedKept) {
        this.#expected.clear();
        this.#expectedCount = 0;
        people = undefined;
      }
      if (people === undefined) this.#expected.set(commandId, people = new Map());
      people.set(userId, { record, version });
      this.#expectedCount++;
    };
  }

  /** Whether it was on its way to a device and is not acknowledged: nothing may be written of it yet. */
  expects(userId: string, commandId: string): boolean {
    return this.#expected.get(commandId)?.has(userId) === true;
  }

  /** After a stop: what was on its way has ended, and an acknowledgement that comes late makes nothing of it. */
  forgetExpected(userId: string): void {
    for (const [commandId, people] of this.#expected) {
      if (people.delete(userId)) this.#expectedCount--;
      if (people.size === 0) this.#expected.delete(commandId);
    }
  }

  /** queued → delivered, for those that still are; the senders hear of it. */
  async markDelivered(userId: string, commandIds: readonly string[]): Promise<void> {
    for (let at = 0; at < commandIds.length; at += limits.deliverBatch) {
      await this.#markSome(userId, commandIds.slice(at, at + limits.deliverBatch));
    }
  }

  /** Writes the cursors that wait. */
  async flush(): Promise<void> {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    const cursors = [...this.#cursors.values()];
    try {
      await this.#parts.store.saveCursors(cursors);
    } catch (error) {
      this.#parts.log.error("cursors.unsaved", { error: error as Error });
      this.#flushing ??= this.#parts.clock.after(flushMs, () => void this.flush());
      return;
    }
    for (const saved of cursors) {
      const name = `${saved.userId} ${saved.device}`;
      if (this.#cursors.get(name) === saved) this.#cursors.delete(name);
    }
  }

  /** What waits of a person's commands and may be handed over now; for pages, where being shown is being delivered. */
  async release(userId: string, stored: readonly StoredState[], records: ReadonlyMap<string, CommandRecord>) {
    const standing = await this.#parts.consent.standing(userId);
    const open = stored.flatMap((one) => {
      const command = records.get(one.commandId);
      if (command === undefined || command.expiresMs <= this.#parts.clock.now()) return [];
      return [{ cursor: "", stored: one, command }];
    });
    const decided = await this.#decideAll(userId, open, standing);
    const released = [...decided.values()].filter(({ decision }) => decision.verdict === "deliver");
    await this.markDelivered(userId, released.map(({ open }) => open.stored.commandId));
    return new Set(released.map(({ open }) => open.stored.commandId));
  }

  async #markSome(userId: string, commandIds: readonly string[]): Promise<void> {
    const { store, clock } = this.#parts;
    let states: (StoredState | null)[] | null = this.#takeExpected(userId, commandIds);
    while (true) {
      const changes: Change[] = [];
      states ??= await this.#statesOf(userId, commandIds);
      for (const stored of states) {
        if (stored === null || stored.record.state !== "queued" || stored.record.withheldBy !== null) {
          continue;
        }
        const at = iso(clock.now());
        changes.push({ from: stored, to: { ...moved(stored.record, "delivered", at), deliveredAt: at } });
      }
      if (changes.length === 0) return;
      if (!await store.change(changes)) {
        states = null;
        continue;
      }
      const records = await store.commands(changes.map(({ from }) => from.commandId));
      for (const { from, to } of changes) {
        const record = records.get(from.commandId);
        if (record !== undefined) await tellSender(this.#parts, record, [{ userId, record: to }]);
      }
      return;
    }
  }

  /** The records, those of casts that have none yet included. */
  async #statesOf(userId: string, commandIds: readonly string[]): Promise<(StoredState | null)[]> {
    const { store, casts, consent } = this.#parts;
    const records = await store.commands(commandIds);
    const states = await store.states(commandIds.map((commandId) => ({ userId, commandId })));
    return await Promise.all(states.map(async (stored, index) => {
      const record = records.get(commandIds[index]!);
      if (stored !== null || record?.cast === undefined) return stored;
      const own = await casts.stateOf(userId, record);
      if (own === null || own.version !== null) return own;
      const standing = this.#handedBy.get(userId) ?? await consent.standing(userId);
      return { ...own, record: casts.openRecord(record.command, casts.allowedBy(standing, record)) };
    }));
  }

  #handTo(userId: string, standing: Standing): void {
    if (this.#handedBy.get(userId) === standing) return;
    if (this.#handedBy.size >= expectedKept) this.#handedBy.clear();
    this.#handedBy.set(userId, standing);
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

  /** Decides for each in order. What is withheld leaves the log for good; what counts against a limit is counted first. */
  async #decideAll(userId: string, open: readonly Open[], standing: Standing) {
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
      const settled = await this.#settle(userId, one, decision, standing, limit);
      decided.set(one.stored.commandId, { open: one, decision: settled });
      if (settled.verdict === "deliver" && !handed) now.deliveredToday++;
    }
    return decided;
  }

  /** Writes what a decision changes before anything is handed over. `limit`: of the person's day, if that has one. */
  async #settle(
    userId: string,
    open: Open,
    decision: Decision,
    standing: Standing,
    limit: { day: string; most: number } | null,
  ): Promise<Decision> {
    const { record } = open.stored;
    const { store, clock } = this.#parts;
    if (decision.verdict === "hold") return decision;
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
      this.#handTo(userId, standing);
      return decision;
    }
    const to = { ...record, allowedBy: decision.allowedBy, countedOn: counts ? limit.day : record.countedOn };
    const also = counts ? { count: { userId, ...limit } } : {};
    const written = await store.change([{ from: open.stored, to }], also);
    // Somebody was faster: what it is now shows at the next look.
    return written ? decision : { verdict: "hold", rule: "stopped", untilMs: clock.now() };
  }
}
