import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { firstIdAt } from "../../lib/platform/mod.ts";

/** Accounts in one commit, below the store's 80 KiB of keys. */
const accountsAtOnce = 500;
/** So many accounts share one set of preferences of their own. */
const withPreferences = 10;

/** Records with no more in them than a broadcast looks at; they joined long ago. */
export async function addAccounts(kv: KvPort, count: number): Promise<void> {
  const prefix = firstIdAt(Date.UTC(2025, 0, 1)).slice(0, 16);
  for (let at = 0; at < count; at += accountsAtOnce) {
    const atomic = kv.atomic();
    for (let one = at; one < Math.min(count, at + accountsAtOnce); one++) {
      const userId = prefix + String(one).padStart(10, "0");
      atomic.set(keys.user(userId), { id: userId });
      if (one % withPreferences === 0) atomic.set(keys.preferences(userId), choices(one));
    }
    await atomic.commit();
  }
}

function choices(one: number): unknown {
  return {
    categories: { general: one % 30 === 0 ? "ask" : "allow", feet: one % 20 === 0 ? "allow" : "block" },
    acceptFrom: "contacts",
    broadcasts: one % 70 !== 0,
    blockedUsers: one % 110 === 0 ? ["somebody"] : [],
    quietHours: null,
    dailyLimit: null,
    shareLimits: false,
  };
}
