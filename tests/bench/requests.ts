import { scrypt } from "node:crypto";
import { owaspCost } from "../../lib/accounts/passwords.ts";
import { Child } from "./child.ts";
import { median } from "./numbers.ts";
import { type Bench, besides, count, ms, type PartRows } from "./part.ts";
import type { Called, RequestsServerReady } from "./requests_server.ts";
import type { Row } from "./table.ts";

/** What single requests cost with few and with many accounts and commands of one person. */
const few = 1_000;
const many = 100_000;
const manyQuick = 20_000;
const visits = 20;

const calls = [
  "inbox.list",
  "inbox.list, no match",
  "inbox.list by words",
  "inbox.list by words that nothing has",
  "command.list of one sent",
  "command.list of all sent",
  "admin stats",
  "admin users by name",
] as const;
const pages = ["/", "/history", "/sent", "/preferences", "/login"] as const;

type Name = typeof calls[number] | typeof pages[number] | "login";

interface Measured {
  costs: Map<Name, Called>;
  rssBytes: number;
}

/** Logins, pages and lists, and how they grow. */
export async function requestRows({ dir, quick }: Bench): Promise<PartRows> {
  const records = quick ? manyQuick : many;
  const small = await measure(dir, few);
  const large = await measure(dir, records);
  const beside = `at ${count(few)}`;
  const rows = [...large.costs].flatMap(([name, { ms: time, cpuMs }]): Row[] => {
    const before = small.costs.get(name)!;
    const what = `${name}, with ${count(records)} accounts and commands`;
    return [
      besides(what, time, { is: before.ms, name: beside }, ms),
      besides(`${what}, CPU of the server`, cpuMs, { is: before.cpuMs, name: beside }, ms, { most: 1.5 }),
    ];
  });
  const login = large.costs.get("login")!;
  rows.push(
    besides("a login", login.ms, { is: await derivationMs(), name: "its key derivation alone" }, ms, {
      most: 1.5,
    }),
  );
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const memory = `memory of the server with ${count(records)} accounts and commands`;
  rows.push(besides(memory, large.rssBytes, { is: small.rssBytes, name: beside }, mib));
  return { rows, notes: [] };
}

async function measure(dir: string, records: number): Promise<Measured> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "requests-" });
  const args = [dataDir, String(records)];
  const { child, ready } = await Child.start<RequestsServerReady>("requests_server.ts", args);
  await using server = child;
  const costs = new Map<Name, Called>();
  for (const name of calls) costs.set(name, await server.ask<Called>(name));
  for (const path of pages) costs.set(path, await visited(server, () => page(ready, path)));
  costs.set("login", await visited(server, () => login(ready)));
  const { rssBytes } = await server.usage();
  return { costs, rssBytes };
}

async function visited(server: Child, visit: () => Promise<void>): Promise<Called> {
  for (let at = 0; at < 3; at++) await visit();
  const times: number[] = [];
  const before = await server.ask<number>("cpu");
  for (let at = 0; at < visits; at++) {
    const begunAt = performance.now();
    await visit();
    times.push(performance.now() - begunAt);
  }
  return { ms: median(times), cpuMs: (await server.ask<number>("cpu") - before) / visits };
}

async function page({ origin, reader, sender }: RequestsServerReady, path: string): Promise<void> {
  const token = path === "/sent" ? sender : reader;
  const headers: Record<string, string> = path === "/login" ? {} : { cookie: `behest_session=${token}` };
  const response = await fetch(origin + path, { headers, redirect: "manual" });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${path} answers ${response.status}.`);
}

async function login({ origin, login }: RequestsServerReady): Promise<void> {
  const response = await fetch(`${origin}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(login),
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`A login answers ${response.status}.`);
}

/** The same derivation without a server. */
async function derivationMs(): Promise<number> {
  const { log2N, blockSize, parallel } = owaspCost;
  const options = { N: 2 ** log2N, r: blockSize, p: parallel, maxmem: 2 ** 28 };
  const times: number[] = [];
  for (let at = 0; at < visits; at++) {
    const begunAt = performance.now();
    await new Promise<void>((resolve, reject) =>
      scrypt(
        "a password of the bench",
        "0123456789abcdef",
        32,
        options,
        (error) => error ? reject(error) : resolve(),
      )
    );
    times.push(performance.now() - begunAt);
  }
  return median(times);
}
