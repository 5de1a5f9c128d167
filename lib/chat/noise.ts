import type { Caller } from "../platform/mod.ts";
import { type ChatNotify, fold, limits, type Params, Refusal } from "../protocol/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import type { StoredMessage, TalkRecord } from "./ports.ts";
import { talkIdOf, type Talks } from "./talks.ts";
import { isVisible, reaches } from "./views.ts";

/** Talks with something new that one count looks at: more than a badge has room for. */
const talksCounted = 30;

/** What makes a noise: how each person wants to hear of each talk, and the number in the menu. Nobody else learns of it. */
export class ChatNoise {
  readonly #needs: Pick<Needs, "store" | "people" | "consent" | "clock">;
  readonly #talks: Talks;
  readonly #history: ChatHistory;
  readonly #arrivals: Arrivals;

  constructor(
    needs: Pick<Needs, "store" | "people" | "consent" | "clock">,
    talks: Talks,
    history: ChatHistory,
    arrivals: Arrivals,
  ) {
    this.#needs = needs;
    this.#talks = talks;
    this.#history = history;
    this.#arrivals = arrivals;
  }

  async set(
    caller: Caller,
    params: Params<"chat.notify">,
  ): Promise<{ notify: ChatNotify | null } | Refusal> {
    const talk = await this.#talks.find(caller, params);
    if (talk instanceof Refusal) return talk;
    // What everything has without a choice needs no record.
    const notify = talk.thread === null && params.notify === "all" ? null : params.notify;
    await this.#needs.store.setNotify(caller.userId, talk.id, notify);
    return { notify: params.notify };
  }

  /** AU-9: all that the person chose. `with`: null on the thread of a command that they got. */
  async *all(
    caller: Caller,
  ): AsyncIterable<{ with: string | null; thread: string | null; notify: ChatNotify }> {
    for (const [talkId, notify] of await this.#needs.store.allNotify(caller.userId)) {
      const [kind, one = "", other = ""] = talkId.split(":");
      const otherId = kind === "c" && one !== caller.userId ? one : other;
      const person = (await this.#needs.people.byIds([otherId])).get(otherId);
      const isOwn = otherId === caller.userId;
      yield {
        with: isOwn ? null : person?.username ?? null,
        thread: kind === "t" ? one : null,
        notify,
      };
    }
  }

  /** What the person chose for a talk; that of a thread is, without a choice, that of the talk with its person. */
  async of(userId: string, { talkId, otherId, thread }: Pick<TalkRecord, "talkId" | "otherId" | "thread">) {
    const ids = thread === null ? [talkId] : [talkId, talkIdOf(userId, otherId)];
    const [own, general] = await this.#needs.store.notify(userId, ids);
    return own ?? general ?? "all";
  }

  /** Whether a message makes a noise for its recipient. A reaction never does. */
  isHeard(
    { record: { body, reaction } }: StoredMessage,
    notify: ChatNotify,
    names: readonly string[],
  ): boolean {
    if (reaction !== undefined || notify === "none") return false;
    if (notify === "all") return true;
    const text = fold(body);
    return names.some((name) => text.includes(fold(name)));
  }

  /** Unread messages that the rules let through now, for the menu. Reads a bounded number of messages and moves nothing. */
  async count(caller: Caller): Promise<{ unread: number }> {
    const { store, consent, clock } = this.#needs;
    const talks = (await store.talksOf(caller.userId, limits.chatTalks)).filter(({ theirs }) =>
      theirs === true
    );
    const read = await store.readPlaces(caller.userId, talks.map(({ talkId }) => talkId));
    const fresh = talks.filter(({ version }, at) => version > (read[at] ?? "")).slice(0, talksCounted);
    if (fresh.length === 0) return { unread: 0 };
    const { preferences } = await consent.rulesOf(caller.userId);
    let unread = 0;
    for (const record of fresh) {
      const notify = await this.of(caller.userId, record);
      const talk = notify === "none" ? null : await this.#history.talkOf(caller, record);
      if (talk === null || preferences.blockedUsers.includes(talk.other.username)) continue;
      const reader = await this.#history.readerOf(talk);
      const { decision } = await this.#arrivals.decide(talk);
      const place = read[talks.indexOf(record)] ?? null;
      const names = [talk.me.username, talk.me.displayName];
      const after = await store.after(talk.id, place, limits.chatUnread);
      unread += after.filter((one) => {
        const { recipientId, retractedAt, expiresMs } = one.record;
        if (recipientId !== caller.userId || retractedAt !== null || !reaches(one.record)) return false;
        const arrives = decision.verdict === "deliver" && expiresMs > clock.now();
        return (arrives || isVisible(one, reader)) && this.isHeard(one, notify, names);
      }).length;
      if (unread >= limits.chatUnread) return { unread: limits.chatUnread };
    }
    return { unread };
  }
}
