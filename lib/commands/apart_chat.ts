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

  /** Whether a rule holds the message, or an earlier one of its talk that the person does not have either. */
  waits(arrival: ChatArrival): boolean {
    return arrival.verdict === "hold" || (arrival.fresh && this.#held.talkIds.has(arrival.talkId));
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
