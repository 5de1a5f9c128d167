import { Child } from "./child.ts";
import type { LeanServerPlan, LeanServerReady } from "./lean_server.ts";
import { Lean, type LeanCommand, openingAtOnce, peerPayload, type Spent } from "./lean.ts";
import { natsAsk, natsStream, natsStreamName as stream } from "./nats_stream.ts";
import { median } from "./numbers.ts";
import {
  alone,
  type Bench,
  besides,
  count,
  micros,
  type PartRows,
  type Target,
  withoutPeer,
} from "./part.ts";
import { NoPeer, openMosquitto, openNats, peerWindow } from "./peers.ts";
import { perSecond, type Row } from "./table.ts";

interface Plan {
  people: number;
  each: number;
  rounds: number;
}

/** Highest server CPU of one delivery, in µs. */
const cpuUs = 15;

/** What waits for one device, and for many people: received over sockets and acknowledged. */
export async function backlogRows(bench: Bench): Promise<PartRows> {
  const { quick, rounds } = bench;
  const one = await rowsOf(bench, { people: 1, each: 10_000, rounds: quick ? 2 : rounds }, {
    mosquitto: { least: 0.5 },
    jetStream: { least: 0.7 },
  });
  const many = await rowsOf(bench, { people: quick ? 300 : 1_000, each: 100, rounds: 1 }, {});
  return {
    rows: [...one, ...many],
    notes: [
      `Backlogs: from the first connection until every acknowledgement is taken; ${peerWindow} in flight for one device of ` +
      "ours, mosquitto (QoS 1) and JetStream (a push consumer that acknowledges all up to one) alike.",
    ],
  };
}

async function rowsOf(
  { dir }: Bench,
  plan: Plan,
  targets: { mosquitto?: Target; jetStream?: Target },
): Promise<Row[]> {
  await using lean = await Lean.start();
  const ours: Spent[] = [];
  const mosquitto: (Spent | NoPeer)[] = [];
  const jetStream: (Spent | NoPeer)[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    ours.push(await behest(lean, dir, plan));
    mosquitto.push(await fromMosquitto(lean, dir, plan));
    jetStream.push(await fromJetStream(lean, dir, plan));
  }
  const total = plan.people * plan.each;
  const rate = (spent: readonly Spent[]) => median(spent.map(({ ms }) => total / ms * 1000));
  const cpu = (spent: readonly Spent[]) => median(spent.map(({ cpuMs }) => cpuMs * 1000 / total));
  const what = plan.people === 1
    ? `${count(plan.each)} waiting for one device, received and acknowledged`
    : `${count(plan.people)} people who come back to ${plan.each} each, received and acknowledged`;
  const row = (name: string, peer: readonly (Spent | NoPeer)[], target?: Target): Row => {
    const found = peer.filter((one): one is Spent => !(one instanceof NoPeer));
    const why = peer.find((one) => one instanceof NoPeer);
    if (why !== undefined) return withoutPeer(what, rate(ours), perSecond, why.why);
    return besides(what, rate(ours), { is: rate(found), name }, perSecond, target);
  };
  const cpuRow = (name: string, peer: readonly (Spent | NoPeer)[]): Row[] => {
    const found = peer.filter((one): one is Spent => !(one instanceof NoPeer));
    return found.length === 0
      ? []
      : [besides(`${what}, server CPU of each`, cpu(ours), { is: cpu(found), name }, micros)];
  };
  return [
    row("mosquitto", mosquitto, targets.mosquitto),
    row("JetStream, synced always", jetStream, targets.jetStream),
    alone(`${what}, server CPU of each`, cpu(ours), micros, { most: cpuUs }),
    ...cpuRow("mosquitto", mosquitto),
    ...cpuRow("JetStream", jetStream),
  ];
}

async function behest(lean: Lean, dir: string, { people, each }: Plan): Promise<Spent> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "backlog-" });
  const plan: LeanServerPlan = { dataDir, senders: 25, takers: people, waiting: each };
  const { child, ready } = await Child.start<LeanServerReady>("lean_server.ts", [JSON.stringify(plan)]);
  await using _child = child;
  return await received(lean, {
    do: "backlog",
    set: "takers",
    kind: "behest",
    addr: ready.addr,
    names: ready.takers.map(({ token }) => token),
    window: peerWindow,
    pid: child.pid,
    each,
  });
}

async function fromMosquitto(lean: Lean, dir: string, { people, each }: Plan): Promise<Spent | NoPeer> {
  const peer = await openMosquitto(dir);
  if (peer instanceof NoPeer) return peer;
  await using _peer = peer;
  const names = Array.from({ length: people }, (_, at) => `taker-${at}`);
  const topics = names.map((name) => `to/${name}`);
  const common = { kind: "mqtt", addr: peer.addr, atOnce: openingAtOnce } as const;
  await lean.ask({ do: "open", set: "once", ...common, names, topics });
  await lean.ask({ do: "close", set: "once" });
  await lean.ask({ do: "open", set: "sender", ...common, names: ["sender"] });
  await lean.ask({ do: "publish", set: "sender", topics, each, payload: peerPayload });
  await lean.ask({ do: "close", set: "sender" });
  return await received(lean, { do: "backlog", set: "takers", ...common, names, pid: peer.pid, each });
}

async function fromJetStream(lean: Lean, dir: string, { people, each }: Plan): Promise<Spent | NoPeer> {
  const data = await Deno.makeTempDir({ dir, prefix: "nats-" });
  const names = Array.from({ length: people }, (_, at) => `taker-${at}`);
  // Filled without syncing, as that is not what is measured, then opened again with it.
  const filling = await openNats(dir, { synced: false, data });
  if (filling instanceof NoPeer) return filling;
  {
    await using _filling = filling;
    await natsStream(lean, filling.addr);
    await natsAsk(
      lean,
      filling.addr,
      names.map((name) => ({
        subject: `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`,
        body: {
          stream_name: stream,
          config: {
            durable_name: name,
            deliver_subject: `deliver.${name}`,
            filter_subject: `to.${name}`,
            ack_policy: "all",
            deliver_policy: "all",
            max_ack_pending: peerWindow,
            ack_wait: 600_000_000_000,
          },
        },
      })),
    );
    await lean.ask({
      do: "open",
      set: "sender",
      kind: "nats",
      addr: filling.addr,
      names: ["sender"],
      atOnce: 1,
    });
    const topics = names.map((name) => `to.${name}`);
    await lean.ask({ do: "publish", set: "sender", topics, each, payload: peerPayload });
    await lean.ask({ do: "close", set: "sender" });
  }
  const peer = await openNats(dir, { synced: true, data });
  if (peer instanceof NoPeer) return peer;
  await using _peer = peer;
  return await received(lean, {
    do: "backlog",
    set: "takers",
    kind: "nats",
    addr: peer.addr,
    names,
    topics: names.map((name) => `deliver.${name}`),
    pid: peer.pid,
    each,
  });
}

async function received(lean: Lean, command: LeanCommand): Promise<Spent> {
  const spent = await lean.ask<Spent>({ ...command, atOnce: openingAtOnce });
  await lean.ask({ do: "close", set: command.set });
  return spent;
}
