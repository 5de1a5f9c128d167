import type { NoticeDay, NoticeRecord, NoticesStore } from "../../notices/ports.ts";
import type { Clock, OwedNotice } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { getEntries } from "./get_many.ts";
import { KeptReads } from "./kept_reads.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import type { Store } from "./store.ts";

const dayMs = 24 * 3600_000;
const keptMs = limits.noticesKeptDays * dayMs;
/** A hundred notices with the longest names and titles. */
const dayBytes = 48 * 1024;
/** People whose newest notice is kept in memory. */
const peopleKept = 20_000;

/** The write of an owed notice, for the commit that owes it. */
export function owedSet({ dueMs, job }: OwedNotice<unknown>): { key: KvKey; value: unknown } {
  return { key: keys.job(dueMs, `${job.kind}:${job.id}`), value: job };
}

/** Notices in Deno KV: one record for each person and day. */
export function kvNoticesStore(store: Store, clock: Clock): NoticesStore {
  const { kv, committer } = store;
  const newest = new KeptReads<string>(store, keys.noticesOf("")[0]!, peopleKept);
  /** The first day that is kept; the store's own expiry comes later. */
  const first = () => Math.floor(clock.now() / dayMs) - limits.noticesKeptDays + 1;
  async function daysOf(userId: string): Promise<NoticeDay[]> {
    const days: NoticeDay[] = [];
    const range = { start: keys.notices(userId, first()), prefix: keys.noticesOf(userId) };
    for await (const { key, value, versionstamp } of kv.list<NoticeRecord[]>(range)) {
      days.push({ day: Number(key[2]), notices: value, version: versionstamp });
    }
    return days;
  }

  return {
    days: daysOf,

    async newest(userId) {
      return await newest.get(userId, async () => {
        const ids = (await daysOf(userId)).flatMap(({ notices }) => notices.map(({ id }) => id));
        // Of all days: a clock that is set back goes on in an earlier one.
        return ids.reduce((most, id) => id > most ? id : most, "");
      });
    },

    async day(userId, day) {
      const { value, versionstamp } = await kv.get<NoticeRecord[]>(keys.notices(userId, day));
      return { day, notices: value ?? [], version: versionstamp };
    },

    async stillOwed(owed) {
      if (owed.length === 0) return [];
      const jobs = await getEntries<unknown>(kv, owed.map((one) => owedSet(one).key));
      return owed.flatMap((one, at) => {
        const version = jobs[at]?.versionstamp ?? null;
        return version === null ? [] : [{ owed: one, version }];
      });
    },

    async write(userId, days, { named = [], given = [] } = {}) {
      const { ok } = await committer.commit({
        checks: [
          ...days.map(({ day, version }) => ({ key: keys.notices(userId, day), versionstamp: version })),
          ...given.map(({ owed, version }) => ({ key: owedSet(owed).key, versionstamp: version })),
        ],
        deletes: given.map(({ owed }) => owedSet(owed).key),
        sets: [
          ...days.map(({ day, notices }) => ({
            key: keys.notices(userId, day),
            value: notices,
            expireIn: Math.max(1, (day + limits.noticesKeptDays) * dayMs - clock.now()),
          })),
          ...named.map((namedId) => ({ key: keys.noticeBy(namedId, userId), value: 1, expireIn: keptMs })),
        ],
        valueBytes: days.length * dayBytes,
      });
      return ok;
    },

    async naming(namedId, most) {
      const found: string[] = [];
      const list = kv.list({ prefix: keys.noticesBy(namedId) }, { limit: most });
      for await (const { key } of list) found.push(String(key[2]));
      return found;
    },

    async unname(namedIds, userId) {
      if (namedIds.length === 0) return;
      await committer.commit({ deletes: namedIds.map((namedId) => keys.noticeBy(namedId, userId)) });
    },
  };
}
