import type { ChatStore, ReadMarks, TalkRecord } from "../../chat/ports.ts";
import { type ChatNotify, limits } from "../../protocol/mod.ts";
import { getEntries, getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Marks in one commit: each may cost one of its checks. */
const shownAtOnce = 50;
/** Bytes of a mark. */
const markBytes = 64;

/** A talk in a person's list of talks. */
export type TalkValue = Omit<TalkRecord, "talkId" | "version">;

type Marks = Pick<
  ChatStore,
  | "shown"
  | "saveShown"
  | "readMarks"
  | "readPlaces"
  | "setReadMarks"
  | "notify"
  | "setNotify"
  | "allNotify"
>;

/** What each person keeps of a talk for themselves: how far they got and read it, and what makes a noise. */
export function kvChatMarks({ kv, committer, exclusive }: Store, keptMs: number): Marks {
  return {
    async shown(userId, talkId) {
      return (await kv.get<string>(keys.chatShown(userId, talkId))).value;
    },

    async saveShown(shown) {
      for (let at = 0; at < shown.length; at += shownAtOnce) {
        const some = shown.slice(at, at + shownAtOnce);
        for (let tries = 0; !await writeShown(some); tries++) {
          if (tries >= limits.writeTries) {
            throw new Error("Marks could not be written: too many writers at once.");
          }
        }
      }
    },

    async readMarks(userId, talkId) {
      const { value, versionstamp } = await kv.get<ReadMarks>(keys.chatRead(userId, talkId));
      return { marks: value ?? { read: null, told: null }, version: versionstamp };
    },

    async readPlaces(userId, talkIds) {
      const marks = await getValues<ReadMarks>(kv, talkIds.map((talkId) => keys.chatRead(userId, talkId)));
      return marks.map((one) => one?.read?.place ?? null);
    },

    notify: (userId, talkIds) =>
      getValues<ChatNotify>(kv, talkIds.map((talkId) => keys.chatNotify(userId, talkId))),

    async setNotify(userId, talkId, notify) {
      const key = keys.chatNotify(userId, talkId);
      await committer.commit(notify === null ? { deletes: [key] } : { sets: [{ key, value: notify }] });
    },

    async allNotify(userId) {
      const found = new Map<string, ChatNotify>();
      for await (const { key, value } of kv.list<ChatNotify>({ prefix: keys.chatNotifyOf(userId) })) {
        found.set(String(key[2]), value);
      }
      return found;
    },

    async setReadMarks(userId, talkId, marks, version) {
      const key = keys.chatRead(userId, talkId);
      const committed = await committer.commit({
        checks: [{ key, versionstamp: version }],
        sets: [{ key, value: marks, expireIn: 2 * keptMs }],
      });
      return committed.ok;
    },
  };

  /** False when a talk changed meanwhile. A mark of a talk that is gone would outlive it. */
  async function writeShown(
    some: readonly { userId: string; talkId: string; place: string }[],
  ): Promise<boolean> {
    const moment = exclusive ? committer.moment : undefined;
    const [talks, before] = await Promise.all([
      getEntries<TalkValue>(kv, some.map(({ userId, talkId }) => keys.chatOf(userId, talkId))),
      getValues<string>(kv, some.map(({ userId, talkId }) => keys.chatShown(userId, talkId))),
    ]);
    const later = some.flatMap(({ userId, talkId, place }, at) => {
      const talk = talks[at]!;
      if (talk.value === null || (before[at] ?? "") >= place) return [];
      return [{ talk, set: { key: keys.chatShown(userId, talkId), value: place, expireIn: 2 * keptMs } }];
    });
    if (later.length === 0) return true;
    const { ok } = await committer.commit({
      checks: later.map(({ talk: { key, versionstamp } }) => ({ key, versionstamp, moment })),
      sets: later.map(({ set }) => set),
      valueBytes: later.length * markBytes,
    });
    return ok;
  }
}
