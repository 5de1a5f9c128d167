import { createHash } from "node:crypto";
import { attach, carried, chatKind } from "../commands/mod.ts";
import { decide, holdsApart, letThroughBy, withheldBy } from "../consent/mod.ts";
import { type Caller, iso, KeyedMutex, type LiveEntry } from "../platform/mod.ts";
import { type ChatDraft, type ChatMessage, limits, Refusal, say } from "../protocol/mod.ts";
import type { HandedMessages } from "./handed_messages.ts";
import type { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import type { MessageRecord, SentDays, SentMessageKey } from "./ports.ts";
import { type Talk, Talks } from "./talks.ts";
import { ownView, reaches, recipientsView } from "./views.ts";

const dayMs = 24 * 3600_000;

/** A message to write. */
export interface Sent {
  message: ChatMessage;
}

interface Decided extends Pick<MessageRecord, "allowedBy" | "withheldBy"> {
  /** The recipient's epoch before their rules were read. Null: their devices must read their log. */
  liveSince: number | null;
}

/** Takes messages in (CH-1): one commit, then the answer, then the rings. */
export class ChatSender {
  readonly #needs: Needs;
  readonly #talks: Talks;
  readonly #history: ChatHistory;
  readonly #handed: HandedMessages;
  /** One person's messages are written one after another, in the order of the calls (DL-5). */
  readonly #lanes = new KeyedMutex();

  constructor(needs: Needs, talks: Talks, history: ChatHistory, handed: HandedMessages) {
    this.#needs = needs;
    this.#talks = talks;
    this.#history = history;
    this.#handed = handed;
  }

  send(caller: Caller, draft: ChatDraft): Promise<Sent | Refusal> {
    return this.#lanes.run(caller.userId, async () => {
      let expiredKey: string | undefined;
      for (let tries = 0; tries <= limits.writeTries; tries++) {
        const sent = await this.#sendOnce(caller, draft, expiredKey);
        if (sent !== null && !(sent instanceof Refusal)) return sent;
        // Refused, or the key is in use: its first answer is still the answer (CM-1).
        const { known, expired } = await this.#known(caller, draft.key);
        if (known !== null) return await this.#answerOf(known, draft);
        if (sent !== null) return sent;
        expiredKey = expired;
      }
      return new Refusal("unavailable", "send.failed");
    });
  }

  /** The answer that this key got before (CM-1); null when there is none. */
  answered(caller: Caller, draft: ChatDraft): Promise<Sent | Refusal | null> {
    return this.#lanes.run(caller.userId, async () => {
      const { known } = await this.#known(caller, draft.key);
      return known === null ? null : await this.#answerOf(known, draft);
    });
  }

  async #known(caller: Caller, key: string): Promise<{ known: SentMessageKey | null; expired?: string }> {
    const found = await this.#needs.store.sentKey(caller.userId, key);
    if (found === null) return { known: null };
    if (found.sent.expiresMs > this.#needs.clock.now()) return { known: found.sent };
    return { known: null, expired: found.version };
  }

  async #answerOf({ messageId, digest }: SentMessageKey, draft: ChatDraft): Promise<Sent | Refusal> {
    if (digest !== digestOf(draft)) return new Refusal("conflict", "chat.key");
    const stored = (await this.#needs.store.messages([messageId])).get(messageId);
    if (stored === undefined) return new Refusal("expired", "chat.keyEnded");
    return { message: ownView(stored.record) };
  }

  /** Null: something changed meanwhile, or the key is in use. */
  async #sendOnce(
    caller: Caller,
    draft: ChatDraft,
    expired: string | undefined,
  ): Promise<Sent | Refusal | null> {
    const { store, clock, ids, bell, files, retentionDays } = this.#needs;
    const ownEpoch = bell.epoch(caller.userId);
    const { about, reaction } = draft;
    if (reaction === undefined && draft.body.trim() === "" && (draft.attachments ?? []).length === 0) {
      return new Refusal("invalid_params", "chat.empty", { fields: { body: "field.empty" } });
    }
    const talk = await this.#talks.findToWrite(caller, { with: draft.to, thread: draft.thread });
    if (talk instanceof Refusal) return talk;
    if (about !== undefined && !await this.#isIn(caller, talk, about)) {
      return new Refusal("not_found", "chat.about", { fields: { about: "field.id" } });
    }
    const attached = await attach(files, caller, draft.attachments ?? [], "attachments");
    if (attached instanceof Refusal) return attached;
    const now = clock.now();
    const days = await store.sentDays(caller.userId, talk.id);
    const counted = countedOn(days.value, now, retentionDays);
    if (counted === null) {
      return new Refusal("queue_full", say("chat.full", { count: limits.chatFromOne, days: retentionDays }));
    }
    const { liveSince, ...decided } = await this.#decide(talk);
    const record: MessageRecord = {
      id: ids.next(),
      talkId: talk.id,
      thread: talk.thread?.commandId ?? null,
      senderId: talk.me.id,
      recipientId: talk.other.id,
      from: talk.me,
      to: talk.other.username,
      body: reaction ?? draft.body,
      attachments: attached.attachments,
      createdAt: iso(now),
      expiresMs: now + retentionDays * dayMs,
      ...decided,
      retractedAt: null,
      ...(attached.clean ? {} : { state: "checking" as const }),
      ...(about === undefined ? {} : { about }),
      ...(reaction === undefined ? {} : { reaction }),
    };
    const place = await store.send({
      record,
      key: draft.key,
      sent: { messageId: record.id, digest: digestOf(draft), expiresMs: now + limits.keyKeptMs },
      replacesKey: expired,
      days: { ...days, value: counted },
      carries: carried(attached, { kind: "chat", messageId: record.id }, record.expiresMs),
    });
    if (place === null) return null;
    this.#ringSender(record, place, ownEpoch);
    if (reaches(record)) this.#ringRecipient(record, place, liveSince);
    return { message: ownView(record) };
  }

  /** Rings the sender's devices, which get the message with the ring unless their person stopped. */
  #ringSender(record: MessageRecord, place: string, epoch: number): void {
    const { bell, consent } = this.#needs;
    const { senderId } = record;
    const rules = bell.isOnline(senderId) ? consent.standingAtHand(senderId) : undefined;
    if (rules === undefined || rules.stopped) return bell.ring(senderId);
    this.#handed.add(senderId, record, place);
    bell.ring(senderId, entryOf(ownView(record), place, epoch));
  }

  #ringRecipient(record: MessageRecord, place: string, epoch: number | null): void {
    const { bell } = this.#needs;
    const { recipientId } = record;
    if (epoch === null || !bell.isOnline(recipientId)) return bell.ring(recipientId);
    this.#handed.add(recipientId, record, place);
    bell.ring(recipientId, entryOf(recipientsView(record, false), place, epoch));
  }

  /** Whether the caller has a message of the talk, which is there and no reaction. */
  async #isIn(caller: Caller, talk: Talk, messageId: string): Promise<boolean> {
    const found = await this.#history.find(caller, messageId);
    if (found instanceof Refusal || found.talk.id !== talk.id) return false;
    const { retractedAt, reaction } = found.stored.record;
    return retractedAt === null && reaction === undefined;
  }

  /** What consent says now about a message from this side to the other, whatever holds it for a time: a Stop is no consent (CO-7). */
  async decision(talk: Talk): Promise<Pick<MessageRecord, "allowedBy" | "withheldBy">> {
    const { allowedBy, withheldBy } = await this.#decide(talk);
    return { allowedBy, withheldBy };
  }

  async #decide(talk: Talk): Promise<Decided> {
    const { bell, consent, clock, threads } = this.#needs;
    const { thread, me, other } = talk;
    const epoch = bell.epoch(other.id);
    const standing = await consent.standing(other.id);
    const { relation, question } = await this.#talks.asked(talk, me, other.id);
    const had = thread === null || thread.senderId !== me.id
      ? "open"
      : await threads.had(other.id, thread.commandId);
    if (had === "none" || had === "withheld") {
      return { allowedBy: null, withheldBy: "command", liveSince: null };
    }
    const now = clock.now();
    // A command that waits or is sealed is asked about again at the delivery. What is held apart keeps its order: the devices must
    // read their log.
    const isLive = had === "open" && !holdsApart(standing) &&
      decide(standing, relation, question, now).verdict === "deliver";
    return {
      allowedBy: letThroughBy(standing, relation, question, now),
      withheldBy: withheldBy(standing, relation, question, now),
      liveSince: isLive ? epoch : null,
    };
  }
}

function entryOf(message: ChatMessage, cursor: string, epoch: number): LiveEntry {
  return { delivery: { cursor, message }, kind: chatKind, epoch };
}

/** The numbers with one more message today; null when that is too many (DL-7). */
function countedOn(days: SentDays, now: number, retentionDays: number): SentDays | null {
  const today = Math.floor(now / dayMs);
  const kept = days.filter(([day]) => day > today - retentionDays);
  if (kept.reduce((sum, [, count]) => sum + count, 0) >= limits.chatFromOne) return null;
  const before = kept.find(([day]) => day === today)?.[1] ?? 0;
  return [...kept.filter(([day]) => day !== today), [today, before + 1]];
}

/** SHA-256 of what a draft means, without its key. */
function digestOf({ to, thread, body, attachments, about, reaction }: ChatDraft): string {
  const content = [to ?? null, thread ?? null, body, [...new Set(attachments ?? [])]];
  if (about !== undefined) content.push(about, reaction ?? null);
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}
