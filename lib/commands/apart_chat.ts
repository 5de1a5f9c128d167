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
    if (arrival.verdict !== "deliver" || arrival.message.from.id === userId) return false;
    const first = this.#held.firstIn.get(arrival.talkId);
    return first !== undefined && first < arrival.message.id;
  }

  /** Devices pass a message from now on. */
  hold(entry: ChatEntry, arrival: ChatArrival): void {
    const { messageIds, firstIn, untilMs } = this.#held;
    if (!messageIds.has(entry.messageId)) this.passed.push(entry);
    messageIds.add(entry.messageId);
    const first = firstIn.get(arrival.talkId);
    if (first === undefined || entry.messageId < first) firstIn.set(arrival.talkId, entry.messageId);
    if (arrival.verdict === "hold" && arrival.untilMs !== null) {
      this.#held.untilMs = Math.min(untilMs ?? Infinity, arrival.untilMs);
    }
  }
}
