import type { Caller } from "../platform/mod.ts";
import { type ChatFound, type ChatMessage, fold, limits, type Params, Refusal } from "../protocol/mod.ts";
import type { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import type { StoredMessage } from "./ports.ts";
import type { Talks } from "./talks.ts";
import { isVisible, type Reader, viewFor } from "./views.ts";

/** Messages that are read at a time. */
const readAtOnce = 200;
/** Folded UTF-16 units that one search looks through: folding some letters makes eighteen of one, and takes as long. */
const textLooked = 256 * 1024;

/** Finds words in what a person has of their talks (CH-2): in their own log, which has both sides' messages in one order. */
export class ChatSearch {
  readonly #needs: Pick<Needs, "store" | "consent">;
  readonly #talks: Talks;
  readonly #history: ChatHistory;

  constructor(needs: Pick<Needs, "store" | "consent">, talks: Talks, history: ChatHistory) {
    this.#needs = needs;
    this.#talks = talks;
    this.#history = history;
  }

  /** Looks at `limits.chatSearched` messages at most, at fewer long ones, newest first; `next` goes on behind them. */
  async search(caller: Caller, params: Params<"chat.search">): Promise<ChatFound | Refusal> {
    const { store, consent } = this.#needs;
    const most = params.limit ?? limits.pageDefault;
    const words = fold(params.q);
    const { preferences: { blockedUsers } } = await consent.rulesOf(caller.userId);
    let only: string | null = null;
    if (params.with !== undefined || params.thread !== undefined) {
      const talk = await this.#talks.find(caller, params);
      if (talk instanceof Refusal) return talk;
      only = talk.id;
    }
    const readers = new Map<string, Promise<Reader | null>>();
    const found = new Map<string, ChatMessage>();
    let before = params.before ?? null;
    let left = textLooked;
    for (let looked = 0; looked < limits.chatSearched; looked += readAtOnce) {
      const entries = await store.logBefore(caller.userId, before, readAtOnce);
      const messages = await store.messages(entries.map(({ messageId }) => messageId));
      for (const { cursor, messageId } of entries) {
        const last = before;
        before = cursor;
        const stored = messages.get(messageId);
        if (stored === undefined || (only !== null && stored.record.talkId !== only)) continue;
        if (left <= 0) return { messages: [...found.values()], next: last };
        const text = searched(stored);
        if (text === null) continue;
        left -= text.length;
        if (!text.includes(words)) continue;
        const { talkId } = stored.record;
        let reading = readers.get(talkId);
        if (reading === undefined) {
          const hidden = only === null ? blockedUsers : [];
          readers.set(talkId, reading = this.#readerOf(caller, stored, hidden));
        }
        const reader = await reading;
        if (reader === null || reader.sealed || !isVisible(stored, reader)) continue;
        found.set(messageId, viewFor(stored.record, reader));
        if (found.size === most) return { messages: [...found.values()], next: before };
      }
      if (entries.length < readAtOnce) return { messages: [...found.values()], next: null };
    }
    return { messages: [...found.values()], next: before };
  }

  /** Talks with `hidden` people are not looked into (CH-4). */
  async #readerOf(
    caller: Caller,
    { record }: StoredMessage,
    hidden: readonly string[],
  ): Promise<Reader | null> {
    const { talkId, thread, senderId, recipientId } = record;
    const otherId = senderId === caller.userId ? recipientId : senderId;
    const talk = await this.#history.talkOf(caller, { otherId, talkId, thread, version: "" });
    return talk === null || hidden.includes(talk.other.username) ? null : await this.#history.readerOf(talk);
  }
}

/** Null for what is never found. */
function searched({ record: { body, retractedAt, reaction } }: StoredMessage): string | null {
  return retractedAt === null && reaction === undefined ? fold(body) : null;
}
