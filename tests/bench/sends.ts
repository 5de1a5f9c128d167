import { Child, type Usage } from "./child.ts";
import { cpuMs } from "./child_side.ts";
import type { ServerReady } from "./server.ts";
import { closeSockets, openSockets } from "./sockets.ts";

export const people = 200;
const warmUpMs = 2_000;
const measuredMs = 4_000;

/** How a round of sends is made. */
export interface SendPlan {
  senders: number;
  /** Unanswered sends that each sender keeps under way. */
  inFlight: number;
  /** Whether the recipients are connected and acknowledge. */
  online: boolean;
}

/** What one round of sends came to. */
export interface SendRate {
  perSecond: number;
  /** CPU time for one send, in microseconds, of the server's process and of this one. */
  serverUs: number;
  clientUs: number;
  /** Share of one core that each process took. */
  serverCores: number;
  clientCores: number;
}

/** For a profile: what happens at both ends of the measured time. */
export interface Watch {
  begun?(server: Child): Promise<void>;
  ended?(server: Child, sends: number): Promise<void>;
}

/** How the answer to a numbered request begins. */
export const answerHead = '{"jsonrpc":"2.0","id":';
const cursorHead = '"cursor":"';
const cursorLength = 20;

/** A frame that takes everything delivered up to the last cursor of a `command.deliver` frame. */
export function ackOf(frame: string): string {
  const at = frame.lastIndexOf(cursorHead) + cursorHead.length;
  return '{"jsonrpc":"2.0","method":"inbox.ack","params":{"cursor":"' + frame.slice(at, at + cursorLength) +
    '"}}';
}

/** Text of one `command.send` frame up to its number, and behind it. */
export function sendFrame(to: string, key: string): { head: string; middle: string; tail: string } {
  return {
    head: answerHead,
    middle: `,"method":"command.send","params":{"key":"${key}`,
    tail: `","audience":{"kind":"user","to":["${to}"]},"kind":"message","title":"A short title",` +
      `"body":"${"a line of a message ".repeat(5)}"}}`,
  };
}

/** Runs sends against a fresh server on a file in `dir` and gives its rate over a few seconds after a warm-up. */
export async function measureSends(dir: string, plan: SendPlan, watch: Watch = {}): Promise<SendRate> {
  const dataDir = await Deno.makeTempDir({ dir, prefix: "sends-" });
  const { child, ready } = await Child.start<ServerReady>("server.ts", [dataDir, String(people)]);
  await using server = child;
  const recipients: WebSocket[] = plan.online
    ? await openSockets(
      people,
      (at) => `${ready.url}?token=${ready.recipients[at]!.token}`,
      (at, text) => {
        if (text.startsWith('{"jsonrpc":"2.0","method":"command.deliver"')) recipients[at]!.send(ackOf(text));
      },
    )
    : [];
  let answered = 0;
  let number = 0;
  let stopping = false;
  const frames = Array.from({ length: people }, (_, at) => sendFrame(ready.recipients[at]!.username, "k"));
  const send = (sender: number) => {
    const id = number++;
    // One sender goes through all the recipients, and each of many through four: 500 go from one person to another (DL-7).
    const to = plan.senders === 1 ? id : sender + id % 4 * (people / 4);
    const { head, middle, tail } = frames[to % people]!;
    senders[sender]!.send(head + id + middle + id + tail);
  };
  const senders = await openSockets(
    plan.senders,
    (at) => `${ready.url}?token=${ready.senders[at]!.token}`,
    (at, text) => {
      if (!text.startsWith(answerHead)) return;
      if (text.includes('"error":', answerHead.length)) throw new Error(`A send was refused: ${text}`);
      answered++;
      if (!stopping) send(at);
    },
  );
  for (let at = 0; at < plan.senders; at++) for (let n = 0; n < plan.inFlight; n++) send(at);
  await pass(warmUpMs);
  await watch.begun?.(server);
  const before = await mark(server, () => answered);
  await pass(measuredMs);
  const after = await mark(server, () => answered);
  await watch.ended?.(server, after.answered - before.answered);
  stopping = true;
  while (answered < number) await pass(20);
  await closeSockets([...senders, ...recipients]);
  const count = after.answered - before.answered;
  const ms = after.atMs - before.atMs;
  return {
    perSecond: count / ms * 1000,
    serverUs: (after.serverMs - before.serverMs) / count * 1000,
    clientUs: (after.clientMs - before.clientMs) / count * 1000,
    serverCores: (after.serverMs - before.serverMs) / ms,
    clientCores: (after.clientMs - before.clientMs) / ms,
  };
}

async function mark(server: Child, answered: () => number) {
  const { cpuMs: serverMs }: Usage = await server.usage();
  return { answered: answered(), atMs: performance.now(), serverMs, clientMs: cpuMs() };
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
