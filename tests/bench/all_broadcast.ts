import { Child } from "./child.ts";
import { type BroadcastServerReady, choiceOf } from "./broadcast_server.ts";
import type { Spread } from "./fan_out.ts";
import { median } from "./numbers.ts";
import type { FanServerReady } from "./raw_server.ts";
import { closeSockets, openSockets } from "./sockets.ts";

const warmUps = 3;
const rounds = 11;
export const deliverHead = '{"jsonrpc":"2.0","method":"command.deliver"';
/** About as long as one delivery. */
const rawText = "x".repeat(560);

export interface AllBroadcast {
  sockets: number;
  reached: number;
  ours: Spread;
  raw: Spread;
  /** From the call to the answer, which is after the write is durable; median, ms. */
  sendMs: number;
}

/** For a profile: what happens at both ends of the measured rounds. */
export interface BroadcastWatch {
  begun?(server: Child): Promise<void>;
  ended?(server: Child, rounds: number): Promise<void>;
}

/** A broadcast to everybody on `count` live sockets by their preferences, beside a loop over as many as it reaches. */
export async function measureAllBroadcast(
  dir: string,
  count: number,
  watch: BroadcastWatch = {},
): Promise<AllBroadcast> {
  const reached =
    Array.from({ length: count }, (_, at) => choiceOf(at)).filter(({ reached }) => reached).length;
  const dataDir = await Deno.makeTempDir({ dir, prefix: "broadcast-" });
  const { child: ours, ready } = await Child.start<BroadcastServerReady>("broadcast_server.ts", [
    dataDir,
    String(count),
    "mixed",
  ]);
  await using _ours = ours;
  const { child: raw, ready: rawReady } = await Child.start<FanServerReady>("raw_server.ts", [rawText]);
  await using _raw = raw;
  let frames = 0;
  let firstAt = 0;
  let all: ((ms: number) => void) | null = null;
  const onFrame = () => {
    if (frames++ === 0) firstAt = performance.now();
    if (frames === reached) all?.(performance.now() - firstAt);
  };
  const sockets = [
    ...await openSockets(reached, () => rawReady.url, onFrame),
    ...await openSockets(count, (at) => `${ready.url}?token=${ready.tokens[at]!}&window=256`, (_, text) => {
      if (text.startsWith(deliverHead)) onFrame();
    }),
  ];
  const sendMs: number[] = [];
  const round = async (child: Child): Promise<Spread> => {
    frames = 0;
    const whole = new Promise<number>((resolve) => all = resolve);
    const before = await child.ask<number>("cpu");
    const answer = await child.ask<number>("broadcast");
    if (child === ours) sendMs.push(answer);
    const ms = await whole;
    return { ms, cpuMs: await child.ask<number>("cpu") - before };
  };
  const measured: Record<"raw" | "ours", Spread[]> = { raw: [], ours: [] };
  for (let at = 0; at < warmUps + rounds; at++) {
    if (at === warmUps) {
      sendMs.length = 0;
      await watch.begun?.(ours);
    }
    const [rawRound, oursRound] = [await round(raw), await round(ours)];
    if (at < warmUps) continue;
    measured.raw.push(rawRound);
    measured.ours.push(oursRound);
  }
  await watch.ended?.(ours, rounds);
  await closeSockets(sockets);
  const middle = (spreads: readonly Spread[]): Spread => ({
    ms: median(spreads.map(({ ms }) => ms)),
    cpuMs: median(spreads.map(({ cpuMs }) => cpuMs)),
  });
  return {
    sockets: count,
    reached,
    ours: middle(measured.ours),
    raw: middle(measured.raw),
    sendMs: median(sendMs),
  };
}
