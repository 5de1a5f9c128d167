import { Committer } from "../../lib/adapters/kv/committer.ts";
import type { KvAtomic, KvCheck, KvKey, KvPort } from "../../lib/adapters/kv/port.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { type BenchPerson, expectValue, makePeople, openBenchServices } from "./server_parts.ts";

/** Mutations in one `atomic()` of the group-committed loop: what the committer aims at too. */
const groupMutations = 500;
const capturedPeople = 200;
const capturedSends = 10_000;
const measuredMs = 3_000;

/** What one send asks of the store, as the server itself writes it. */
export interface SendWrite {
  checks: KvCheck[];
  mutations: Deno.KvMutation[];
}

/** Commits a second, each carrying one send: alone, and grouped. */
export interface RawRate {
  alone: number;
  grouped: number;
}

/**
 * The writes of real sends, from services over a store that notes what is committed: so the loops below do exactly what a
 * send does, whatever that comes to be.
 */
export async function captureSends(dir: string): Promise<SendWrite[]> {
  const writes: SendWrite[] = [];
  let capturing = false;
  using kv = await Deno.openKv(":memory:");
  const noted = notingKv(kv, (write) => capturing && writes.push(write));
  const store: Store = {
    kv: noted,
    committer: new Committer(noted),
    exclusive: true,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const dataDir = await Deno.makeTempDir({ dir, prefix: "capture-" });
  await using open = await openBenchServices(dataDir, { store });
  const senders = await makePeople(open, "sender", capturedPeople);
  const takers = await makePeople(open, "taker", capturedPeople);
  capturing = true;
  for (let at = 0; at < capturedSends; at++) {
    const pair = at % capturedPeople;
    await sendOne(open.services, senders[pair]!, takers[pair]!, at);
  }
  return writes;
}

async function sendOne(
  { commands }: Awaited<ReturnType<typeof openBenchServices>>["services"],
  from: BenchPerson,
  to: BenchPerson,
  at: number,
): Promise<void> {
  const sent = await commands.send(from.caller, {
    key: `k${at}`,
    audience: { kind: "user", to: [to.username] },
    kind: "message",
    title: "A short title",
    body: "a line of a message ".repeat(5),
  });
  expectValue(sent);
}

/** The store with an `atomic()` that also notes what it is given, write by write. */
function notingKv(kv: KvPort, note: (write: SendWrite) => void): KvPort {
  return new Proxy(kv, {
    get(target, name) {
      if (name !== "atomic") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return () => noting(target.atomic(), note);
    },
  });
}

function noting(atomic: KvAtomic, note: (write: SendWrite) => void): KvAtomic {
  const write: SendWrite = { checks: [], mutations: [] };
  const proxy: KvAtomic = new Proxy(atomic, {
    get(target, name) {
      switch (name) {
        case "check":
          return (...checks: KvCheck[]) => {
            write.checks.push(...checks);
            target.check(...checks);
            return proxy;
          };
        case "set":
          return (key: KvKey, value: unknown, options?: { expireIn?: number }) => {
            write.mutations.push({ type: "set", key, value, ...options });
            target.set(key, value, options);
            return proxy;
          };
        case "sum":
          return (key: KvKey, by: bigint) => {
            write.mutations.push({ type: "sum", key, value: new Deno.KvU64(by) });
            target.sum(key, by);
            return proxy;
          };
        case "delete":
          return (key: KvKey) => {
            write.mutations.push({ type: "delete", key });
            target.delete(key);
            return proxy;
          };
        case "commit":
          return () => {
            note(write);
            return target.commit();
          };
        default:
          throw new Error(`The bench does not know atomic().${String(name)}.`);
      }
    },
  });
  return proxy;
}

/** Commits the writes in loops on fresh files in `dir`, one after the other and grouped. */
export async function measureRaw(dir: string, writes: readonly SendWrite[]): Promise<RawRate> {
  const each = writes.map((write) => [write]);
  const groups: SendWrite[][] = [];
  let size = Infinity;
  for (const write of writes) {
    size += write.mutations.length;
    if (size > groupMutations) {
      groups.push([]);
      size = write.mutations.length;
    }
    groups.at(-1)!.push(write);
  }
  return { alone: await commitAll(dir, each), grouped: await commitAll(dir, groups) };
}

/** Sends a second. */
async function commitAll(dir: string, groups: readonly SendWrite[][]): Promise<number> {
  let sends = 0;
  let ms = 0;
  while (ms < measuredMs) {
    const path = `${await Deno.makeTempDir({ dir, prefix: "raw-" })}/kv.sqlite3`;
    using kv = await Deno.openKv(path);
    const startedAt = performance.now();
    for (const group of groups) {
      const atomic = kv.atomic();
      for (const write of group) atomic.check(...write.checks).mutate(...write.mutations);
      const { ok } = await atomic.commit();
      if (!ok) throw new Error("A commit of the raw loop was refused.");
      sends += group.length;
      if (ms + performance.now() - startedAt >= measuredMs) break;
    }
    ms += performance.now() - startedAt;
  }
  return sends / ms * 1000;
}
