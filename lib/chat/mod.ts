/**
 * Takes chat messages in, pages through talks, keeps read marks, and takes messages back.
 * Never decides consent itself (that is `decide()` of consent/), and never shows a message that it did not let through.
 * Start with `talks.ts` (who talks where), then `chat_sender.ts` (in) and `arrivals.ts` (out).
 */
import type { Passage } from "../commands/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { type ChatDraft, type Params, Refusal } from "../protocol/mod.ts";
import { Arrivals } from "./arrivals.ts";
import { ChatFileUses } from "./chat_files.ts";
import { ChatLog } from "./chat_log.ts";
import { ChatSender } from "./chat_sender.ts";
import { HandedMessages } from "./handed_messages.ts";
import { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import { ChatNoise } from "./noise.ts";
import type { ChatStore } from "./ports.ts";
import { ReadMarkKeeper } from "./read_marks.ts";
import { Retractions } from "./retractions.ts";
import { ChatSearch } from "./search.ts";
import { ShownMarks } from "./shown_marks.ts";
import { Talks } from "./talks.ts";

export type { Needs as ChatNeeds } from "./needs.ts";
export * from "./ports.ts";

/** The gates before the sender, which commands and chat share. */
export type ThroughGates = <T>(caller: Caller, then: (passage: Passage) => Promise<T>) => Promise<T>;

/** Everything that people do in talks. */
export class Chat {
  readonly #gates: ThroughGates;
  readonly #store: ChatStore;
  readonly #sender: ChatSender;
  readonly #history: ChatHistory;
  readonly #search: ChatSearch;
  readonly #noise: ChatNoise;
  readonly #marks: ReadMarkKeeper;
  readonly #retractions: Retractions;
  readonly #shown: ShownMarks;
  readonly files: ChatFileUses;
  readonly log: ChatLog;

  constructor(needs: Needs, gates: ThroughGates) {
    this.#gates = gates;
    this.#store = needs.store;
    const talks = new Talks(needs);
    const handed = new HandedMessages();
    this.#shown = new ShownMarks(needs);
    const arrivals = new Arrivals(needs, talks, this.#shown);
    this.#history = new ChatHistory(needs, talks, this.#shown, arrivals);
    this.#search = new ChatSearch(needs, talks, this.#history);
    this.#noise = new ChatNoise(needs, talks, this.#history, arrivals);
    this.#sender = new ChatSender(needs, talks, this.#history, handed);
    this.#marks = new ReadMarkKeeper(needs, talks, this.#history, arrivals);
    this.#retractions = new Retractions(needs, this.#history);
    this.log = new ChatLog(needs, this.#shown, arrivals, this.#noise, handed);
    this.files = new ChatFileUses(needs, this.#shown, arrivals, this.#sender);
  }

  /** CH-1. */
  send(caller: Caller, draft: ChatDraft): ReturnType<ChatSender["send"]> {
    return this.#gates(caller, async (passage) => {
      if (!(passage instanceof Refusal)) return await this.#sender.send(passage, draft);
      return await this.#sender.answered(caller, draft) ?? passage;
    });
  }

  list(caller: Caller, params: Params<"chat.list">): ReturnType<ChatHistory["list"]> {
    return this.#history.list(caller, params);
  }

  /** Unread messages for the menu. */
  counts(caller: Caller): ReturnType<ChatNoise["count"]> {
    return this.#noise.count(caller);
  }

  notify(caller: Caller, params: Params<"chat.notify">): ReturnType<ChatNoise["set"]> {
    return this.#noise.set(caller, params);
  }

  search(caller: Caller, params: Params<"chat.search">): ReturnType<ChatSearch["search"]> {
    return this.#search.search(caller, params);
  }

  talks(caller: Caller): ReturnType<ChatHistory["talks"]> {
    return this.#history.talks(caller);
  }

  read(caller: Caller, params: Params<"chat.read">): ReturnType<ReadMarkKeeper["read"]> {
    return this.#marks.read(caller, params);
  }

  writing(caller: Caller, params: Params<"chat.writing">): ReturnType<ReadMarkKeeper["writing"]> {
    return this.#marks.writing(caller, params);
  }

  retract(caller: Caller, params: Params<"chat.retract">): ReturnType<Retractions["retract"]> {
    return this.#retractions.retract(caller, params);
  }

  /** CH-4: a message that the caller may see, and up to `each` messages on both sides of it. */
  around(caller: Caller, messageId: string, each: number): ReturnType<ChatHistory["around"]> {
    return this.#history.around(caller, messageId, each);
  }

  /** AU-9: everything that the person may see of their talks. */
  all(caller: Caller): ReturnType<ChatHistory["all"]> {
    return this.#history.all(caller);
  }

  /** AU-9: what the person chose to hear of. */
  allNotify(caller: Caller): ReturnType<ChatNoise["all"]> {
    return this.#noise.all(caller);
  }

  /** AU-9: removes up to `most` talks of a leaving person, for both sides. True: there are more. */
  async removeSome(userId: string, most: number): Promise<boolean> {
    this.#shown.forget(userId);
    const talks = await this.#store.talksOf(userId, most);
    for (const talk of talks) await this.#store.removeTalk(userId, talk);
    return talks.length === most;
  }

  /** Writes the marks that wait. */
  flush(): Promise<void> {
    return this.#shown.flush();
  }
}
