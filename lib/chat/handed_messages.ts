import type { MessageRecord } from "./ports.ts";

/** Entries kept in memory. Dropping them costs a read of the store, never a message. */
const entriesKept = 50_000;

/** What an acknowledgement moves; null for one's own messages: nothing. */
type Handed = { talkId: string; place: string } | null;

/** Messages that devices were handed, so that an acknowledgement need not read them. */
export class HandedMessages {
  readonly #handed = new Map<string, Handed>();

  add(userId: string, { id, talkId, recipientId }: MessageRecord, place: string): void {
    if (this.#handed.size >= entriesKept) this.#handed.clear();
    this.#handed.set(`${userId} ${id}`, recipientId === userId ? { talkId, place } : null);
  }

  /** Undefined: it is not known any more. */
  of(userId: string, messageId: string): Handed | undefined {
    return this.#handed.get(`${userId} ${messageId}`);
  }
}
