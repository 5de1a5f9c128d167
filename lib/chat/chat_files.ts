import type { FileCarrier } from "../platform/mod.ts";
import { type FileState, limits } from "../protocol/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ChatSender } from "./chat_sender.ts";
import type { Needs } from "./needs.ts";
import type { MessageRecord, StoredMessage } from "./ports.ts";
import type { ShownMarks } from "./shown_marks.ts";
import type { Talk } from "./talks.ts";
import { reaches } from "./views.ts";

/** Who may read a message's files (FI-5), until when it needs them (FI-7), and what a check of them does to it (FI-6). */
export class ChatFileUses {
  readonly #needs: Needs;
  readonly #shown: ShownMarks;
  readonly #arrivals: Arrivals;
  readonly #sender: ChatSender;

  constructor(needs: Needs, shown: ShownMarks, arrivals: Arrivals, sender: ChatSender) {
    this.#needs = needs;
    this.#shown = shown;
    this.#arrivals = arrivals;
    this.#sender = sender;
  }

  /** FI-5: the recipient may read them once they have the message, unless it was taken back or its command is sealed. */
  async mayRead(userId: string, by: FileCarrier): Promise<boolean> {
    const stored = await this.#messageOf(by);
    if (stored === undefined || stored.record.recipientId !== userId) return false;
    const { record, place } = stored;
    if (!reaches(record) || record.retractedAt !== null || record.expiresMs <= this.#needs.clock.now()) {
      return false;
    }
    const talk = await this.#talkOf(record, "recipient");
    if (talk === null) return false;
    const { decision, sealed } = await this.#arrivals.decide(talk);
    if (sealed) return false;
    const shown = await this.#shown.of(userId, record.talkId);
    return (shown !== null && place <= shown) || decision.verdict === "deliver";
  }

  /** FI-7: in ms since 1970; 0 when the message is gone. */
  async neededUntil(by: FileCarrier): Promise<number> {
    return (await this.#messageOf(by))?.record.expiresMs ?? 0;
  }

  /** FI-6: a message waits until all of its files are clean. */
  async changed(by: FileCarrier, state: FileState): Promise<void> {
    if (state !== "clean" && state !== "rejected") return;
    const { store, bell } = this.#needs;
    for (let tries = 0; tries <= limits.writeTries; tries++) {
      const stored = await this.#messageOf(by);
      if (stored === undefined || stored.record.state !== "checking") return;
      const next = await this.#checked(stored.record);
      if (next === null) return;
      const tell = reaches(next) ? [next.senderId, next.recipientId] : [next.senderId];
      const { place: _, ...moved } = next;
      const written = next.state === undefined
        ? await store.change({ from: stored, to: moved, moves: true, tell })
        : await store.change({ from: stored, to: { ...next, place: stored.place }, tell });
      if (!written) continue;
      for (const userId of tell) bell.ring(userId);
      return;
    }
    throw new Error("A message could not be released: too many writers at once.");
  }

  /** The message after the checks; null: it still waits. Consent is decided now, as for one that is sent now. */
  async #checked(record: MessageRecord): Promise<MessageRecord | null> {
    const ids = record.attachments.map(({ fileId }) => fileId);
    const states = await this.#needs.files.states(ids);
    if ([...states.values()].includes("rejected")) return { ...record, state: "rejected" };
    if (!ids.every((id) => states.get(id) === "clean")) return null;
    const { state: _, ...rest } = record;
    const talk = await this.#talkOf(record, "sender");
    if (talk === null || record.withheldBy !== null) return rest;
    return { ...rest, ...await this.#sender.decision(talk) };
  }

  async #messageOf(by: FileCarrier): Promise<StoredMessage | undefined> {
    const messageId = by.kind === "chat" ? by.messageId : "";
    return (await this.#needs.store.messages([messageId])).get(messageId);
  }

  async #talkOf({ talkId, thread, senderId, recipientId }: MessageRecord, seenBy: "sender" | "recipient") {
    const { people, threads } = this.#needs;
    const persons = await people.byIds([senderId, recipientId]);
    const [sender, recipient] = [persons.get(senderId), persons.get(recipientId)];
    const found = thread === null ? null : (await threads.byIds([thread])).get(thread);
    if (sender === undefined || recipient === undefined || found === undefined) return null;
    const [me, other] = seenBy === "sender" ? [sender, recipient] : [recipient, sender];
    return { id: talkId, me, other, thread: found } satisfies Talk;
  }
}
