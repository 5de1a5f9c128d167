import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { addAccounts } from "./accounts.ts";
import { median } from "./numbers.ts";
import { expectValue, makePeople, openBenchServices } from "./server_parts.ts";

const warmUps = 20;
const sends = 100;
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

/** What a broadcast writes, without walking through the accounts. */
async function keysOf(kv: KvPort): Promise<number> {
  let count = 0;
  for (
    const kind of ["broadcast", "cast", "command", "state", "inbox", "outbox", "send_key", "job", "total"]
  ) {
    for await (const _ of kv.list({ prefix: [kind] }, { batchSize: 500 })) count++;
  }
  return count;
}
