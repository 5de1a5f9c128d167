import type { ChatArrival, ChatEntry, ChatLog as Port, HeldChat } from "../commands/mod.ts";
import { ChatAlerts } from "./alerts.ts";
import type { Arrivals } from "./arrivals.ts";
import type { HandedMessages } from "./handed_messages.ts";
import type { Needs } from "./needs.ts";
import type { ChatNoise } from "./noise.ts";
import type { MessageRecord, StoredMessage } from "./ports.ts";
import type { ShownMarks } from "./shown_marks.ts";
import { type TalkLook, TalkLooks } from "./talk_looks.ts";
import { ownView, reaches, recipientsView } from "./views.ts";

/** Messages that get a new place in one step. */
const placedAtOnce = 32;
/** Entries that are looked at for messages behind them. */
const placedFrom = 1000;

/** The messages of one talk that are held apart, with their entries. */
interface HeldInTalk {
  stored: readonly StoredMessage[];
  held: readonly ChatEntry[];
  isTaken(entry: ChatEntry): Promise<boolean>;
}

function firstPlace(stored: readonly StoredMessage[]): string {
  return stored.reduce((first, { place }) => place < first ? place : first, stored[0]!.place);
}

/** A person's log of messages, which devices read together with their commands (DL-1, DL-9). */
export class ChatLog implements Port {
  readonly #needs: Needs;
  readonly #shown: ShownMarks;
  readonly #arrivals: Arrivals;
  readonly #looks: TalkLooks;
  readonly #alerts: ChatAlerts;
  readonly #handed: HandedMessages;

  constructor(
    needs: Needs,
    shown: ShownMarks,
    arrivals: Arrivals,
    noise: ChatNoise,
    handed: HandedMessages,
  ) {
    this.#handed = handed;
    this.#needs = needs;
    this.#shown = shown;
    this.#arrivals = arrivals;
    this.#looks = new TalkLooks(needs, shown, arrivals);
    this.#alerts = new ChatAlerts(needs, this.#looks, noise);
  }

  after(userId: string, after: string | null, limit: number): Promise<ChatEntry[]> {
    return this.#needs.store.logAfter(userId, after, limit);
  }

  /** Decides for each entry now. What is withheld is written, unless the person's rules changed since `epoch`. */
  async arrivals(
    userId: string,
    entries: readonly ChatEntry[],
    epoch: number,
    wasHanded: (messageId: string) => boolean = () => false,
  ): Promise<Map<string, ChatArrival>> {
    const { store, bell, clock, consent } = this.#needs;
    const found = new Map<string, ChatArrival>();
    if (entries.length === 0) return found;
    const messages = await store.messages(entries.map(({ messageId }) => messageId));
    const { stopped } = await consent.standing(userId);
    const looks = new Map<string, Promise<TalkLook | null>>();
    for (const { cursor, messageId } of entries) {
      const stored = messages.get(messageId);
      if (stored === undefined || stored.record.expiresMs <= clock.now()) continue;
      const { record, place } = stored;
      const { talkId } = record;
      const hold = (untilMs: number | null, passes: boolean) =>
        found.set(cursor, { talkId, verdict: "hold", untilMs, passes });
      if (record.senderId === userId) {
        if (stopped) hold(null, false);
        else found.set(cursor, { talkId, verdict: "deliver", message: ownView(record), fresh: false });
        continue;
      }
      if (record.recipientId !== userId || !reaches(record)) continue;
      let looking = looks.get(record.talkId);
      if (looking === undefined) looks.set(record.talkId, looking = this.#looks.of(record));
      const look = await looking;
      if (look === null) continue;
      const isShown = wasHanded(messageId) || (look.shown !== null && place <= look.shown);
      const { decision, sealed } = await (isShown ? look.again() : look.fresh());
      switch (decision.verdict) {
        case "deliver":
          found.set(cursor, {
            talkId,
            verdict: "deliver",
            message: recipientsView(record, sealed),
            fresh: !isShown,
          });
          break;
        case "hold":
          hold(decision.untilMs, !isShown && decision.rule !== "stopped");
          break;
        case "withhold":
          if (epoch !== bell.epoch(userId)) hold(clock.now(), false);
          else if (!isShown) await this.#arrivals.withhold(stored, decision.rule);
          break;
        default:
          decision satisfies never;
      }
    }
    return found;
  }

  /** Notes messages that a device reads past while a rule holds them (CO-12). */
  async pass(userId: string, entries: readonly ChatEntry[]): Promise<void> {
    if (entries.length > 0) await this.#needs.store.holdEntries(userId, entries);
  }

  /**
   * Gives messages that were passed a new place once they may go, and those that came after them in the same talk, so that each talk
   * keeps its order.
   */
  async place(userId: string, isTaken: (entry: ChatEntry) => Promise<boolean>): Promise<HeldChat> {
    const { store, bell } = this.#needs;
    const left: HeldChat = { messageIds: new Set(), firstIn: new Map(), untilMs: null, more: false };
    const held = await store.heldEntries(userId);
    if (held.length === 0) return left;
    const messages = await store.messages(held.map(({ messageId }) => messageId));
    const byTalk = new Map<string, ChatEntry[]>();
    for (const entry of held) {
      const record = messages.get(entry.messageId)?.record;
      // It ended while it waited.
      if (record === undefined || !this.#waits(record)) await store.endHeld(userId, entry, false);
      else byTalk.set(record.talkId, [...byTalk.get(record.talkId) ?? [], entry]);
    }
    let room = placedAtOnce;
    for (const [talkId, entries] of byTalk) {
      const stored = entries.map(({ messageId }) => messages.get(messageId)!);
      const moved = await this.#placeTalk(userId, { stored, held: entries, isTaken }, left, room);
      room -= moved.size;
      const rest = entries.filter(({ messageId }) => !moved.has(messageId));
      for (const { messageId } of rest) left.messageIds.add(messageId);
      if (rest.length > 0) left.firstIn.set(talkId, rest[0]!.messageId);
    }
    if (room < placedAtOnce) bell.ring(userId);
    return left;
  }

  /** Places up to `room` messages of one talk. Returns those that are not held any more. */
  async #placeTalk(
    userId: string,
    { stored, held, isTaken }: HeldInTalk,
    left: HeldChat,
    room: number,
  ): Promise<Set<string>> {
    const { store, bell } = this.#needs;
    const { record } = stored[0]!;
    const done = new Set<string>();
    // Before the mark in it: what a page showed before rules changed stays the person's (DL-9).
    const epoch = bell.epoch(userId);
    const look = await this.#looks.of(record);
    const decision = look === null ? null : (await look.fresh()).decision;
    if (decision?.verdict === "hold") {
      if (decision.untilMs !== null) left.untilMs = Math.min(left.untilMs ?? Infinity, decision.untilMs);
      return done;
    }
    if (epoch !== bell.epoch(userId)) {
      left.more = true;
      return done;
    }
    if (decision?.verdict !== "deliver") {
      for (const [at, entry] of held.entries()) {
        const one = stored[at]!;
        // What a page showed stays the person's (DL-9).
        const shown = look?.shown ?? null;
        if (shown !== null && one.place <= shown) continue;
        if (decision !== null) await this.#arrivals.withhold(one, decision.rule);
        await store.endHeld(userId, entry, false);
        done.add(entry.messageId);
      }
      if (done.size === held.length) return done;
    }
    const going = held.filter(({ messageId }) => !done.has(messageId));
    // Also what a page showed already, as long as no device has it (DL-5).
    const following = await store.after(record.talkId, firstPlace(stored), placedFrom);
    const waiting = new Set(
      following.filter((one) => one.record.recipientId === userId && this.#waits(one.record))
        .map((one) => one.record.id),
    );
    const heldIds = new Set(held.map(({ messageId }) => messageId));
    const behind: ChatEntry[] = [];
    for (const entry of await store.logAfter(userId, going[0]!.cursor, placedFrom)) {
      const { messageId } = entry;
      if (!waiting.has(messageId) || heldIds.has(messageId) || await isTaken(entry)) continue;
      behind.push(entry);
    }
    // Each gets its place in a commit of its own: after a crash between two, those that follow still wait.
    await this.pass(userId, behind);
    const all = [...going, ...behind];
    for (const entry of all) {
      if (done.size >= room) {
        // The rest of the talk waits behind it.
        left.firstIn.set(record.talkId, entry.messageId);
        left.more = true;
        break;
      }
      await store.endHeld(userId, entry, true);
      done.add(entry.messageId);
    }
    return done;
  }

  /** Whether a message is still to be delivered to its recipient. */
  #waits(record: MessageRecord): boolean {
    return reaches(record) && record.expiresMs > this.#needs.clock.now();
  }

  /** A device of the person acknowledged these. */
  async taken(userId: string, messageIds: readonly string[]): Promise<void> {
    const unknown = messageIds.filter((id) => {
      const handed = this.#handed.of(userId, id);
      if (handed) this.#shown.move(userId, handed.talkId, handed.place);
      return handed === undefined;
    });
    if (unknown.length === 0) return;
    const messages = await this.#needs.store.messages(unknown);
    for (const { record, place } of messages.values()) {
      if (record.recipientId === userId) this.#shown.move(userId, record.talkId, place);
    }
  }

  /** UI-12: talks with unread messages of which the person can be told now, by the cursors of entries. Only reads. */
  alerts(userId: string, entries: readonly ChatEntry[]): ReturnType<ChatAlerts["of"]> {
    return this.#alerts.of(userId, entries);
  }

  /** The same for talks by id. Those with nothing unread are left out. */
  unreadIn(userId: string, talkIds: readonly string[]): ReturnType<ChatAlerts["unreadIn"]> {
    return this.#alerts.unreadIn(userId, talkIds);
  }
}
