import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import { Child } from "./child.ts";
import { body, Lean, openingAtOnce, peerPayload, type Spent } from "./lean.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { natsStream } from "./nats_stream.ts";
import { NoPeer, openNats } from "./peers.ts";

export const people = 200;
const warmUpMs = 1_500;
const measuredMs = 4_000;

/** How a round of sends is made. */
export interface SendPlan {
  senders: number;
  /** Unanswered sends that each sender keeps under way. */
  inFlight: number;
  /** Whether the recipients are connected and acknowledge. */
  online: boolean;
  /** In place of a file. */
  postgres?: PostgresPlace;
}

/** What one round of sends came to. */
export interface SendRate {
  perSecond: number;
  /** CPU time for one send, in microseconds, of the server's process and of the load generator. */
  serverUs: number;
  clientUs: number;
  /** Share of one core that each process took. */
  serverCores: number;
  clientCores: number;
}

/** For a profile: what happens at both ends of the load. */
export interface Watch {
  begun?(server: Child): Promise<void>;
  ended?(server: Child, sends: number): Promise<void>;
}

/** Runs sends against a fresh server on a file in `dir` and gives its rate over a few seconds after a warm-up. */
export async function measureSends(dir: string, plan: SendPlan, watch: Watch = {}): Promise<SendRate> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "sends-" });
  const serverPlan: LeanServerPlan = {
    dataDir,
    senders: plan.senders,
    takers: people,
    postgres: plan.postgres,
  };
  const { child, ready } = await Child.start<LeanServerReady>("lean_server.ts", [JSON.stringify(serverPlan)]);
  await using server = child;
  await using lean = await Lean.start();
  const common = { do: "open", kind: "behest", addr: ready.addr, atOnce: openingAtOnce } as const;
  if (plan.online) {
    await lean.ask({ ...common, set: "takers", names: ready.takers.map(({ token }) => token), acks: true });
  }
  await lean.ask({ ...common, set: "senders", names: ready.senders.map(({ token }) => token) });
  await watch.begun?.(server);
  const sent = await lean.ask<Spent & { count: number }>({
    do: "sends",
    set: "senders",
    topics: ready.takers.map(({ username }) => username),
    payload: body,
    inFlight: plan.inFlight,
    warmMs: warmUpMs,
    forMs: measuredMs,
    pid: server.pid,
  });
  await watch.ended?.(server, sent.count);
  return rateOf(sent);
}

/** The same to JetStream on a file that it syncs after every message. */
export async function measureNatsSends(
  dir: string,
  plan: Pick<SendPlan, "senders" | "inFlight">,
): Promise<SendRate | NoPeer> {
  const peer = await openNats(dir, { synced: true });
  if (peer instanceof NoPeer) return peer;
  await using nats = peer;
  await using lean = await Lean.start();
  await natsStream(lean, nats.addr);
  const names = Array.from({ length: plan.senders }, (_, at) => `sender-${at}`);
  await lean.ask({ do: "open", set: "senders", kind: "nats", addr: nats.addr, names, atOnce: openingAtOnce });
  const sent = await lean.ask<Spent & { count: number }>({
    do: "sends",
    set: "senders",
    topics: Array.from({ length: people }, (_, at) => `to.taker-${at}`),
    payload: peerPayload,
    inFlight: plan.inFlight,
    warmMs: warmUpMs,
    forMs: measuredMs,
    pid: nats.pid,
  });
  return rateOf(sent);
}

function rateOf({ count, ms, cpuMs, clientMs }: Spent & { count: number }): SendRate {
  return {
    perSecond: count / ms * 1000,
    serverUs: cpuMs / count * 1000,
    clientUs: clientMs / count * 1000,
    serverCores: cpuMs / ms,
    clientCores: clientMs / ms,
  };
}
