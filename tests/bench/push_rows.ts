import { encrypted, type PushKeys, pushKeys, WebPush } from "../../lib/adapters/push/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { Child } from "./child.ts";
import { cpuMs } from "./child_side.ts";
import { alone, type Bench, besides, count, ms, type PartRows } from "./part.ts";
import { percentile } from "./numbers.ts";
import type { Receipt } from "./push_service.ts";
import { makePeople, openBenchServices } from "./server_parts.ts";

const seconds = 10;
const tickMs = 20;
const rawSeconds = 3;
const rawAtOnce = 64;
/** Longest time for the last receipts after the last send. */
const lastMs = 60_000;
/** UI-12: from a send to the push service's receipt. */
const targetMs = 1000;
const auth = "AAAAAAAAAAAAAAAAAAAAAA";

/** Times in ms since 1970. */
interface Sent {
  atMs: number;
  answeredMs: number;
  toldMs: number;
}

/**
 * Sends at a steady rate to people who have a device each, and times each until a push service in another process has its push, with
 * encryption, signature and HTTP. Beside it, a loop that only encrypts and posts: what this machine lets one process do.
 */
export function pushRows({ dir, quick }: Bench): Promise<PartRows> {
  return quick ? pushesOf(dir, 200, 50) : pushesOf(dir, 2000, 1000);
}

/** The same with as many devices, and as many sends each second. */
export async function pushesOf(dir: string, people: number, rate: number): Promise<PartRows> {
  const { child, ready } = await Child.start<{ port: number }>("push_service.ts");
  await using service = child;
  const origin = `http://127.0.0.1:${ready.port}`;
  const keys = pushKeys(crypto.getRandomValues(new Uint8Array(32)));
  const raw = await rawLoop(origin, keys);
  await service.ask("receipts");

  const dataDir = await Deno.makeTempDir({ dir });
  const pushes = new WebPush({
    keys,
    contact: "mailto:bench@example.org",
    named: [origin],
    clock: systemClock,
  });
  await using open = await openBenchServices(dataDir, { pushes });
  const { push, commands } = open.services;
  const recipients = await makePeople(open, "device-", people);
  const [sender] = await makePeople(open, "sender-", 1);
  for (const [number, { caller }] of recipients.entries()) {
    const body = { endpoint: `${origin}/${number}`, keys: { p256dh: keys.publicKey, auth } };
    const session = { ...caller, sessionExpiresAt: "2099-01-01T00:00:00.000Z" };
    await push.subscribe(session, body, { site: "https://behest.example", language: "en" });
  }
  await open.allTold();
  const waiting = Array.from({ length: people }, (): Sent[] => []);
  const all: Sent[] = [];
  let next = 0;
  const sends: Promise<unknown>[] = [];
  let rssBytes = 0;
  const cpuBefore = cpuMs();
  const begun = performance.now();
  for (let now = begun; now - begun < seconds * 1000; now = performance.now()) {
    for (; next < (now - begun) / 1000 * rate; next++) {
      const number = next % people;
      const sent: Sent = { atMs: nowMs(), answeredMs: Infinity, toldMs: Infinity };
      waiting[number]!.push(sent);
      all.push(sent);
      sends.push(
        commands.send(sender!.caller, {
          key: `push-${next}`,
          audience: { kind: "user", to: [recipients[number]!.username] },
          kind: "message",
          body: "Something to do.",
        }).then(() => void (sent.answeredMs = nowMs())),
      );
    }
    if (rssBytes === 0 && now - begun > seconds * 500) rssBytes = Deno.memoryUsage().rss;
    await new Promise<void>((resolve) => void systemClock.after(tickMs, resolve));
  }
  await Promise.all(sends);
  const grown = (Deno.memoryUsage().rss - rssBytes) / 1024 / 1024;
  const pushed = await received(service, waiting);
  const cpu = (cpuMs() - cpuBefore) / pushed;
  const told = all.filter(({ toldMs }) => toldMs < Infinity);
  const took = told.map(({ atMs, toldMs }) => toldMs - atMs);
  const afterAnswer = told.map(({ answeredMs, toldMs }) => Math.max(0, toldMs - answeredMs));
  const answered = all.map(({ atMs, answeredMs }) => answeredMs - atMs);
  const what = `${count(people)} devices, ${count(rate)} sends/s`;
  return {
    rows: [
      alone(`push, p95 from the send to the push service, ${what}`, percentile(took, 95), ms, {
        most: targetMs,
      }),
      besides(`push, CPU for a send, its answer and its push, ${what}`, cpu, {
        is: raw.cpuMs,
        name: "a loop that encrypts and posts",
      }, ms),
    ],
    notes: [
      `push: ${count(told.length)} of ${count(next)} sends told in ${count(pushed)} pushes, p50 ` +
      `${ms(percentile(took, 50))}; the sends' answers p95 ${
        ms(percentile(answered, 95))
      }, from there to the push ` +
      `service p50 ${ms(percentile(afterAnswer, 50))} and p95 ${
        ms(percentile(afterAnswer, 95))
      }; memory grew by ` +
      `${grown.toFixed(0)} MiB in the second half; the loop that encrypts and posts came to ` +
      `${count(Math.round(raw.rate))} pushes/s`,
    ],
  };
}

/** Until each send was told; a summary tells of all that was sent before it. The number of pushes. */
async function received(service: Child, waiting: Sent[][]): Promise<number> {
  let pushed = 0;
  const endsAt = performance.now() + lastMs;
  while (waiting.some((sends) => sends.length > 0) && performance.now() < endsAt) {
    for (const [device, atMs] of await service.ask<Receipt[]>("receipts")) {
      pushed++;
      const sends = waiting[device]!;
      while (sends.length > 0 && sends[0]!.atMs <= atMs) sends.shift()!.toldMs = atMs;
    }
    await new Promise<void>((resolve) => void systemClock.after(tickMs, resolve));
  }
  return pushed;
}

/** The same in both processes. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

async function rawLoop(origin: string, keys: PushKeys): Promise<{ rate: number; cpuMs: number }> {
  const device = { p256dh: keys.publicKey, auth };
  const cpuBefore = cpuMs();
  const begun = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: rawAtOnce }, async () => {
    for (; performance.now() - begun < rawSeconds * 1000; done++) {
      const response = await fetch(`${origin}/0`, { method: "POST", body: await encrypted("{}", device) });
      await response.body?.cancel();
    }
  }));
  return { rate: done / (performance.now() - begun) * 1000, cpuMs: (cpuMs() - cpuBefore) / done };
}
