import type { CategoryRecord, CategoryStore } from "../../consent/ports.ts";
import { limits, Refusal } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** What administrators change of the list of categories, in Deno KV. */
export function kvCategoryStore({ kv }: Store, audit: KvAudit): CategoryStore {
  return {
    async add(record, auditEntry) {
      const key = keys.category(record.slug);
      const { ok } = await audit.commit(
        { checks: [{ key, versionstamp: null }], sets: [{ key, value: record }] },
        auditEntry,
      );
      return ok;
    },

    async change(slug, change) {
      const key = keys.category(slug);
      for (let tries = 0; tries < limits.writeTries; tries++) {
        const entry = await kv.get<CategoryRecord>(key);
        if (entry.value === null) return null;
        const changed = change(entry.value);
        if (changed === null) return entry.value;
        const { ok } = await audit.commit(
          { checks: [entry], sets: [{ key, value: changed.record }] },
          changed.auditEntry,
        );
        if (ok) return changed.record;
      }
      return new Refusal("conflict", "category.changed");
    },
  };
}
