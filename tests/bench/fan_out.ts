import { Child } from "./child.ts";
import { broadcastText } from "./fan_text.ts";
import type { FanServerReady } from "./raw_server.ts";
import { closeSockets, openSockets } from "./sockets.ts";
import { median } from "./numbers.ts";

const warmUps = 3;
const rounds = 15;

export interface FanOut {
  sockets: number;
  ours: Spread;
  raw: Spread;
}

/** Medians over the rounds, in ms. */
export interface Spread {
  /** From the first frame that a client has to the last. */
  ms: number;
  /** CPU time of the server for one broadcast. */
  cpuMs: number;
}

/** One side of the comparison: a server with its sockets, and the frames of the round that is on. */
interface Side {
  child: Child;
  round(): Promise<Spread>;
  close(): Promise<void>;
}

/** Sends one frame to all sockets of either server by turns, so that whatever else runs here weighs on both. */
export async function measureFanOut(count: number): Promise<FanOut> {
  const raw = await openSide("raw_server.ts", count);
  await using _raw = raw.child;
  const ours = await openSide("fan_server.ts", count);
  await using _ours = ours.child;
  const measured: Record<"raw" | "ours", Spread[]> = { raw: [], ours: [] };
  for (let round = 0; round < warmUps + rounds; round++) {
    const [rawRound, oursRound] = [await raw.round(), await ours.round()];
    if (round < warmUps) continue;
    measured.raw.push(rawRound);
    measured.ours.push(oursRound);
  }
  await raw.close();
  await ours.close();
  return { sockets: count, ours: middle(measured.ours), raw: middle(measured.raw) };
}

function middle(rounds: readonly Spread[]): Spread {
  return { ms: median(rounds.map(({ ms }) => ms)), cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)) };
}

async function openSide(script: string, count: number): Promise<Side> {
  const { child, ready } = await Child.start<FanServerReady>(script, [broadcastText]);
  let frames = 0;
  let firstAt = 0;
  let all: ((ms: number) => void) | null = null;
  const sockets = await openSockets(count, () => ready.url, (_, text) => {
    if (text.length !== broadcastText.length) throw new Error(`A frame that nobody asked for: ${text}`);
    if (frames++ === 0) firstAt = performance.now();
    if (frames === count) all?.(performance.now() - firstAt);
  });
  return {
    child,
    async round() {
      frames = 0;
      const whole = new Promise<number>((resolve) => all = resolve);
      const { cpuMs: before } = await child.usage();
      const sent = await child.ask<number>("broadcast");
      if (sent !== count) throw new Error(`${sent} sockets were sent to, not ${count}.`);
      const ms = await whole;
      return { ms, cpuMs: (await child.ask<number>("cpu")) - before };
    },
    close: () => closeSockets(sockets),
  };
}
