import { Child } from "./child.ts";
import { cpuMs } from "./child_side.ts";
import { percentile } from "./numbers.ts";
import type { ServerReady } from "./server.ts";
import { ackOf, answerHead, chatFrame, sendFrame } from "./frames.ts";
import { people } from "./sends.ts";
import { closeSockets, openSockets } from "./sockets.ts";

export const latencyRate = 1_000;
const warmUpMs = 2_000;
const measuredMs = 8_000;

/** From the call of `send` in the sender to the frame in the recipient, in ms. */
export interface Latency {
  p50Ms: number;
  p99Ms: number;
  /** The part of it until the sender has the answer: the commit, and the way there and back. */
  answerP50Ms: number;
  answerP99Ms: number;
  perSecond: number;
  serverCores: number;
  clientCores: number;
}

/** What is sent: how its delivery begins, and what stands before its number there. */
const kinds = {
  command: {
    deliverHead: '{"jsonrpc":"2.0","method":"command.deliver"',
    numberHead: '"title":"#',
    frame: sendFrame,
  },
  chat: {
    deliverHead: '{"jsonrpc":"2.0","method":"chat.message"',
    numberHead: '"body":"#',
    frame: chatFrame,
  },
};

/**
 * So many people send to as many others, one after the other at a steady rate, whether or not the server keeps up. `chat`: each to
 * a contact of theirs.
 */
export async function measureLatency(
  dir: string,
  { pairs, kind, rate }: { pairs: number; kind: keyof typeof kinds; rate: number } = {
    pairs: people,
    kind: "command",
    rate: latencyRate,
  },
): Promise<Latency> {
  const { deliverHead, numberHead, frame } = kinds[kind];
  const dataDir = await Deno.makeTempDir({ dir, prefix: "latency-" });
  const { child, ready } = await Child.start<ServerReady>("server.ts", [
    dataDir,
    String(pairs),
    String(pairs),
    ...(kind === "chat" ? ["contacts"] : []),
  ]);
  await using server = child;
  const total = Math.round((warmUpMs + measuredMs) / 1000 * rate);
  const sentAt = new Float64Array(total);
  const tookMs = new Float64Array(total).fill(NaN);
  const answeredMs = new Float64Array(total).fill(NaN);
  let arrived = 0;
  const recipients: WebSocket[] = await openSockets(
    pairs,
    (at) => `${ready.url}?token=${ready.recipients[at]!.token}`,
    (at, text) => {
      if (!text.startsWith(deliverHead)) return;
      const now = performance.now();
      for (let from = text.indexOf(numberHead); from >= 0; from = text.indexOf(numberHead, from + 1)) {
        const number = parseInt(text.slice(from + numberHead.length, from + numberHead.length + 8));
        tookMs[number] = now - sentAt[number]!;
        arrived++;
      }
      recipients[at]!.send(ackOf(text));
    },
  );
  const senders = await openSockets(
    pairs,
    (at) => `${ready.url}?token=${ready.senders[at]!.token}`,
    (_, text) => {
      if (!text.startsWith(answerHead)) return;
      const number = parseInt(text.slice(answerHead.length, answerHead.length + 8));
      answeredMs[number] = performance.now() - sentAt[number]!;
    },
  );
  const frames = Array.from({ length: pairs }, (_, at) => frame(ready.recipients[at]!.username, "k"));
  const send = (number: number) => {
    const { head, middle, tail } = frames[number % pairs]!;
    const text = head + number + middle + number + tail.replace("A short title", `#${number} `);
    sentAt[number] = performance.now();
    senders[number % pairs]!.send(text);
  };
  const startedAt = performance.now();
  const [serverBefore, clientBefore] = [(await server.usage()).cpuMs, cpuMs()];
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor((performance.now() - startedAt) / 1000 * rate));
    while (sent < due) send(sent++);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const ms = performance.now() - startedAt;
  const endsAt = performance.now() + 10_000;
  while (arrived < total && performance.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (arrived < total) throw new Error(`${total - arrived} of them did not arrive.`);
  const serverMs = (await server.usage()).cpuMs - serverBefore;
  const clientMs = cpuMs() - clientBefore;
  await closeSockets([...senders, ...recipients]);
  const first = Math.round(warmUpMs / 1000 * rate);
  const [measured, answered] = [[...tookMs.subarray(first)], [...answeredMs.subarray(first)]];
  return {
    p50Ms: percentile(measured, 50),
    p99Ms: percentile(measured, 99),
    answerP50Ms: percentile(answered, 50),
    answerP99Ms: percentile(answered, 99),
    perSecond: total / ms * 1000,
    serverCores: serverMs / ms,
    clientCores: clientMs / ms,
  };
}
