import type { ChatStore, ReadMarks, TalkRecord } from "../../chat/ports.ts";
import { type ChatNotify, limits } from "../../protocol/mod.ts";
import type { Check } from "./committer.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";
import type { TalkMemory } from "./talk_memory.ts";

/** Marks in one commit: each may cost one of its checks. */
const shownAtOnce = 50;
/** Bytes of a mark. */
const markBytes = 64;

interface Shown {
  userId: string;
  talkId: string;
  place: string;
}

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
export function kvChatMarks(
  { kv, committer, exclusive }: Store,
  memory: TalkMemory,
  keptMs: number,
): Marks {
  const shownPlaces = new Remembered<string | null>(exclusive ? limits.relationsCached : 0);

  async function shown(userId: string, talkId: string): Promise<string | null> {
    const name = nameOf({ userId, talkId });
    const known = shownPlaces.get(name);
    if (known !== undefined) return known;
    const { moment } = shownPlaces;
    const { value } = await kv.get<string>(keys.chatShown(userId, talkId));
    shownPlaces.keep(name, value, moment);
    return value;
  }

  return {
    shown,

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
  async function writeShown(some: readonly Shown[]): Promise<boolean> {
    const moment = exclusive ? committer.moment : undefined;
    const looks = await Promise.all(some.map(async ({ userId, talkId, place }) => {
      const known = memory.talk(userId, talkId);
      const [talk, before] = await Promise.all([
        known ?? kv.get<TalkValue>(keys.chatOf(userId, talkId)),
        shown(userId, talkId),
      ]);
      if (("value" in talk && talk.value === null) || (before ?? "") >= place) return [];
      const check: Check = "value" in talk
        ? { key: talk.key, versionstamp: talk.versionstamp, moment }
        : talk;
      const set = { key: keys.chatShown(userId, talkId), value: place, expireIn: 2 * keptMs };
      return [{ name: nameOf({ userId, talkId }), check, set }];
    }));
    const later = looks.flat();
    if (later.length === 0) return true;
    let ok = false;
    try {
      ({ ok } = await committer.commit({
        checks: later.map(({ check }) => check),
        sets: later.map(({ set }) => set),
        valueBytes: later.length * markBytes,
      }));
    } finally {
      for (const one of some) {
        shownPlaces.forget(nameOf(one));
        if (!ok) memory.forgetTalk(one.userId, one.talkId);
      }
    }
    if (ok) { for (const one of later) shownPlaces.keep(one.name, one.set.value, shownPlaces.moment); }
    return ok;
  }
}

function nameOf({ userId, talkId }: Pick<Shown, "userId" | "talkId">): string {
  return `${userId} ${talkId}`;
}
