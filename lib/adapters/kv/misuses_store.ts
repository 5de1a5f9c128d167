import type { MisuseRecord, MisuseStore } from "../../accounts/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { sessionKeys } from "./accounts_store.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Notes of misused sessions (AU-13) in Deno KV. */
export function kvMisuses({ kv, committer }: Store, clock: Clock): MisuseStore {
  return {
    async end(userId, misuse) {
      const expireIn = Math.max(1, misuse.expiresAt - clock.now());
      await committer.commit({
        sets: [{ key: keys.sessionMisuse(userId, misuse.id), value: misuse, expireIn }],
        deletes: sessionKeys(userId, [misuse.id]),
      });
    },

    async of(userId) {
      const found: MisuseRecord[] = [];
      const latest = { reverse: true, limit: limits.misusesKept };
      for await (
        const { value } of kv.list<MisuseRecord>({ prefix: keys.sessionMisusesOf(userId) }, latest)
      ) {
        // The store expires records up to a minute late.
        if (clock.now() < value.expiresAt) found.push(value);
      }
      return found;
    },

    async forget(userId, sessionId) {
      const entry = await kv.get(keys.sessionMisuse(userId, sessionId));
      if (entry.value === null) return false;
      const { ok } = await committer.commit({ checks: [entry], deletes: [entry.key] });
      return ok;
    },
  };
}
