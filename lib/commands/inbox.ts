import type { Rules } from "../consent/mod.ts";
import { type ChatDelivery, type ChatMessage, type Delivery, limits } from "../protocol/mod.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { type ChatArrival, type ChatEntry, type ChatLog, type HeldChat, noChat } from "./chat_log.ts";
import { Cursors } from "./cursors.ts";
import { DeliveryDecisions, type Open } from "./delivery_decisions.ts";
import { type Apart, HeldApart, waitUntil } from "./held_apart.ts";
import { waits } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, InboxEntry, StoredState } from "./ports.ts";
import { forRecipient } from "./views.ts";

/** For devices that say what they show (WS-10). */
const chatKind = "chat";

/** An entry of a person's log: a command, or a chat message. */
type Entry = InboxEntry | ChatEntry;

/** The next part of a person's log for one device. */
export interface InboxSlice {
  deliveries: (Delivery | ChatDelivery)[];
  /** The last place that was read, commands that are not delivered included. */
  upTo: string | null;
  /** Nothing is delivered for now: until a time, or until the next ring. */
  held: { untilMs: number | null } | null;
  /** Commands were passed that are held apart (CO-12): until when, or until the next ring. The log must be read then. */
  apart?: { untilMs: number | null };
  /** The log goes on behind `upTo`. */
  more: boolean;
}

/** Reads a person's log for their devices and decides consent for each delivery (DL-1, DL-2, DL-9). */
export class Inbox {
  readonly #parts: Parts;
  readonly #cursors: Cursors;
  readonly #decisions: DeliveryDecisions;
  readonly #acknowledgements: Acknowledgements;
  readonly #heldApart: HeldApart;
  readonly #log: () => ChatLog;

  constructor(parts: Parts, acknowledgements: Acknowledgements) {
    this.#parts = parts;
    this.#cursors = new Cursors(parts);
    this.#decisions = new DeliveryDecisions(parts);
    this.#acknowledgements = acknowledgements;
    this.#heldApart = new HeldApart(parts, this.#decisions);
    this.#log = parts.chat ?? (() => noChat);
  }

  get #chat(): ChatLog {
    return this.#log();
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
      this.#openBroadcasts(userId, cursor, most),
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
    const { consent, bell } = this.#parts;
    if (await consent.holdsApart(userId)) {
      return await this.#heldApart.inTurn(userId, () => this.#nextApart(userId, after, max, accept));
    }
    const epoch = bell.epoch(userId);
    const entries = await this.#entriesAfter(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (entries.length === 0) return slice;
    const [standing, opened, arrivals] = await Promise.all([
      consent.standing(userId),
      this.#open(userId, entries.filter(isCommand)),
      this.#chat.arrivals(userId, entries.filter(isMessage), epoch),
    ]);
    const decided = await this.#decisions.decideAll(userId, opened, standing, epoch);
    for (const entry of entries) {
      const { cursor } = entry;
      if (isMessage(entry)) {
        const arrival = arrivals.get(cursor);
        if (arrival?.verdict === "hold") {
          slice.held = { untilMs: arrival.untilMs };
          slice.more = false;
          break;
        }
        if (arrival !== undefined) deliverMessage(slice, cursor, arrival.message, accept);
        slice.upTo = cursor;
        continue;
      }
      const { commandId } = entry;
      const found = decided.get(commandId);
      if (found !== undefined) {
        if (found.decision.verdict === "hold") {
          slice.held = { untilMs: found.decision.untilMs };
          slice.more = false;
          break;
        }
        if (found.decision.verdict === "deliver") this.#deliver(slice, cursor, found.open, standing, accept);
      }
      slice.upTo = cursor;
    }
    return slice;
  }

  #deliver(
    { deliveries }: InboxSlice,
    cursor: string,
    { stored: { record }, command: { command } }: Open,
    rules: Rules,
    accept: ReadonlySet<string> | null,
  ): void {
    if (accept !== null && !accept.has(command.kind)) return;
    const shown = forRecipient(command, record, rules, this.#parts.clock.now());
    deliveries.push({ cursor, command: shown, state: record.state });
  }

  /** The same for people with grants or a ceiling: what those hold is passed, and gets a new place when it may go (CO-12). */
  async #nextApart(
    userId: string,
    after: string | null,
    max: number,
    accept: ReadonlySet<string> | null,
  ): Promise<InboxSlice> {
    const { consent, bell } = this.#parts;
    const apart = await this.#heldApart.place(userId);
    const heldChat = await this.#chat.place(userId);
    const epoch = bell.epoch(userId);
    const entries = await this.#entriesAfter(userId, after, max);
    const slice: InboxSlice = { deliveries: [], upTo: after, held: null, more: entries.length === max };
    if (entries.length > 0) {
      const messages = entries.filter(isMessage);
      const [standing, opened, arrivals] = await Promise.all([
        consent.standingAtDelivery(userId),
        this.#open(userId, entries.filter(isCommand)),
        this.#chat.arrivals(userId, messages, epoch),
      ]);
      const passedMessages: ChatEntry[] = [];
      const read = new Map(opened.map(({ command, cursor }) => [command.command.id, cursor]));
      const [asked, behind] = [[] as Open[], new Set<string>()];
      for (const open of opened) {
        const { id } = open.command.command;
        const fresh = open.stored.record.deliveredAt === null;
        if (
          this.#heldApart.wasPassed(apart, open) || (fresh && this.#heldApart.isBehind(apart, open, read))
        ) behind.add(id);
        else asked.push(open);
      }
      const decided = await this.#decisions.decideAll(userId, asked, standing, epoch);
      const [passed, arrived] = [[] as Open[], [] as string[]];
      for (const entry of entries) {
        const { cursor } = entry;
        if (isMessage(entry)) {
          const arrival = arrivals.get(cursor);
          if (arrival?.verdict === "hold" && !arrival.passes) {
            slice.held = { untilMs: arrival.untilMs };
            slice.more = false;
            break;
          }
          if (arrival !== undefined && waitsApart(arrival, heldChat)) {
            if (!heldChat.messageIds.has(entry.messageId)) passedMessages.push(entry);
            heldChat.messageIds.add(entry.messageId);
            heldChat.talkIds.add(arrival.talkId);
            if (arrival.verdict === "hold") waitUntil(heldChat, arrival.untilMs);
          } else if (arrival?.verdict === "deliver") deliverMessage(slice, cursor, arrival.message, accept);
          slice.upTo = cursor;
          continue;
        }
        const { commandId } = entry;
        const found = decided.get(commandId);
        const one = opened.find((open) => open.command.command.id === commandId && open.cursor === cursor);
        if (one !== undefined && behind.has(commandId)) {
          if (!this.#heldApart.wasPassed(apart, one)) {
            passed.push(one);
            // Those before it may have their places with the next read.
            apart.more = true;
          }
        } else if (one !== undefined && found !== undefined) {
          const { decision } = found;
          const isFresh = one.stored.record.deliveredAt === null;
          if (decision.verdict === "hold" && (decision.rule === "stopped" || !isFresh)) {
            slice.held = { untilMs: decision.untilMs };
            slice.more = false;
            break;
          }
          if (decision.verdict === "hold") {
            passed.push(one);
            waitUntil(apart, decision.untilMs);
          } else {
            arrived.push(commandId);
            if (decision.verdict === "deliver") this.#deliver(slice, cursor, one, standing, accept);
          }
        }
        slice.upTo = cursor;
      }
      // Before the device can acknowledge what follows them.
      await this.#chat.pass(userId, passedMessages);
      await this.#heldApart.pass(userId, passed, apart);
      await this.#heldApart.arrived(userId, arrived, apart);
    }
    return withApart(slice, apart, heldChat);
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
    if (messageIds.length > 0) await this.#chat.taken(userId, messageIds);
    await this.#acknowledgements.acknowledged(userId, commandIds);
    this.#cursors.move(userId, device, cursor);
  }

  /** Writes the cursors that wait. */
  flush(): Promise<void> {
    return this.#cursors.flush();
  }

  /** Delivers those of a person's waiting commands that consent allows now; for pages, where showing is delivering. */
  async release(userId: string, stored: readonly StoredState[], records: ReadonlyMap<string, CommandRecord>) {
    const { bell, clock, consent } = this.#parts;
    const open = stored.flatMap((one) => {
      const command = records.get(one.commandId);
      return command === undefined || command.expiresMs <= clock.now()
        ? []
        : [{ cursor: "", stored: one, command }];
    }).sort((a, b) => a.stored.commandId < b.stored.commandId ? -1 : 1);
    while (true) {
      const epoch = bell.epoch(userId);
      const standing = await consent.standingAtDelivery(userId);
      const decided = await this.#decisions.decideAll(userId, open, standing, epoch);
      // Rules changed meanwhile: decide again, as nothing reads a page a second time.
      if (epoch !== bell.epoch(userId)) continue;
      const released = [...decided.values()].filter(({ decision }) => decision.verdict === "deliver");
      return await this.#acknowledgements.markDelivered(
        userId,
        released.map(({ open }) => open.stored.commandId),
        false,
      );
    }
  }

  /** Merges the person's logs of commands and of messages, and the log of broadcasts. Places have one order in the whole store. */
  async #entriesAfter(userId: string, after: string | null, max: number): Promise<Entry[]> {
    // Each log grows while the others are read. What is read after an entry of another log was seen is complete up to that
    // entry. Later entries wait for the next read: their rings are still to come.
    const before = await this.#parts.broadcasts.after(userId, after, max);
    const messagesBefore = await this.#chat.after(userId, after, max);
    const own = await this.#parts.store.inboxAfter(userId, after, max);
    if (own.length === 0 && messagesBefore.length === 0) return before;
    const upTo = [own, before, messagesBefore].map((entries) => entries.at(-1)?.cursor ?? "").sort().at(-1)!;
    const messages = await this.#chat.after(userId, after, max);
    const broadcasts = await this.#parts.broadcasts.after(userId, after, max);
    const merged: Entry[] = [...own, ...[...messages, ...broadcasts].filter(({ cursor }) => cursor <= upTo)];
    return merged.sort((a, b) => a.cursor < b.cursor ? -1 : 1).slice(0, max);
  }

  /** Those of the first `most` broadcasts after a place that are open for the person. */
  async #openBroadcasts(userId: string, after: string | null, most: number): Promise<InboxEntry[]> {
    const { broadcasts, store, consent, clock } = this.#parts;
    const entries = await broadcasts.after(userId, after, most);
    if (entries.length === 0) return entries;
    const [standing, states] = await Promise.all([
      consent.standing(userId),
      store.states(entries.map(({ commandId }) => ({ userId, commandId }))),
    ]);
    const now = clock.now();
    return entries.filter(({ record }, index) => {
      const known = states[index]?.record;
      if (record.expiresMs <= now && (known === undefined || waits(known.state))) return false;
      return known === undefined ? broadcasts.withheld(standing, record) === null : known.place === "cast";
    });
  }

  /** The entries' commands and states, without expired ones. */
  async #open(userId: string, entries: readonly { cursor: string; commandId: string }[]): Promise<Open[]> {
    const { store, clock } = this.#parts;
    const [states, records] = await Promise.all([
      store.states(entries.map(({ commandId }) => ({ userId, commandId }))),
      store.commands(entries.map(({ commandId }) => commandId)),
    ]);
    const now = clock.now();
    const found = await Promise.all(states.map((known, index) => {
      const command = records.get(entries[index]!.commandId);
      return command === undefined ? known : this.#withEnd(userId, command, known);
    }));
    return entries.flatMap(({ cursor, commandId }, index) => {
      const command = records.get(commandId);
      const known = found[index];
      const stored = known ??
        (command?.cast === undefined ? null : this.#parts.broadcasts.untouched(userId, command));
      if (stored === null || command === undefined || stored.record.place === null) return [];
      // CO-12: an earlier place of a command that has a new one.
      const { place } = stored.record;
      if (place !== cursor && !(place === "cast" && command.cast !== undefined)) return [];
      // DL-6: an expired command is delivered to nobody, even before its job has run.
      if (command.expiresMs <= now && waits(stored.record.state)) return [];
      return [{ cursor, stored, command }];
    });
  }

  /** A broadcast with a place in the person's own log does not leave it when the sender ends it for all, so its end is asked for. */
  async #withEnd(
    userId: string,
    command: CommandRecord,
    known: StoredState | null,
  ): Promise<StoredState | null> {
    const { store, broadcasts } = this.#parts;
    if (known === null || command.cast === undefined || known.record.place === "cast") return known;
    const broadcast = await store.broadcast(command.command.id);
    return await broadcasts.under(userId, command, { known, broadcast, handed: false });
  }
}

function withApart(slice: InboxSlice, apart: Apart, chat: HeldChat): InboxSlice {
  const more = apart.more || chat.more;
  if (slice.held !== null || (apart.byId.size + chat.messageIds.size === 0 && !more)) return slice;
  waitUntil(apart, chat.untilMs);
  return { ...slice, more: slice.more || more, apart: { untilMs: apart.untilMs } };
}

function isMessage(entry: Entry): entry is ChatEntry {
  return "messageId" in entry;
}

function isCommand(entry: Entry): entry is InboxEntry {
  return !isMessage(entry);
}

/** CO-12: a rule holds the message, or an earlier one of its talk that the person does not have either. */
function waitsApart(arrival: ChatArrival, { talkIds }: HeldChat): boolean {
  return arrival.verdict === "hold" || (arrival.fresh && talkIds.has(arrival.talkId));
}

function deliverMessage(
  { deliveries }: InboxSlice,
  cursor: string,
  message: ChatMessage,
  accept: ReadonlySet<string> | null,
): void {
  if (accept === null || accept.has(chatKind)) deliveries.push({ cursor, message });
}
