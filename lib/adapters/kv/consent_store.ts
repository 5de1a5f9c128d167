import type { CategoryRecord, ConsentStore } from "../../consent/ports.ts";
import type { Preferences } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Preferences, stops and categories in Deno KV. */
export function kvConsentStore({ kv, committer }: Store): ConsentStore {
  return {
    async preferences(userId) {
      return (await kv.get<Preferences>(keys.preferences(userId))).value;
    },

    async changePreferences(userId, change) {
      const key = keys.preferences(userId);
      while (true) {
        const entry = await kv.get<Preferences>(key);
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
