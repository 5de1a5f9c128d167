import type { Rules } from "../consent/mod.ts";
import { KeyedMutex } from "../platform/mod.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { Apart } from "./apart.ts";
import { ApartChat } from "./apart_chat.ts";
import type { Cursors } from "./cursors.ts";
import type { ChatArrival, ChatEntry } from "./chat_log.ts";
import type { Deciding, DeliveryDecisions, Open } from "./delivery_decisions.ts";
import { addDelivery, addMessage, type InboxSlice } from "./inbox_slice.ts";
import { type Entry, isMessage, type LogReads } from "./log_reads.ts";
import { NewPlaces } from "./new_places.ts";
import type { Parts } from "./parts.ts";

/** Changes of what is held apart that one write has. */
const changedAtOnce = 256;

/** One read of a person's log for a device. */
interface Read {
  userId: string;
  entries: readonly Entry[];
  /** The person's epoch before the entries were read. */
  epoch: number;
  accept: ReadonlySet<string> | null;
  slice: InboxSlice;
  apart: Apart;
  chat: ApartChat;
  taken: Taken;
}

interface Taken {
  /** How far a device has acknowledged, once that is asked. */
  furthest?: Promise<string | null>;
}

/**
 * CO-12: reads the log of people who ever had a grant or a ceiling. What those hold does not stop the commands of others: devices
 * pass it, and it gets a new place at the end of the log, where every device finds it, once the rules let it go (`NewPlaces`).
 * Commands of one source keep their order (DL-5). What a device was handed never gets a new place (DL-3).
 */
export class HeldApart {
  readonly #parts: Parts;
  readonly #log: LogReads;
  readonly #cursors: Cursors;
  readonly #decisions: DeliveryDecisions;
  readonly #acknowledgements: Acknowledgements;
  readonly #newPlaces: NewPlaces;
  readonly #locks = new KeyedMutex();

  constructor(
    parts: Parts,
    log: LogReads,
    cursors: Cursors,
    decisions: DeliveryDecisions,
    acknowledgements: Acknowledgements,
  ) {
    this.#parts = parts;
    this.#log = log;
    this.#cursors = cursors;
    this.#decisions = decisions;
    this.#acknowledgements = acknowledgements;
    this.#newPlaces = new NewPlaces(parts, decisions);
  }

  /** `Inbox.next`. A person's reads take turns: a place that changes between two looks of another device breaks the order. */
  next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxSlice> {
    return this.#locks.run(userId, () => this.#next(userId, after, max, accept));
  }

  async #next(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxSlice> {
    const { bell, store, inFlight, clock } = this.#parts;
    // The person may have had their first grant while these were written.
    inFlight.handed(userId, this.#acknowledgements.underWay(userId));
    const apart = new Apart(await store.held(userId));
    await this.#newPlaces.give(userId, apart);
    const taken: Taken = {};
    const isTaken = ({ messageId, cursor }: ChatEntry) => this.#isTaken(taken, userId, messageId, cursor);
    const chat = new ApartChat(await this.#log.chat.place(userId, isTaken));
    const epoch = bell.epoch(userId);
    const entries = await this.#log.after(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (!await this.#fill({ userId, entries, epoch, accept, slice, apart, chat, taken })) {
      return { deliveries: [], upTo: after, held: { untilMs: clock.now() }, more: false };
    }
    // Before the device can acknowledge what follows them.
    await this.#log.chat.pass(userId, chat.passed);
    await this.#save(userId, apart);
    apart.wait(chat.untilMs);
    const more = slice.held === null && (slice.more || apart.more || chat.more);
    return { ...slice, more, apart: { untilMs: apart.untilMs } };
  }

  /**
   * Decides each entry in order, up to one that holds all. False: numbers have changed since they were read, so nothing of it may
   * be delivered.
   */
  async #fill(read: Read): Promise<boolean> {
    const { userId, entries, epoch, slice } = read;
    if (entries.length === 0) return true;
    const [standing, opened, arrivals] = await Promise.all([
      this.#parts.consent.standingAtDelivery(userId),
      this.#log.open(userId, entries),
      this.#log.chat.arrivals(
        userId,
        entries.filter(isMessage),
        epoch,
        (messageId) => this.#parts.inFlight.wasHanded(userId, messageId),
      ),
    ]);
    const deciding = await this.#decisions.begin(userId, opened, standing, epoch);
    const byPlace = new Map(opened.map((open) => [open.cursor, open]));
    for (const entry of entries) {
      const open = byPlace.get(entry.cursor);
      const arrival = arrivals.get(entry.cursor);
      if (open !== undefined) slice.held = await this.#readCommand(read, open, deciding, standing);
      else if (arrival !== undefined && isMessage(entry)) {
        slice.held = await this.#readMessage(read, entry, arrival);
      }
      if (slice.held !== null) break;
      slice.upTo = entry.cursor;
    }
    return await deciding.count();
  }

  /** Delivers a command, passes it, or leaves it out. Gives the hold if the device must wait at it. */
  async #readCommand(
    read: Read,
    open: Open,
    deciding: Deciding,
    rules: Rules,
  ): Promise<InboxSlice["held"]> {
    const { userId, accept, slice, apart, taken } = read;
    if (apart.waits(open)) return null;
    const isFresh = !deciding.isDelivered(open);
    const commandId = open.command.command.id;
    if (apart.isBehind(open) && (isFresh || !await this.#isTaken(taken, userId, commandId, open.cursor))) {
      apart.hold(open);
      // Those before it may have their new places already.
      apart.more = true;
      return null;
    }
    const decision = await deciding.decide(open);
    if (decision.verdict === "hold") {
      if (decision.rule === "stopped" || !isFresh) return { untilMs: decision.untilMs };
      apart.hold(open);
      apart.wait(decision.untilMs);
      return null;
    }
    apart.end(commandId);
    if (decision.verdict === "deliver") addDelivery(slice, open, accept, rules, this.#parts.clock.now());
    return null;
  }

  /** The same for a chat message. */
  async #readMessage(
    { userId, accept, slice, chat, taken }: Read,
    entry: ChatEntry,
    arrival: ChatArrival,
  ): Promise<InboxSlice["held"]> {
    const { cursor, messageId } = entry;
    if (arrival.verdict === "hold") {
      if (!arrival.passes) return { untilMs: arrival.untilMs };
      chat.hold(entry, arrival);
      return null;
    }
    const isBehind = chat.isBehind(arrival, userId) &&
      (arrival.fresh || !await this.#isTaken(taken, userId, messageId, cursor));
    if (isBehind || chat.has(messageId)) chat.hold(entry, arrival);
    else addMessage(slice, cursor, arrival.message, accept);
    return null;
  }

  /**
   * Whether a device may have acknowledged what is at a place. What the person answered, or has from a page, may have gone to none,
   * or to one that never acknowledged it before the server ended.
   */
  async #isTaken(taken: Taken, userId: string, id: string, cursor: string): Promise<boolean> {
    if (this.#parts.inFlight.wasHanded(userId, id)) return true;
    const furthest = await (taken.furthest ??= this.#cursors.furthest(userId));
    return furthest !== null && cursor <= furthest;
  }

  async #save(userId: string, apart: Apart): Promise<void> {
    const { set, ended } = apart.changes;
    for (let at = 0; at < Math.max(set.length, ended.length); at += changedAtOnce) {
      const [from, to] = [at, at + changedAtOnce];
      await this.#parts.store.changeHeld(userId, { set: set.slice(from, to), ended: ended.slice(from, to) });
    }
  }
}
