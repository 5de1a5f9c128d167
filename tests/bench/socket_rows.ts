import { Child } from "./child.ts";
import { measureFanOut } from "./fan_out.ts";
import { measureBeats, measureIdle } from "./idle.ts";
import { Lean, openingAtOnce, type Spent } from "./lean.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { type Bench, besides, count, ms, type PartRows } from "./part.ts";
import { NoPeer, openMosquitto } from "./peers.ts";
import type { FanServerReady } from "./raw_server.ts";

const fanned = 5_000;
/** Each sends one heartbeat a round, 500 a second together: more of them only take longer. */
const beaten = 2_000;
const connecting = 10_000;
const raw = "raw Deno.serve";

/** Everybody comes back at once, as after a restart. */
export async function connectRows({ dir, quick, sockets }: Bench): Promise<PartRows> {
  const people = Math.min(quick ? 3_000 : connecting, sockets);
  await using lean = await Lean.start();
  const names = Array.from({ length: people }, (_, at) => `taker-${at}`);
  const common = { do: "open", set: "all", atOnce: openingAtOnce } as const;
  const { child: bare, ready: { url } } = await Child.start<FanServerReady>("raw_server.ts", ["text"]);
  await using _bare = bare;
  const theirs = await lean.ask<Spent>({
    ...common,
    kind: "raw",
    addr: new URL(url).host,
    names,
    pid: bare.pid,
  });
  await lean.ask({ do: "close", set: "all" });
  const dataDir = await Deno.makeTempDir({ dir, prefix: "connect-" });
  const plan: LeanServerPlan = { dataDir, senders: 1, takers: people };
  const { child: server, ready } = await Child.start<LeanServerReady>("lean_server.ts", [
    JSON.stringify(plan),
  ]);
  await using _server = server;
  const tokens = ready.takers.map(({ token }) => token);
  const ours = await lean.ask<Spent>({
    ...common,
    kind: "behest",
    addr: ready.addr,
    names: tokens,
    pid: server.pid,
  });
  await lean.ask({ do: "close", set: "all" });
  const what = `${count(people)} sockets opened, ${openingAtOnce} at once`;
  const rows = [
    besides(what, ours.ms, { is: theirs.ms, name: raw }, ms),
    besides(`${what}, CPU of the server`, ours.cpuMs, { is: theirs.cpuMs, name: raw }, ms, { most: 3 }),
  ];
  const mosquitto = await openMosquitto(dir);
  if (mosquitto instanceof NoPeer) return { rows, notes: [`${what}: ${mosquitto.why}`] };
  await using broker = mosquitto;
  const topics = ["everyone"];
  const brokers = await lean.ask<Spent>({
    ...common,
    kind: "mqtt",
    addr: broker.addr,
    names,
    topics,
    pid: broker.pid,
  });
  await lean.ask({ do: "close", set: "all" });
  rows.push(
    besides(what, ours.ms, { is: brokers.ms, name: broker.name }, ms),
    besides(`${what}, CPU of the server`, ours.cpuMs, { is: brokers.cpuMs, name: broker.name }, ms),
  );
  return { rows, notes: [] };
}

/** One frame to everybody, without store or rules. */
export async function fanOutRows({ sockets }: Bench): Promise<PartRows> {
  const taken = Math.min(fanned, sockets);
  const { ours, raw: theirs } = await measureFanOut(taken);
  const what = `one frame to ${count(taken)} sockets`;
  return {
    rows: [
      besides(`${what}, first byte to last`, ours.ms, { is: theirs.ms, name: raw }, ms, { most: 1.3 }),
      besides(`${what}, CPU of the server`, ours.cpuMs, { is: theirs.cpuMs, name: raw }, ms),
    ],
    notes: [],
  };
}

export async function idleRows({ dir, sockets, quick, rounds }: Bench): Promise<PartRows> {
  const taken = Math.min(fanned, sockets);
  const { oursBytes, rawBytes } = await measureIdle(dir, taken);
  const beating = Math.min(quick ? 1_000 : beaten, sockets);
  const { oursUs, rawUs } = await measureBeats(dir, beating, rounds);
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  const us = (value: number) => `${value.toFixed(0)} µs`;
  const idle = `memory for one of ${count(taken)} idle connections`;
  const beat = `a heartbeat of one of ${count(beating)} connections, 500 a second, CPU of the server`;
  return {
    rows: [
      besides(idle, oursBytes, { is: rawBytes, name: raw }, kib, { most: 1.5 }),
      besides(beat, oursUs, { is: rawUs, name: raw }, us, { most: 1.2 }),
    ],
    notes: [],
  };
}
