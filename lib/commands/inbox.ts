import type { Rules } from "../consent/mod.ts";
import { KeyedMutex } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { Cursors } from "./cursors.ts";
import { DeliveryDecisions, type Open } from "./delivery_decisions.ts";
import { HeldApart } from "./held_apart.ts";
import { addDelivery, addMessage, type InboxSlice } from "./inbox_slice.ts";
import { isMessage, LogReads } from "./log_reads.ts";
import type { Parts } from "./parts.ts";
import type { StoredState } from "./ports.ts";

/** Reads a person's log for their devices and decides consent for each delivery (DL-1, DL-2, DL-9). */
export class Inbox {
  readonly #parts: Parts;
  readonly #log: LogReads;
  readonly #cursors: Cursors;
  readonly #decisions: DeliveryDecisions;
  readonly #acknowledgements: Acknowledgements;
  readonly #heldApart: HeldApart;
  /** A device's acknowledgements are done at the same time, and move its cursor in their order. */
  readonly #moves = new KeyedMutex();

  constructor(parts: Parts, acknowledgements: Acknowledgements) {
    this.#parts = parts;
    this.#log = new LogReads(parts);
    this.#cursors = new Cursors(parts);
    this.#decisions = new DeliveryDecisions(parts);
    this.#acknowledgements = acknowledgements;
    this.#heldApart = new HeldApart(parts, this.#log, this.#cursors, this.#decisions, acknowledgements);
  }

  /**
   * A device's cursor (null for a new device, DL-2), and how many commands wait behind it: at most `limits.pendingCounted`, so
   * that it costs the same however many there are.
   */
  async resume(userId: string, device: string): Promise<{ cursor: string | null; pending: number }> {
    const cursor = await this.#cursors.of(userId, device);
    const most = limits.pendingCounted;
    const [own, broadcasts] = await Promise.all([
      this.#parts.store.inboxCountAfter(userId, cursor, most),
      this.#log.openBroadcasts(userId, cursor, most),
    ]);
    return { cursor, pending: Math.min(own + broadcasts.length, most) };
  }

  /** Up to `max` deliveries after a place, oldest first, of the kinds in `accept` (WS-10). Consent is decided for each now. */
  async next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxSlice> {
    const { consent, bell, clock } = this.#parts;
    if (await consent.holdsApart(userId)) return await this.#heldApart.next(userId, after, max, accept);
    const epoch = bell.epoch(userId);
    const entries = await this.#log.after(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (entries.length === 0) return slice;
    const [standing, opened, arrivals] = await Promise.all([
      consent.standing(userId),
      this.#log.open(userId, entries),
      this.#log.chat.arrivals(userId, entries.filter(isMessage), epoch),
    ]);
    const deciding = await this.#decisions.begin(userId, opened, standing, epoch);
    const byPlace = new Map(opened.map((open) => [open.cursor, open]));
    for (const { cursor } of entries) {
      const one = byPlace.get(cursor);
      const arrival = arrivals.get(cursor);
      const decision = one === undefined ? arrival : await deciding.decide(one);
      if (decision?.verdict === "hold") {
        slice.held = { untilMs: decision.untilMs };
        slice.more = false;
        break;
      }
      if (arrival?.verdict === "deliver") addMessage(slice, cursor, arrival.message, accept);
      if (one !== undefined && decision?.verdict === "deliver") {
        addDelivery(slice, one, accept, standing, clock.now());
        if ("allowedBy" in decision) this.#noteInFlight(one, decision.allowedBy, standing, epoch);
      }
      slice.upTo = cursor;
    }
    return slice;
  }

  /**
   * Keeps a direct command's record for its acknowledgement, unless the decision wrote a new one, or the person's rules changed
   * meanwhile. The end of a broadcast lies over its records, so these are read again.
   */
  #noteInFlight({ stored, command }: Open, allowedBy: string, { preferences }: Rules, epoch: number): void {
    const { inFlight, bell } = this.#parts;
    if (command.cast !== undefined || preferences.dailyLimit !== null) return;
    if (stored.record.allowedBy === allowedBy && epoch === bell.epoch(stored.userId)) {
      inFlight.addRead(stored);
    }
  }

  /** Commands and messages that went out to a device, acknowledged or not: a rule that holds apart does not hold them (CO-12). */
  handed(userId: string, ids: readonly string[]): void {
    this.#parts.inFlight.handed(userId, ids);
  }

  /** A device has gone with these, and did not acknowledge them (CM-11). */
  left(userId: string, commandIds: readonly string[]): void {
    this.#parts.inFlight.left(userId, commandIds);
  }

  /**
   * The device has everything up to the cursor. Writes the commands as delivered before it resolves, and then the cursor
   * within a second: after a crash, clients drop what is repeated by its id. What could not be written comes again.
   */
  async acknowledge(
    userId: string,
    device: string,
    cursor: string,
    commandIds: readonly string[],
    messageIds: readonly string[] = [],
  ): Promise<void> {
    const taking = messageIds.length === 0 ? undefined : this.#log.chat.taken(userId, messageIds);
    const written = Promise.all([taking, this.#acknowledgements.acknowledged(userId, commandIds)]);
    // It is awaited below, perhaps after those before it.
    written.catch(() => undefined);
    await this.#moves.run(`${userId} ${device}`, async () => {
      await written;
      this.#cursors.move(userId, device, cursor);
    });
  }

  /** Writes the cursors that wait. */
  flush(): Promise<void> {
    return this.#cursors.flush();
  }

  /** Delivers those of a person's waiting commands that consent allows now; for pages, where showing is delivering. */
  async release(userId: string, stored: readonly StoredState[]) {
    const { bell, clock, consent, editing, store } = this.#parts;
    const ids = stored.map(({ commandId }) => commandId);
    while (true) {
      await editing.settled(ids);
      const records = await store.commands(ids);
      const open = stored.flatMap((one) => {
        const command = records.get(one.commandId);
        return command === undefined || command.expiresMs <= clock.now()
          ? []
          : [{ cursor: "", stored: one, command }];
      }).sort((a, b) => a.stored.commandId < b.stored.commandId ? -1 : 1);
      const epoch = bell.epoch(userId);
      const standing = await consent.standingAtDelivery(userId);
      const deciding = await this.#decisions.begin(userId, open, standing, epoch);
      const released: string[] = [];
      for (const one of open) {
        const { verdict } = await deciding.decide(one);
        if (verdict === "deliver") released.push(one.stored.commandId);
      }
      // Rules or numbers changed meanwhile: decide again, as nothing reads a page a second time.
      if (!await deciding.count() || epoch !== bell.epoch(userId)) continue;
      return await this.#acknowledgements.markDelivered(userId, released, false);
    }
  }
}
