import type { CategoryRecord, ConsentStore, StoredPreferences } from "../../consent/ports.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** For reads of everyone: few round trips. */
const listing = { batchSize: 500 };

/** Preferences, stops and categories in Deno KV. */
export function kvConsentStore({ kv, committer }: Store): ConsentStore {
  return {
    async preferences(userId) {
      return (await kv.get<StoredPreferences>(keys.preferences(userId))).value;
    },

    async *allPreferences() {
      for await (
        const { key, value } of kv.list<StoredPreferences>({ prefix: keys.allPreferences() }, listing)
      ) {
        yield { userId: key[1] as string, preferences: value };
      }
    },

    async *userIdsAfter(userId) {
      const prefix = keys.users();
      const selector = userId === null ? { prefix } : { prefix, start: [...prefix, userId + "\0"] };
      for await (const { key } of kv.list(selector, listing)) yield key[1] as string;
    },

    async changePreferences(userId, change) {
      const key = keys.preferences(userId);
      while (true) {
        const entry = await kv.get<StoredPreferences>(key);
        const changed = change(entry.value);
        const { ok } = await committer.commit({ checks: [entry], sets: [{ key, value: changed }] });
        if (ok) return changed;
      }
    },

    async stop(userId) {
      const { value } = await kv.get<{ sinceMs: number }>(keys.stop(userId));
      return value === null ? null : { sinceMs: value.sinceMs };
    },

    async deliveredOn(userId, day) {
      return (await kv.get<number>(keys.deliveredOn(userId, day))).value ?? 0;
    },

    async categories() {
      const records: CategoryRecord[] = [];
      for await (const { value } of kv.list<CategoryRecord>({ prefix: keys.categories() })) {
        records.push(value);
      }
      return records.sort((a, b) => a.order - b.order || a.slug.localeCompare(b.slug));
    },

    async addCategories(records) {
      for (const record of records) {
        const key = keys.category(record.slug);
        await kv.atomic().check({ key, versionstamp: null }).set(key, record).commit();
      }
    },
  };
}
