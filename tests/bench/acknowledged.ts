import { deliverHead } from "./all_broadcast.ts";
import type { BroadcastServerReady } from "./broadcast_server.ts";
import { Child } from "./child.ts";
import { MqttClient } from "./mqtt.ts";
import { median } from "./numbers.ts";
import { closeSockets, openSockets } from "./sockets.ts";

const warmUps = 2;
const rounds = 9;
const openingAtOnce = 50;
const topic = "everyone";
const payload = "x".repeat(560);
const answered = '{"jsonrpc":"2.0","id":7';

/** Medians, in ms. */
export interface Acknowledged {
  /** From the call to the last client's message. */
  lastMs: number;
  /** From the call until the other side is known to have every acknowledgement. */
  allMs: number;
}

/** One broadcast to clients that acknowledge each: ours, synced to disk, and mosquitto's QoS 1 to persistent sessions. */
export async function measureAcknowledged(
  dir: string,
  count: number,
): Promise<{ ours: Acknowledged; mosquitto: Acknowledged | null }> {
  const mosquitto = await openMosquitto(dir, count);
  const ours = await openOurs(dir, count);
  const measured: Record<"ours" | "mosquitto", Acknowledged[]> = { ours: [], mosquitto: [] };
  for (let at = 0; at < warmUps + rounds; at++) {
    const theirRound = await mosquitto?.round();
    const ourRound = await ours.round();
    if (at < warmUps) continue;
    measured.ours.push(ourRound);
    if (theirRound !== undefined) measured.mosquitto.push(theirRound);
  }
  await mosquitto?.close();
  await ours.close();
  const middle = (all: readonly Acknowledged[]): Acknowledged => ({
    lastMs: median(all.map(({ lastMs }) => lastMs)),
    allMs: median(all.map(({ allMs }) => allMs)),
  });
  return { ours: middle(measured.ours), mosquitto: mosquitto === null ? null : middle(measured.mosquitto) };
}

interface Side {
  round(): Promise<Acknowledged>;
  close(): Promise<void>;
}

/** Counts what a round waits for. */
class Round {
  readonly #count: number;
  readonly #begunAt = performance.now();
  #messages = 0;
  #acknowledged = 0;
  #lastMs = 0;
  #done: (measured: Acknowledged) => void = () => {};
  readonly done = new Promise<Acknowledged>((resolve) => this.#done = resolve);

  constructor(count: number) {
    this.#count = count;
  }

  message(): void {
    if (++this.#messages === this.#count) this.#lastMs = performance.now() - this.#begunAt;
  }

  acknowledged(): void {
    if (++this.#acknowledged < this.#count) return;
    this.#done({ lastMs: this.#lastMs, allMs: performance.now() - this.#begunAt });
  }
}

async function openOurs(dir: string, count: number): Promise<Side> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "acknowledged-" });
  const { child, ready } = await Child.start<BroadcastServerReady>("broadcast_server.ts", [
    dataDir,
    String(count),
  ]);
  let round = new Round(count);
  const sockets: WebSocket[] = await openSockets(
    count,
    (at) => `${ready.url}?token=${ready.tokens[at]!}`,
    (at, text) => {
      if (text.startsWith(deliverHead)) {
        round.message();
        const head = text.lastIndexOf('{"cursor":"') + 11;
        sockets[at]!.send(
          `${answered},"method":"inbox.ack","params":{"cursor":"${text.slice(head, head + 20)}"}}`,
        );
      } else if (text.startsWith(answered)) round.acknowledged();
    },
  );
  return {
    async round() {
      round = new Round(count);
      await child.ask<number>("broadcast");
      return await round.done;
    },
    async close() {
      await closeSockets(sockets);
      await child[Symbol.asyncDispose]();
    },
  };
}

/** Null where mosquitto is not installed. */
async function openMosquitto(dir: string, count: number): Promise<Side | null> {
  const port = freePort();
  const dataDir = await Deno.makeTempDir({ dir, prefix: "mosquitto-" });
  await Deno.chmod(dataDir, 0o777);
  const file = `${dataDir}/mosquitto.conf`;
  await Deno.writeTextFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${dataDir}/\n` +
      "log_dest none\n",
  );
  const broker = await startBroker(file);
  if (broker === null) return null;
  let round = new Round(count);
  const nothing = { onMessage: () => {}, onPong: () => {}, onTaken: () => {} };
  const publisher = await patiently(() => MqttClient.open(port, "publisher", nothing));
  const clients: MqttClient[] = new Array(count);
  let next = 0;
  const open = async () => {
    while (next < count) {
      const at = next++;
      const client: MqttClient = await MqttClient.open(port, `client-${at}`, {
        ...nothing,
        onMessage: () => {
          round.message();
          client.ping();
        },
        onPong: () => round.acknowledged(),
      });
      await client.subscribe(topic);
      clients[at] = client;
    }
  };
  await Promise.all(Array.from({ length: openingAtOnce }, open));
  return {
    async round() {
      round = new Round(count);
      publisher.publish(topic, payload);
      return await round.done;
    },
    async close() {
      for (const client of [publisher, ...clients]) client.close();
      broker.kill("SIGTERM");
      await broker.status;
    },
  };
}

async function startBroker(file: string): Promise<Deno.ChildProcess | null> {
  for (const path of ["mosquitto", "/usr/sbin/mosquitto"]) {
    try {
      return new Deno.Command(path, { args: ["-c", file], stdout: "null", stderr: "null" }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return await Promise.resolve(null);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Tries until the broker listens. */
async function patiently<T>(open: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await open();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
