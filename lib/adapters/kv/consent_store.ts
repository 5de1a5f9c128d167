import type { RuleChange, StoredGrants } from "../../consent/mod.ts";
import type { CategoryRecord, ConsentStore, GrantStore, StoredPreferences } from "../../consent/ports.ts";
import { limits, Refusal } from "../../protocol/mod.ts";
import type { Committer } from "./committer.ts";
import { DeliveryBooks } from "./delivery_numbers.ts";
import { keys } from "./keys.ts";
import type { KvKey, KvPort } from "./port.ts";
import type { Store } from "./store.ts";

/** Upper bound for preferences or grants with the entry of a change. */
const recordBytes = 128 * 1024;
/** For reads of everyone: few round trips. */
const listing = { batchSize: 500 };

/** Preferences, grants, stops and categories in Deno KV. */
export function kvConsentStore(store: Store): ConsentStore & GrantStore {
  const { kv, committer } = store;
  const books = new DeliveryBooks(store);
  return {
    async rules(userId) {
      // Not `getMany`: these are gathered with the reads of others who connect in the same turn.
      const [preferences, grants, stop] = await Promise.all([
        kv.get<StoredPreferences>(keys.preferences(userId)),
        kv.get<StoredGrants>(keys.grants(userId)),
        kv.get<{ sinceMs: number }>(keys.stop(userId)),
      ]);
      return {
        preferences: preferences.value,
        grants: grants.value,
        stop: stop.value === null ? null : { sinceMs: stop.value.sinceMs },
      };
    },

    deliveryNumbers: (userId, day, timeZone) => books.numbers(userId, day, timeZone),

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

    changePreferences: (userId, change) =>
      changedRecord<StoredPreferences>(
        { kv, committer },
        { userId, key: keys.preferences(userId) },
        (current) => {
          const changed = change(current);
          return changed instanceof Refusal
            ? changed
            : { value: changed.preferences, change: changed.change };
        },
      ),

    changeGrants: (userId, change) =>
      changedRecord<StoredGrants>(
        { kv, committer },
        { userId, key: keys.grants(userId) },
        (current) => {
          const changed = change(current);
          return changed instanceof Refusal ? changed : { value: changed.grants, change: changed.change };
        },
      ),

    async ruleChanges(userId, now) {
      const prefix = keys.ruleChangesOf(userId);
      const changes: RuleChange[] = [];
      const start = [...prefix, now - limits.ruleChangesMs];
      for await (const { value } of kv.list<RuleChange>({ prefix, start }, { reverse: true })) {
        changes.push(value);
      }
      return changes;
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

/** Reads, changes and writes one record, together with the entry for the person's history of rules. */
async function changedRecord<V>(
  { kv, committer }: { kv: KvPort; committer: Pick<Committer, "commit"> },
  { userId, key }: { userId: string; key: KvKey },
  change: (current: V | null) => { value: V; change: RuleChange } | Refusal,
): Promise<V | Refusal> {
  while (true) {
    const entry = await kv.get<V>(key);
    const changed = change(entry.value);
    if (changed instanceof Refusal) return changed;
    const { value, change: { atMs, differences } } = changed;
    const sets: { key: KvKey; value: unknown; expireIn?: number }[] = [{ key, value }];
    if (differences.length > 0) {
      const changeKey = keys.ruleChange(userId, atMs, `${String(key[0])} ${entry.versionstamp ?? ""}`);
      sets.push({ key: changeKey, value: changed.change, expireIn: limits.ruleChangesMs });
    }
    const { ok } = await committer.commit({ checks: [entry], sets, valueBytes: recordBytes });
    if (ok) return value;
  }
}
