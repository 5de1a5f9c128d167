import { openStore } from "../../lib/adapters/kv/store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { firstIdAt } from "../../lib/platform/mod.ts";
import { median } from "./numbers.ts";
import { expectValue, makePeople, openBenchServices } from "./server_parts.ts";

const warmUps = 20;
const sends = 100;
/** Accounts in one commit, below the store's 80 KiB of keys. */
const accountsAtOnce = 500;
/** So many accounts share one set of preferences of their own. */
const withPreferences = 10;

export interface WriteCost {
  accounts: number;
  /** Median of a broadcast to everyone, from the call to the durable answer. */
  sendMs: number;
  /** The first one after a start, which reads who is there. */
  firstMs: number;
  /** Keys in the store that one broadcast added. */
  keysWritten: number;
}

/** A broadcast to everyone at a number of accounts, one send after the other. */
export async function measureWriteCost(dir: string, accounts: number): Promise<WriteCost> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "cost-" });
  await using store = await openStore(`${dataDir}/kv.sqlite3`);
  await using open = await openBenchServices(dataDir, { store });
  const [caster] = await makePeople(open, "caster", 1);
  const from = { ...caster!.caller, rights: { broadcast: true } };
  await addAccounts(store.kv, accounts);
  let number = 0;
  const send = async () => {
    const begunAt = performance.now();
    expectValue(
      await open.services.commands.send(from, {
        key: `k${number++}`,
        audience: { kind: "all" },
        kind: "message",
        title: "A short title",
        body: "a line of a message ".repeat(5),
      }),
    );
    return performance.now() - begunAt;
  };
  const firstMs = await send();
  const keysBefore = await keysOf(store.kv);
  for (let at = 0; at < warmUps; at++) await send();
  const keysWritten = (await keysOf(store.kv) - keysBefore) / warmUps;
  const times: number[] = [];
  for (let at = 0; at < sends; at++) times.push(await send());
  return { accounts, sendMs: median(times), firstMs, keysWritten };
}

/** Records with no more in them than a broadcast looks at; they joined long ago. */
async function addAccounts(kv: Deno.Kv, count: number): Promise<void> {
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

/** What a broadcast writes, without walking through the accounts. */
async function keysOf(kv: Deno.Kv): Promise<number> {
  let count = 0;
  for (
    const kind of ["broadcast", "cast", "command", "state", "inbox", "outbox", "send_key", "job", "total"]
  ) {
    for await (const _ of kv.list({ prefix: [kind] }, { batchSize: 500 })) count++;
  }
  return count;
}
