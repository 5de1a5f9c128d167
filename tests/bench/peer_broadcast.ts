import { Child } from "./child.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { body, type Fanned, Lean, openingAtOnce, peerPayload } from "./lean.ts";
import { median } from "./numbers.ts";
import { type Bench, besides, count, ms, type PartRows, withoutPeer } from "./part.ts";
import { NoPeer, openMosquitto } from "./peers.ts";
import type { FanServerReady } from "./raw_server.ts";
import type { Row } from "./table.ts";

const accounts = 10_000;
const online = 2_000;
const acknowledging = 5_000;
const topic = "everyone";

/** One durable broadcast to those of many accounts who are connected: from the call to the last byte. */
export async function broadcastRows(bench: Bench): Promise<PartRows> {
  const takers = Math.min(online, bench.sockets);
  const { ours, raw, peer, peerName } = await measure(bench, { takers, acks: false });
  const what = `a broadcast to ${count(takers)} sockets, ${count(accounts)} accounts`;
  return {
    rows: [
      besides(`${what}, call to last byte`, ours.lastMs, { is: raw.lastMs, name: rawName }, ms, {
        most: 1.2,
      }),
      besideThePeer(`${what}, call to last byte`, ours.lastMs, peer?.lastMs, peerName, 1),
      besides(`${what}, first byte to last`, spread(ours), { is: spread(raw), name: rawName }, ms, {
        most: 1.3,
      }),
      besideThePeer(
        `${what}, first byte to last`,
        spread(ours),
        peer === null ? undefined : spread(peer),
        peerName,
        1,
      ),
      besides(`${what}, CPU of the server`, ours.cpuMs, { is: raw.cpuMs, name: rawName }, ms, { most: 1.3 }),
      besideThePeer(`${what}, CPU of the server`, ours.cpuMs, peer?.cpuMs, peerName),
    ],
    notes: [
      `A broadcast is answered, durable, after ${ms(ours.answerMs)}; the first byte leaves after ${
        ms(ours.firstMs)
      }.`,
    ],
  };
}

/** The same to clients that acknowledge. */
export async function acknowledgedRows(bench: Bench): Promise<PartRows> {
  const takers = Math.min(acknowledging, bench.sockets);
  const { ours, peer, peerName } = await measure(bench, { takers, acks: true });
  const what = `a broadcast to ${count(takers)} acknowledging clients`;
  return {
    rows: [
      besideThePeer(`${what}, until the last has it`, ours.lastMs, peer?.lastMs, peerName, 1),
      besideThePeer(`${what}, until every acknowledgement is taken`, ours.allMs, peer?.allMs, peerName, 1.25),
      besideThePeer(`${what}, CPU of the server`, ours.cpuMs, peer?.cpuMs, peerName),
    ],
    notes: [
      "Our command is synced to disk before it is answered; mosquitto has sessions and messages that it keeps, and writes them " +
      "to disk now and then.",
    ],
  };
}

const rawName = "raw Deno.serve";

interface Measured {
  ours: Fanned;
  raw: Fanned;
  /** Null where there is no peer; its name then says why. */
  peer: Fanned | null;
  peerName: string;
}

async function measure(
  { dir, quick }: Bench,
  { takers, acks }: { takers: number; acks: boolean },
): Promise<Measured> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "broadcast-" });
  const plan: LeanServerPlan = { dataDir, senders: 1, takers, others: Math.max(0, accounts - takers - 1) };
  const { child: server, ready } = await Child.start<LeanServerReady>("lean_server.ts", [
    JSON.stringify(plan),
  ]);
  await using _server = server;
  const { child: bare, ready: bareReady } = await Child.start<FanServerReady>("raw_server.ts", [peerPayload]);
  await using _bare = bare;
  const bareAddr = new URL(bareReady.url).host;
  const mosquitto = await openMosquitto(dir);
  await using _mosquitto = mosquitto instanceof NoPeer ? null : mosquitto;

  await using lean = await Lean.start();
  const atOnce = openingAtOnce;
  const names = Array.from({ length: takers }, (_, at) => `taker-${at}`);
  const tokens = ready.takers.map(({ token }) => token);
  await lean.ask({
    do: "open",
    set: "behest",
    kind: "behest",
    addr: ready.addr,
    names: tokens,
    atOnce,
    window: 256,
  });
  await lean.ask({
    do: "open",
    set: "behest sender",
    kind: "behest",
    addr: ready.addr,
    names: [ready.senders[0]!.token],
    atOnce: 1,
  });
  await lean.ask({ do: "open", set: "raw", kind: "raw", addr: bareAddr, names, atOnce });
  if (!(mosquitto instanceof NoPeer)) {
    const { addr } = mosquitto;
    await lean.ask({ do: "open", set: "mqtt", kind: "mqtt", addr, names, topics: [topic], atOnce });
    await lean.ask({ do: "open", set: "mqtt sender", kind: "mqtt", addr, names: ["sender"], atOnce: 1 });
  }
  const found: Record<"ours" | "raw" | "peer", Fanned[]> = { ours: [], raw: [], peer: [] };
  // All by turns, so that whatever else runs here weighs on each of them.
  const warmUps = 3;
  for (let round = 0; round < warmUps + (quick ? 7 : 15); round++) {
    const one = { do: "fan", rounds: 1, acks } as const;
    const [ours] = await lean.ask<Fanned[]>({
      ...one,
      kind: "behest",
      set: "behest",
      from: "behest sender",
      topics: ["*"],
      payload: body,
      // The sender's own socket gets none of what is measured: it is not of the set.
      reached: takers,
      pid: server.pid,
    });
    const [raw] = acks ? [] : await lean.ask<Fanned[]>({
      ...one,
      kind: "raw",
      set: "raw",
      from: "raw",
      topics: [topic],
      payload: "",
      reached: takers,
      pid: bare.pid,
    });
    const [peer] = mosquitto instanceof NoPeer ? [] : await lean.ask<Fanned[]>({
      ...one,
      kind: "mqtt",
      set: "mqtt",
      from: "mqtt sender",
      topics: [topic],
      payload: peerPayload,
      reached: takers,
      pid: mosquitto.pid,
    });
    if (round < warmUps) continue;
    found.ours.push(ours!);
    if (raw !== undefined) found.raw.push(raw);
    if (peer !== undefined) found.peer.push(peer);
  }
  return {
    ours: middle(found.ours),
    raw: middle(found.raw),
    peer: found.peer.length === 0 ? null : middle(found.peer),
    peerName: mosquitto instanceof NoPeer ? mosquitto.why : `${mosquitto.name}, QoS 1`,
  };
}

function middle(rounds: readonly Fanned[]): Fanned {
  const of = (name: keyof Fanned) => median(rounds.map((round) => round[name]));
  return {
    firstMs: of("firstMs"),
    lastMs: of("lastMs"),
    answerMs: of("answerMs"),
    allMs: of("allMs"),
    cpuMs: of("cpuMs"),
  };
}

function spread({ firstMs, lastMs }: Fanned): number {
  return lastMs - firstMs;
}

function besideThePeer(what: string, ours: number, is: number | undefined, name: string, most?: number): Row {
  if (is === undefined) return withoutPeer(what, ours, ms, name);
  return besides(what, ours, { is, name }, ms, most === undefined ? undefined : { most });
}
