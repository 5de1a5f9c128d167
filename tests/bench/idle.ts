import { Child, type Usage } from "./child.ts";
import type { FanServerReady } from "./raw_server.ts";
import type { ServerReady } from "./server.ts";
import { closeSockets, openSockets } from "./sockets.ts";

/** Sockets that are opened and closed first, so that what a process takes once is not counted as theirs. */
const warmUps = 200;
/** Time in which what an opening left behind is given back. */
const settleMs = 2_000;

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
