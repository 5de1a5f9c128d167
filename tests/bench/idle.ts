import { Child, type Usage } from "./child.ts";
import { Lean, openingAtOnce, type Spent } from "./lean.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { median } from "./numbers.ts";
import { beat, type FanServerReady } from "./raw_server.ts";
import type { ServerReady } from "./server.ts";
import { closeSockets, openSockets } from "./sockets.ts";

/** Sockets that are opened and closed first, so that what a process takes once is not counted as theirs. */
const warmUps = 200;
/** Time in which what an opening left behind is given back. */
const settleMs = 2_000;

/** What 10,000 clients with the usual interval send. */
const beatsPerSecond = 500;

/** Bytes of resident memory for one idle connection. */
export interface Idle {
  sockets: number;
  oursBytes: number;
  rawBytes: number;
}

export async function measureIdle(dir: string, count: number): Promise<Idle> {
  return { sockets: count, rawBytes: await measureRaw(count), oursBytes: await measureOurs(dir, count) };
}

async function measureRaw(count: number): Promise<number> {
  const { child, ready } = await Child.start<FanServerReady>("raw_server.ts", ["text"]);
  await using server = child;
  return await growth(server, count, () => ready.url);
}

/** The real server, each socket of a person of its own. */
async function measureOurs(dir: string, count: number): Promise<number> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "idle-" });
  const { child, ready } = await Child.start<ServerReady>("server.ts", [dataDir, String(count), "0"]);
  await using server = child;
  return await growth(server, count, (at) => `${ready.url}?token=${ready.senders[at]!.token}`);
}

async function growth(server: Child, count: number, urlOf: (at: number) => string): Promise<number> {
  await closeSockets(await openSockets(Math.min(warmUps, count), urlOf));
  const before: Usage = await settled(server);
  const sockets = await openSockets(count, urlOf);
  const after: Usage = await settled(server);
  await closeSockets(sockets);
  return (after.rssBytes - before.rssBytes) / count;
}

/** `usage` collects garbage first. */
async function settled(server: Child): Promise<Usage> {
  await server.usage();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return await server.usage();
}

/** CPU time of the server for the heartbeat of one connection, and for its part of what goes on besides, in µs. */
export interface Beats {
  oursUs: number;
  rawUs: number;
}

/** Heartbeats of `count` connections, 500 a second: as many as 10,000 clients send. By turns with a bare server. */
export async function measureBeats(dir: string, count: number, rounds: number): Promise<Beats> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "beats-" });
  await using lean = await Lean.start();
  const { child: bare, ready: { url } } = await Child.start<FanServerReady>("raw_server.ts", ["text"]);
  await using _bare = bare;
  const plan: LeanServerPlan = { dataDir, senders: 1, takers: count };
  const { child: server, ready } = await Child.start<LeanServerReady>("lean_server.ts", [
    JSON.stringify(plan),
  ]);
  await using _server = server;
  const open = (kind: "raw" | "behest", addr: string, names: readonly string[]) =>
    lean.ask({ do: "open", set: kind, kind, addr, names, atOnce: openingAtOnce });
  await open("raw", new URL(url).host, Array.from({ length: count }, (_, at) => `taker-${at}`));
  await open("behest", ready.addr, ready.takers.map(({ token }) => token));
  const forMs = count * 1000 / beatsPerSecond;
  const round = async (set: "raw" | "behest", pid: number) => {
    const { cpuMs } = await lean.ask<Spent>({ do: "beat", set, pid, payload: beat, forMs });
    return cpuMs * 1000 / count;
  };
  const found: Record<"raw" | "behest", number[]> = { raw: [], behest: [] };
  for (let at = 0; at <= rounds; at++) {
    const [rawUs, oursUs] = [await round("raw", bare.pid), await round("behest", server.pid)];
    // The first is for warming up.
    if (at === 0) continue;
    found.raw.push(rawUs);
    found.behest.push(oursUs);
  }
  for (const set of ["raw", "behest"]) await lean.ask({ do: "close", set });
  return { rawUs: median(found.raw), oursUs: median(found.behest) };
}
