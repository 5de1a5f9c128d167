import { pushKeys, WebPush } from "../../lib/adapters/push/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { alone, type Bench, count, ms, type PartRows } from "./part.ts";
import { percentile } from "./numbers.ts";
import { makePeople, openBenchServices } from "./server_parts.ts";

const seconds = 10;
const tickMs = 20;
/** UI-12: from a send to the push service's receipt. */
const targetMs = 1000;

/**
 * Sends at a steady rate to people who have a device each, and times each until a push service in the same process has its push: with
 * encryption, signature and HTTP. That service's own work is in the times too.
 */
export async function pushRows({ dir, quick }: Bench): Promise<PartRows> {
  const [people, rate] = quick ? [200, 50] : [2000, 1000];
  const sentAt = Array.from({ length: people }, (): number[] => []);
  const took: number[] = [];
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.body?.cancel();
      const now = performance.now();
      // A summary tells of all that came before it.
      const waiting = sentAt[Number(new URL(request.url).pathname.slice(1))]!;
      took.push(...waiting.splice(0).map((at) => now - at));
      return new Response(null, { status: 201 });
    },
  );
  const origin = `http://127.0.0.1:${service.addr.port}`;
  const keys = pushKeys(crypto.getRandomValues(new Uint8Array(32)));
  const pushes = new WebPush({
    keys,
    contact: "mailto:bench@example.org",
    named: [origin],
    clock: systemClock,
  });
  const dataDir = await Deno.makeTempDir({ dir });
  await using open = await openBenchServices(dataDir, { pushes });
  const { push, commands } = open.services;
  const recipients = await makePeople(open, "device-", people);
  const [sender] = await makePeople(open, "sender-", 1);
  for (const [number, { caller }] of recipients.entries()) {
    const body = {
      endpoint: `${origin}/${number}`,
      keys: { p256dh: keys.publicKey, auth: "AAAAAAAAAAAAAAAAAAAAAA" },
    };
    const session = { ...caller, sessionExpiresAt: "2099-01-01T00:00:00.000Z" };
    await push.subscribe(session, body, { origin: "https://behest.example", language: "en" });
  }
  await open.allTold();
  const rssBefore = Deno.memoryUsage().rss;
  let next = 0;
  const sends: Promise<unknown>[] = [];
  const begun = performance.now();
  for (let now = begun; now - begun < seconds * 1000; now = performance.now()) {
    for (; next < (now - begun) / 1000 * rate; next++) {
      const number = next % people;
      sentAt[number]!.push(performance.now());
      sends.push(commands.send(sender!.caller, {
        key: `push-${next}`,
        audience: { kind: "user", to: [recipients[number]!.username] },
        kind: "message",
        body: "Something to do.",
      }));
    }
    await new Promise<void>((resolve) => void systemClock.after(tickMs, resolve));
  }
  await Promise.all(sends);
  await open.allTold();
  const grown = (Deno.memoryUsage().rss - rssBefore) / 1024 / 1024;
  const what = `${count(people)} devices, ${count(rate)} sends/s`;
  return {
    rows: [
      alone(`push, p95 from the send to the push service, ${what}`, percentile(took, 95), ms, {
        most: targetMs,
      }),
    ],
    notes: [
      `push: ${count(took.length)} of ${count(next)} sends told, p50 ${ms(percentile(took, 50))}, ` +
      `memory grew by ${grown.toFixed(0)} MiB`,
    ],
  };
}
