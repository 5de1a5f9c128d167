import type {
  ChatStore,
  MessageRecord,
  SentDays,
  SentMessageKey,
  StoredMessage,
  TalkRecord,
} from "../../chat/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { kvChatMarks, type TalkValue } from "./chat_marks.ts";
import { addUses } from "./command_writes.ts";
import type { Write } from "./committer.ts";
import { getEntries } from "./get_many.ts";
import { keys } from "./keys.ts";
import { NothingAfter } from "./nothing_after.ts";
import type { KvKey, KvSelector } from "./port.ts";
import type { Store } from "./store.ts";
import { TalkMemory } from "./talk_memory.ts";

const dayMs = 24 * 3600_000;
/** Records of a talk that end in one commit. */
const atOnce = 100;
/** Bytes of a message beside its text. */
const fixedBytes = 3000;

/** Talks and messages in Deno KV. `retentionDays`: CH-2. */
export function kvChatStore(store: Store, retentionDays: number): ChatStore {
  const { kv, committer, exclusive } = store;
  const keptMs = retentionDays * dayMs;
  const noEntries = new NothingAfter(exclusive ? limits.relationsCached : 0);
  const memory = new TalkMemory(committer, exclusive);

  /** Also after a failure: it may have been written. */
  function written(...userIds: readonly string[]): void {
    for (const userId of userIds) noEntries.written(userId);
  }

  /** The places of the log entries, with their messages. Entries whose message is gone are left out. */
  async function messagesAt(talkId: string, selector: { start?: string; end?: string }, options: {
    limit: number;
    reverse?: boolean;
  }): Promise<StoredMessage[]> {
    const prefix = keys.chat(talkId);
    const { start, end } = selector;
    const range: KvSelector = start !== undefined
      ? { prefix, start: [...prefix, start] }
      : end !== undefined
      ? { prefix, end: [...prefix, end] }
      : { prefix };
    const places: { place: string; id: string }[] = [];
    for await (const { key, value } of kv.list<string>(range, options)) {
      places.push({ place: String(key[2]), id: value });
    }
    const found = await messages(places.map(({ id }) => id));
    return places.flatMap(({ id, place }) => {
      const stored = found.get(id);
      return stored === undefined || stored.place !== place ? [] : [stored];
    });
  }

  async function messages(ids: readonly string[]): Promise<Map<string, StoredMessage>> {
    const entries = await getEntries<MessageRecord>(kv, [...new Set(ids)].map(keys.chatMessage));
    return new Map(entries.flatMap(({ value: record, versionstamp }) => {
      if (record === null) return [];
      return [[record.id, { record, place: record.place ?? versionstamp!, version: versionstamp! }]];
    }));
  }

  return {
    ...kvChatMarks(store, memory, keptMs),

    async send({ record, key, sent, replacesKey, days, carries }) {
      const { id, talkId, senderId, recipientId, thread } = record;
      const sentKey = keys.chatKey(senderId, key);
      const daysKey = keys.chatSent(senderId, talkId);
      const write: Write = {
        checks: [
          { key: sentKey, versionstamp: replacesKey ?? null },
          { key: daysKey, versionstamp: days.version, moment: days.moment },
        ],
        sets: [
          { key: sentKey, value: sent, expireIn: limits.keyKeptMs },
          { key: daysKey, value: days.value, expireIn: keptMs },
          { key: keys.chatMessage(id), value: record, expireIn: keptMs },
          { key: keys.chatOf(senderId, talkId), value: { otherId: recipientId, thread }, expireIn: keptMs },
        ],
        appends: [{ log: keys.chat(talkId), value: id, expireIn: keptMs }],
        apart: [],
        valueBytes: fixedBytes + 2 * record.body.length + 1000 * record.attachments.length,
      };
      if (record.reaction !== undefined && record.about !== undefined) {
        const reaction = keys.chatReaction(talkId, record.about, senderId);
        write.sets!.push({ key: reaction, value: id, expireIn: keptMs });
      }
      tellWrites(write, record, [senderId, recipientId], keptMs);
      addUses(write, carries);
      const kept = { days: days.value, listed: isTold(record) };
      const committed = await memory.sent(record, kept, committer.commit(write))
        .finally(() => written(senderId, recipientId));
      return committed.ok ? committed.versionstamp : null;
    },

    async sentKey(senderId, key) {
      const { value, versionstamp } = await kv.get<SentMessageKey>(keys.chatKey(senderId, key));
      return value === null ? null : { sent: value, version: versionstamp! };
    },

    async sentDays(senderId, talkId) {
      const known = memory.days(senderId, talkId);
      if (known !== undefined) return known;
      const moment = exclusive ? committer.moment : undefined;
      const { value, versionstamp } = await kv.get<SentDays>(keys.chatSent(senderId, talkId));
      return { value: value ?? [], version: versionstamp, moment };
    },

    messages,

    before: (talkId, place, limit) =>
      messagesAt(talkId, place === null ? {} : { end: place }, { limit, reverse: true }),

    // The first key after a place: `start` is inclusive.
    after: (talkId, place, limit) =>
      messagesAt(talkId, place === null ? {} : { start: `${place}\0` }, { limit }),

    async change({ from, to, moves, tell }) {
      const { id, talkId } = to;
      const write: Write = {
        checks: [{ key: keys.chatMessage(id), versionstamp: from.version }],
        sets: [{ key: keys.chatMessage(id), value: to, expireIn: keptMs }],
        deletes: [],
        appends: [],
        apart: [],
        valueBytes: fixedBytes + 2 * to.body.length + 1000 * to.attachments.length,
      };
      if (moves === true) {
        write.deletes!.push([...keys.chat(talkId), from.place]);
        write.appends!.push({ log: keys.chat(talkId), value: id, expireIn: keptMs });
      }
      if (tell.length > 0) tellWrites(write, to, tell, keptMs);
      return (await committer.commit(write).finally(() => {
        written(...tell);
        for (const userId of tell) memory.forgetTalk(userId, talkId);
      })).ok;
    },

    async reactions(talkId, fromId, toId) {
      const prefix = keys.chatReactionsIn(talkId);
      // Everybody's key to the last message follows its id.
      const range = { start: [...prefix, fromId], end: [...prefix, `${toId}\0`] };
      const ids: string[] = [];
      for await (const { value } of kv.list<string>(range)) ids.push(value);
      return ids;
    },

    async logBefore(userId, before, limit) {
      const prefix = keys.chatInbox(userId);
      const selector = before === null ? { prefix } : { prefix, end: [...prefix, before] };
      const entries: { cursor: string; messageId: string }[] = [];
      for await (const { key, value } of kv.list<string>(selector, { limit, reverse: true })) {
        entries.push({ cursor: String(key[2]), messageId: value });
      }
      return entries;
    },

    async logAfter(userId, after, limit) {
      if (noEntries.isKnown(userId, after ?? "")) return [];
      const look = noEntries.look(userId);
      const prefix = keys.chatInbox(userId);
      const selector = after === null ? { prefix } : { prefix, start: [...prefix, `${after}\0`] };
      const entries: { cursor: string; messageId: string }[] = [];
      for await (const { key, value } of kv.list<string>(selector, { limit })) {
        entries.push({ cursor: String(key[2]), messageId: value });
      }
      noEntries.seen(userId, look, after ?? "", entries.length === 0);
      return entries;
    },

    async heldEntries(userId) {
      const entries: { cursor: string; messageId: string }[] = [];
      for await (const { key, value } of kv.list<string>({ prefix: keys.chatHeldOf(userId) })) {
        entries.push({ cursor: value, messageId: String(key[2]) });
      }
      return entries;
    },

    async holdEntries(userId, entries) {
      for (let at = 0; at < entries.length; at += atOnce) {
        const sets = entries.slice(at, at + atOnce).map(({ cursor, messageId }) => ({
          key: keys.chatHeld(userId, messageId),
          value: cursor,
          expireIn: keptMs,
        }));
        await committer.commit({ sets });
      }
    },

    async endHeld(userId, { cursor, messageId }, moves) {
      const log = keys.chatInbox(userId);
      const write: Write = { deletes: [[...log, cursor], keys.chatHeld(userId, messageId)] };
      if (moves) {
        write.appends = [{ log, value: messageId, expireIn: keptMs }];
        write.apart = [keys.inbox(userId)];
      }
      await committer.commit(write).finally(() => noEntries.written(userId));
    },

    async talksOf(userId, limit) {
      const talks: TalkRecord[] = [];
      for await (const { key, value, versionstamp } of kv.list<TalkValue>({ prefix: keys.chatsOf(userId) })) {
        talks.push({ talkId: String(key[2]), ...value, version: versionstamp });
      }
      return talks.sort((a, b) => a.version < b.version ? 1 : -1).slice(0, limit);
    },

    async removeTalk(userId, { talkId, otherId }) {
      for (let more = true; more;) {
        const deletes: KvKey[] = [];
        for await (const { key } of kv.list({ prefix: keys.chatReactionsIn(talkId) }, { limit: atOnce })) {
          deletes.push(key);
        }
        more = deletes.length === atOnce;
        if (deletes.length > 0) await committer.commit({ deletes });
      }
      const prefix = keys.chat(talkId);
      for (let more = true; more;) {
        const deletes: KvKey[] = [];
        let count = 0;
        for await (const { key, value } of kv.list<string>({ prefix }, { limit: atOnce })) {
          deletes.push(key, keys.chatMessage(value));
          count++;
        }
        more = count === atOnce;
        if (!more) {
          for (const one of [userId, otherId]) {
            deletes.push(
              keys.chatOf(one, talkId),
              keys.chatShown(one, talkId),
              keys.chatRead(one, talkId),
              keys.chatSent(one, talkId),
            );
          }
        }
        await committer.commit({ deletes });
      }
    },
  };
}

/**
 * What tells people of a message: an entry in their logs, and their lists of talks. CO-10: what a rule withholds takes a commit like
 * the rest. No commit appends to two logs of one person, whose entries would have one place.
 */
function tellWrites(write: Write, record: MessageRecord, tell: readonly string[], keptMs: number): void {
  const { id, talkId, senderId, recipientId, thread } = record;
  const reaches = isTold(record);
  for (const userId of [senderId, recipientId]) {
    const told = tell.includes(userId) && (userId === senderId || reaches);
    write.apart!.push(keys.inbox(userId));
    if (told) write.appends!.push({ log: keys.chatInbox(userId), value: id, expireIn: keptMs });
    else write.apart!.push(keys.chatInbox(userId));
  }
  if (reaches && tell.includes(recipientId)) {
    write.sets!.push({
      key: keys.chatOf(recipientId, talkId),
      value: { otherId: senderId, thread, theirs: true },
      expireIn: keptMs,
    });
  }
}

/** Whether its recipient is told of a message. */
function isTold({ withheldBy, state }: MessageRecord): boolean {
  return withheldBy === null && state === undefined;
}
