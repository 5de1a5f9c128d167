import { type Caller, iso } from "../platform/mod.ts";
import {
  type ChatMessage,
  type ChatPage,
  type ChatTalk,
  type ChatTalks,
  limits,
  type Params,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Needs } from "./needs.ts";
import type { StoredMessage, TalkRecord } from "./ports.ts";
import type { ShownMarks } from "./shown_marks.ts";
import type { Talk, Talks } from "./talks.ts";
import { isVisible, type Reader, viewFor } from "./views.ts";

/** Pages through talks as one side may see them (CH-2). */
export class ChatHistory {
  readonly #needs: Needs;
  readonly #talks: Talks;
  readonly #shown: ShownMarks;
  readonly #arrivals: Arrivals;

  constructor(needs: Needs, talks: Talks, shown: ShownMarks, arrivals: Arrivals) {
    this.#needs = needs;
    this.#talks = talks;
    this.#shown = shown;
    this.#arrivals = arrivals;
  }

  async list(caller: Caller, params: Params<"chat.list">): Promise<ChatPage | Refusal> {
    const { store } = this.#needs;
    const talk = await this.#talks.find(caller, params);
    if (talk instanceof Refusal) return talk;
    let before: string | null = null;
    if (params.before !== undefined) {
      const from = (await store.messages([params.before])).get(params.before);
      if (from === undefined || from.record.talkId !== talk.id) return this.#missing();
      before = from.place;
    }
    const held = before === null ? await this.#arrivals.release(talk) : null;
    const reader = await this.readerOf(talk);
    const { messages, more } = await this.#page(talk, before, params.limit ?? limits.pageDefault, reader);
    const { read } = (await store.readMarks(talk.me.id, talk.id)).marks;
    const theirs = await this.#theirMark(talk);
    const quoted = await this.#quoted(messages, reader);
    return {
      with: await this.#personOf(talk),
      thread: talk.thread?.commandId ?? null,
      messages: await this.#withReactions(talk, messages.reverse(), reader),
      next: more ? messages[0]!.record.id : null,
      ...(quoted.length === 0 ? {} : { quoted }),
      readUpTo: read?.messageId ?? null,
      ...(theirs === null ? {} : { theirReadUpTo: theirs }),
      ...await this.#notifyOf(talk),
      ...(held === null ? {} : { held: { until: held.untilMs === null ? null : iso(held.untilMs) } }),
    };
  }

  /** The person's talks, the latest first. Those with people whom the person blocks are hidden (CH-4). */
  async talks(caller: Caller): Promise<ChatTalks> {
    const { store, consent } = this.#needs;
    const records = await store.talksOf(caller.userId, limits.chatTalks);
    const { preferences } = await consent.rulesOf(caller.userId);
    const found: { talk: ChatTalk; place: string }[] = [];
    for (const record of records) {
      const talk = await this.talkOf(caller, record);
      if (talk === null || preferences.blockedUsers.includes(talk.other.username)) continue;
      await this.#arrivals.release(talk);
      const reader = await this.readerOf(talk);
      const { messages: [last] } = await this.#page(talk, null, 1, reader);
      if (last === undefined) continue;
      found.push({
        place: last.place,
        talk: {
          with: await this.#personOf(talk),
          thread: record.thread,
          title: reader.sealed ? null : talk.thread?.title ?? null,
          last: viewFor(last.record, reader),
          unread: await this.#unread(talk, reader),
        },
      });
    }
    const talks = found.sort((a, b) => a.place < b.place ? 1 : -1).map(({ talk }) => talk);
    return { talks, unread: talks.reduce((sum, { unread }) => sum + unread, 0) };
  }

  /** A message that the caller may see, with its talk; else a refusal. */
  async find(caller: Caller, messageId: string): Promise<{ stored: StoredMessage; talk: Talk } | Refusal> {
    const stored = (await this.#needs.store.messages([messageId])).get(messageId);
    if (stored === undefined) return this.#missing();
    const { record } = stored;
    const otherId = record.senderId === caller.userId ? record.recipientId : record.senderId;
    const talk = [record.senderId, record.recipientId].includes(caller.userId)
      ? await this.talkOf(caller, { otherId, talkId: record.talkId, thread: record.thread, version: "" })
      : null;
    if (talk === null || !isVisible(stored, await this.readerOf(talk))) return this.#missing();
    return { stored, talk };
  }

  /** A message as the caller sees it, and those around it; for a report (CH-4). */
  async around(caller: Caller, messageId: string, each: number): Promise<ChatMessage[] | Refusal> {
    const found = await this.find(caller, messageId);
    if (found instanceof Refusal) return found;
    const { stored, talk } = found;
    const reader = await this.readerOf(talk);
    const { messages } = await this.#page(talk, stored.place, each, reader);
    const after = (await this.#needs.store.after(talk.id, stored.place, each))
      .filter((one) => isVisible(one, reader));
    return [...messages.reverse(), stored, ...after].map(({ record }) => viewFor(record, reader));
  }

  /** AU-9: everything that the person may see, talk by talk, newest message first. */
  async *all(caller: Caller): AsyncIterable<{ with: string; thread: string | null; message: ChatMessage }> {
    for (const record of await this.#needs.store.talksOf(caller.userId, Infinity)) {
      const talk = await this.talkOf(caller, record);
      if (talk === null) continue;
      const reader = await this.readerOf(talk);
      for (let before: string | null = null;;) {
        const { messages, more } = await this.#page(talk, before, limits.pageMax, reader, true);
        for (const { record: one } of messages) {
          yield {
            with: talk.other.username,
            thread: talk.thread?.commandId ?? null,
            message: viewFor(one, reader),
          };
        }
        if (!more) break;
        before = messages.at(-1)!.place;
      }
    }
  }

  #missing(): Refusal {
    return new Refusal("not_found", say("chat.missing", { days: this.#needs.retentionDays }));
  }

  /** A talk of the caller's, by its record; null: the other person, or the command, is gone. */
  async talkOf(caller: Caller, { otherId, talkId, thread }: TalkRecord): Promise<Talk | null> {
    const other = (await this.#needs.people.byIds([otherId])).get(otherId);
    if (other === undefined) return null;
    const me = { id: caller.userId, username: caller.username, displayName: caller.displayName };
    if (thread === null) return { id: talkId, me, other, thread };
    const found = (await this.#needs.threads.byIds([thread])).get(thread);
    return found === undefined ? null : { id: talkId, me, other, thread: found };
  }

  /** How the caller of a talk reads it now. */
  async readerOf({ id, me, thread }: Talk): Promise<Reader> {
    const { threads, clock } = this.#needs;
    const sealed = thread !== null && thread.senderId !== me.id &&
      await threads.had(me.id, thread.commandId) === "sealed";
    return { userId: me.id, shown: await this.#shown.of(me.id, id), sealed, now: clock.now() };
  }

  /** The messages with the reactions to them that the reader has, of each side the latest. */
  async #withReactions(
    talk: Talk,
    messages: readonly StoredMessage[],
    reader: Reader,
  ): Promise<ChatMessage[]> {
    const views = messages.map(({ record }) => viewFor(record, reader));
    if (views.length === 0 || reader.sealed) return views;
    const { store } = this.#needs;
    const ids = views.map(({ id }) => id).sort();
    const found = await store.messages(await store.reactions(talk.id, ids[0]!, ids.at(-1)!));
    const visible = [...found.values()].filter((one) =>
      one.record.retractedAt === null && isVisible(one, reader)
    );
    const byMessage = Map.groupBy(visible, ({ record }) => record.about);
    return views.map((view) => {
      const reactions = (view.retractedAt === null ? byMessage.get(view.id) ?? [] : []).flatMap(
        ({ record: { id, from, reaction } }) =>
          reaction === undefined ? [] : [{ id, from: from.username, reaction }],
      );
      return reactions.length === 0 ? view : { ...view, reactions };
    });
  }

  /** Messages that those of a page quote, and that are not in it. */
  async #quoted(messages: readonly StoredMessage[], reader: Reader): Promise<ChatMessage[]> {
    const here = new Set(messages.map(({ record }) => record.id));
    const about = messages.flatMap(({ record: { about } }) => about === undefined ? [] : [about]);
    const missing = about.filter((id) => !here.has(id));
    if (missing.length === 0) return [];
    const found = await this.#needs.store.messages(missing);
    return [...found.values()].filter((one) => isVisible(one, reader)).map(({ record }) =>
      viewFor(record, reader)
    );
  }

  /** Visible messages before a place, newest first; without reactions unless they are asked for. */
  async #page(talk: Talk, before: string | null, limit: number, reader: Reader, reactions = false) {
    const messages: StoredMessage[] = [];
    let from = before;
    for (let looked = 0; looked < limits.historyRead;) {
      const some = await this.#needs.store.before(talk.id, from, limit + 1 - messages.length);
      messages.push(
        ...some.filter((one) => (reactions || one.record.reaction === undefined) && isVisible(one, reader)),
      );
      looked += some.length;
      if (messages.length > limit) return { messages: messages.slice(0, limit), more: true };
      if (some.length === 0) break;
      from = some.at(-1)!.place;
    }
    return { messages, more: false };
  }

  async #unread(talk: Talk, reader: Reader): Promise<number> {
    const { store } = this.#needs;
    const { read } = (await store.readMarks(talk.me.id, talk.id)).marks;
    const after = await store.after(talk.id, read?.place ?? null, limits.pageMax);
    const unread = after.filter((one) =>
      one.record.recipientId === talk.me.id && one.record.retractedAt === null &&
      one.record.reaction === undefined && isVisible(one, reader)
    );
    return Math.min(unread.length, limits.chatUnread);
  }

  /** CH-3: what the other side was last told to have read, if the reader shows the same and nothing hides it now. */
  async #theirMark({ id, me, other }: Talk): Promise<string | null> {
    const { consent, store } = this.#needs;
    const [{ preferences }, { hidesText }] = await Promise.all([
      consent.rulesOf(me.id),
      consent.textRules(me.id),
    ]);
    const { told } = (await store.readMarks(other.id, id)).marks;
    if (preferences.shareRead !== true || hidesText(other.username)) return null;
    return told?.messageId ?? null;
  }

  async #notifyOf({ id, me, thread }: Talk): Promise<Pick<ChatPage, "notify">> {
    const [own] = await this.#needs.store.notify(me.id, [id]);
    if (own === null || own === undefined) return thread === null ? { notify: "all" } : {};
    return { notify: own };
  }

  /** CO-11: a name that its person chose shows only to contacts and on threads, and not while it is hidden. */
  async #personOf({ me, other: { id, username, displayName }, thread }: Talk) {
    const { people, consent } = this.#needs;
    const { hidesText } = await consent.textRules(me.id);
    const relation = (await people.relationsOf(me.id, [id])).get(id);
    const shows = (relation?.contact === true || thread !== null) && !hidesText(username);
    return { username, displayName: shows ? displayName : username };
  }
}
