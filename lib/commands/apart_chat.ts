import type { ChatArrival, ChatEntry, HeldChat } from "./chat_log.ts";

/** The chat messages that a person's rules hold apart, during one read of their log (CO-12). */
export class ApartChat {
  readonly #held: HeldChat;
  /** Messages that this read passes first. */
  readonly passed: ChatEntry[] = [];

  constructor(held: HeldChat) {
    this.#held = held;
  }

  get more(): boolean {
    return this.#held.more;
  }

  get untilMs(): number | null {
    return this.#held.untilMs;
  }

  /** Whether devices passed the message before. */
  has(messageId: string): boolean {
    return this.#held.messageIds.has(messageId);
  }

  /** Whether an earlier message of the other side is held apart, and no rule holds this one (DL-5). */
  isBehind(arrival: ChatArrival, userId: string): boolean {
    return arrival.verdict === "deliver" && arrival.message.from.id !== userId &&
      this.#held.talkIds.has(arrival.talkId);
  }

  /** Devices pass a message from now on. */
  hold(entry: ChatEntry, arrival: ChatArrival): void {
    const { messageIds, talkIds, untilMs } = this.#held;
    if (!messageIds.has(entry.messageId)) this.passed.push(entry);
    messageIds.add(entry.messageId);
    talkIds.add(arrival.talkId);
    if (arrival.verdict === "hold" && arrival.untilMs !== null) {
      this.#held.untilMs = Math.min(untilMs ?? Infinity, arrival.untilMs);
    }
  }
}
