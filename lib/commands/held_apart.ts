import { KeyedMutex } from "../platform/mod.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { Apart } from "./apart.ts";
import type { ChatArrival, ChatEntry, HeldChat } from "./chat_log.ts";
import type { DeliveryDecisions } from "./delivery_decisions.ts";
import { addDelivery, addMessage, type InboxSlice } from "./inbox_slice.ts";
import { type Entry, isCommand, isMessage, type LogReads } from "./log_reads.ts";
import { NewPlaces } from "./new_places.ts";
import type { Parts } from "./parts.ts";

/** Changes of what is held apart that one write has. */
const changedAtOnce = 256;

/**
 * CO-12: reads the log of people who ever had a grant or a ceiling. What those hold does not stop the commands of others: devices
 * pass it, and it gets a new place at the end of the log, where every device finds it, once the rules let it go (`NewPlaces`).
 * Commands of one source keep their order (DL-5). What a device was handed never gets a new place (DL-3).
 */
export class HeldApart {
  readonly #parts: Parts;
  readonly #log: LogReads;
  readonly #decisions: DeliveryDecisions;
  readonly #acknowledgements: Acknowledgements;
  readonly #newPlaces: NewPlaces;
  readonly #locks = new KeyedMutex();

  constructor(parts: Parts, log: LogReads, decisions: DeliveryDecisions, acknowledgements: Acknowledgements) {
    this.#parts = parts;
    this.#log = log;
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
    const chat = await this.#log.chat.place(userId);
    const epoch = bell.epoch(userId);
    const entries = await this.#log.after(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (!await this.#fill(slice, userId, entries, epoch, accept, apart, chat)) {
      return { deliveries: [], upTo: after, held: { untilMs: clock.now() }, more: false };
    }
    // Before the device can acknowledge what follows them.
    await this.#save(userId, apart);
    apart.wait(chat.untilMs);
    const more = slice.held === null && (slice.more || apart.more || chat.more);
    return { ...slice, more, apart: { untilMs: apart.untilMs } };
  }

  /** Decides each entry in order. False: numbers have changed since they were read, so nothing of it may be delivered. */
  async #fill(
    slice: InboxSlice,
    userId: string,
    entries: readonly Entry[],
    epoch: number,
    accept: ReadonlySet<string> | null,
    apart: Apart,
    chat: HeldChat,
  ): Promise<boolean> {
    if (entries.length === 0) return true;
    const { consent, clock } = this.#parts;
    const [standing, opened, arrivals] = await Promise.all([
      consent.standingAtDelivery(userId),
      this.#log.open(userId, entries.filter(isCommand)),
      this.#log.chat.arrivals(userId, entries.filter(isMessage), epoch),
    ]);
    const passed: ChatEntry[] = [];
    const deciding = await this.#decisions.begin(userId, opened, standing, epoch);
    const byPlace = new Map(opened.map((open) => [open.cursor, open]));
    for (const entry of entries) {
      const { cursor } = entry;
      if (isMessage(entry)) {
        const arrival = arrivals.get(cursor);
        if (arrival?.verdict === "hold" && !arrival.passes) {
          slice.held = { untilMs: arrival.untilMs };
          break;
        }
        if (arrival !== undefined && waitsApart(arrival, chat)) {
          if (!chat.messageIds.has(entry.messageId)) passed.push(entry);
          chat.messageIds.add(entry.messageId);
          chat.talkIds.add(arrival.talkId);
          if (arrival.verdict === "hold" && arrival.untilMs !== null) {
            chat.untilMs = Math.min(chat.untilMs ?? Infinity, arrival.untilMs);
          }
        } else if (arrival?.verdict === "deliver") addMessage(slice, cursor, arrival.message, accept);
        slice.upTo = cursor;
        continue;
      }
      const { commandId } = entry;
      const one = byPlace.get(cursor);
      if (one !== undefined && !apart.waits(one)) {
        const isFresh = !deciding.isDelivered(one);
        if (isFresh && apart.isBehind(one)) {
          apart.hold(one);
          // Those before it may have their new places already.
          apart.more = true;
        } else {
          const decision = await deciding.decide(one);
          if (decision.verdict === "hold") {
            if (decision.rule === "stopped" || !isFresh) {
              slice.held = { untilMs: decision.untilMs };
              break;
            }
            apart.hold(one);
            apart.wait(decision.untilMs);
          } else {
            apart.end(commandId);
            if (decision.verdict === "deliver") addDelivery(slice, one, accept, standing, clock.now());
          }
        }
      }
      slice.upTo = cursor;
    }
    if (!await deciding.count()) return false;
    // Before the device can acknowledge what follows them.
    await this.#log.chat.pass(userId, passed);
    return true;
  }

  async #save(userId: string, apart: Apart): Promise<void> {
    const { set, ended } = apart.changes;
    for (let at = 0; at < Math.max(set.length, ended.length); at += changedAtOnce) {
      const [from, to] = [at, at + changedAtOnce];
      await this.#parts.store.changeHeld(userId, { set: set.slice(from, to), ended: ended.slice(from, to) });
    }
  }
}

/** CO-12: a rule holds the message, or an earlier one of its talk that the person does not have either. */
function waitsApart(arrival: ChatArrival, { talkIds }: HeldChat): boolean {
  return arrival.verdict === "hold" || (arrival.fresh && talkIds.has(arrival.talkId));
}
