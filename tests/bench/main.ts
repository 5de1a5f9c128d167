/**
 * `deno task bench [part…] [--rounds=N]`: what we do beside what the platform does, in one table. The parts are
 * `sends`, `latency`, `fan-out`, `idle`, `all-broadcast`, `acknowledged`, `backlog`, `write-cost`, `scan`, `upload`,
 * `upload-memory` and `download`; all of them when none is named.
 * It asserts nothing about time.
 */
import { complain, say } from "../../lib/platform/console.ts";
import { acknowledgedRows, allBroadcastRows, backlogRows, writeCostRows } from "./broadcast_rows.ts";
import { socketsAllowed } from "./descriptors.ts";
import { downloadRows, uploadMemoryRows, uploadRows } from "./files_rows.ts";
import { measureFanOut } from "./fan_out.ts";
import { measureIdle } from "./idle.ts";
import { latencyRate, measureLatency } from "./latency.ts";
import { median } from "./numbers.ts";
import { captureSends, measureRaw, type RawRate } from "./raw_kv.ts";
import { scanRows } from "./scan.ts";
import { measureSends, people, type SendPlan, type SendRate } from "./sends.ts";
import { perSecond, type Row, tableOf, times } from "./table.ts";

const sockets = 5_000;
const broadcastSockets = 10_000;
const resultFile = "tests/.out/bench.md";

const plans = {
  oneOffline: { senders: 1, inFlight: 64, online: false },
  oneOnline: { senders: 1, inFlight: 64, online: true },
  manyOffline: { senders: people, inFlight: 4, online: false },
  manyOnline: { senders: people, inFlight: 4, online: true },
} as const satisfies Record<string, SendPlan>;
type PlanName = keyof typeof plans;

/** Raw loops and all plans in each round, so that all of them see the same machine. */
async function sendRows(dir: string, rounds: number): Promise<{ rows: Row[]; notes: string[] }> {
  const writes = await captureSends(dir);
  const raw: RawRate[] = [];
  const names = Object.keys(plans) as PlanName[];
  const rates = new Map<PlanName, SendRate[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    raw.push(await measureRaw(dir, writes));
    for (const name of names) rates.get(name)!.push(await measureSends(dir, plans[name]));
  }
  const alone = median(raw.map((one) => one.alone));
  const grouped = median(raw.map((one) => one.grouped));
  const rows: Row[] = [];
  const notes = [
    `A raw commit is what a send writes: ${writes[0]!.mutations.length} mutations and ` +
    `${writes[0]!.checks.length} check. Grouped: up to 500 mutations a commit, one commit after the other.`,
  ];
  for (const name of names) {
    const plan = plans[name];
    const measured = rates.get(name)!;
    const rate = median(measured.map((one) => one.perSecond));
    const what = `durable sends, ${plan.senders} sender${plan.senders === 1 ? "" : "s"} × ${plan.inFlight} ` +
      `under way, recipients ${plan.online ? "online, acknowledging" : "offline"}`;
    const besideRatio = rate / grouped;
    const common = { what, ours: perSecond(rate) };
    if (name === "manyOffline") {
      rows.push({
        ...common,
        baseline: `${perSecond(grouped)} raw KV, grouped`,
        ratio: times(besideRatio),
        target: "≥ 0.50 ×",
        met: besideRatio >= 0.5,
      }, { ...common, baseline: "", ratio: "", target: "≥ 8,000/s", met: rate >= 8_000 });
    } else {
      rows.push({
        ...common,
        baseline: `${perSecond(grouped)} raw KV, grouped`,
        ratio: times(besideRatio),
        target: "",
        met: null,
      });
    }
    if (plan.senders === 1 && !plan.online) {
      rows.push({
        ...common,
        baseline: `${perSecond(alone)} raw KV, one by one`,
        ratio: times(rate / alone),
        target: "",
        met: null,
      });
    }
    notes.push(
      `${what}: CPU for one send: server ${us(measured, "serverUs")}, load generator ` +
        `${us(measured, "clientUs")}; cores in use: server ${
          cores(measured, "serverCores")
        }, load generator ` +
        `${cores(measured, "clientCores")}; rounds: ${
          measured.map((one) => perSecond(one.perSecond)).join(", ")
        }`,
    );
  }
  notes.push(
    `Raw KV by round: grouped ${raw.map((one) => perSecond(one.grouped)).join(", ")}; ` +
      `one by one ${raw.map((one) => perSecond(one.alone)).join(", ")}`,
  );
  return { rows, notes };
}

function us(rates: readonly SendRate[], name: "serverUs" | "clientUs"): string {
  return `${median(rates.map((one) => one[name])).toFixed(0)} µs`;
}

function cores(rates: readonly SendRate[], name: "serverCores" | "clientCores"): string {
  return median(rates.map((one) => one[name])).toFixed(2);
}

async function latencyRows(dir: string, rounds: number): Promise<{ rows: Row[]; notes: string[] }> {
  const measured = [];
  for (let round = 0; round < rounds; round++) measured.push(await measureLatency(dir));
  const p50 = median(measured.map((one) => one.p50Ms));
  const p99 = median(measured.map((one) => one.p99Ms));
  const what = `from send to the recipient's frame at ${latencyRate.toLocaleString("en")} sends/s`;
  return {
    rows: [
      { what: `${what}, p50`, ours: `${p50.toFixed(1)} ms`, baseline: "", ratio: "", target: "", met: null },
      {
        what: `${what}, p99`,
        ours: `${p99.toFixed(1)} ms`,
        baseline: "",
        ratio: "",
        target: "< 15 ms",
        met: p99 < 15,
      },
    ],
    notes: measured.map((one) =>
      `Latency: p50 ${one.p50Ms.toFixed(1)} ms, p99 ${one.p99Ms.toFixed(1)} ms (until the answer ${
        one.answerP50Ms.toFixed(1)
      } and ${one.answerP99Ms.toFixed(1)} ms) at ${perSecond(one.perSecond)}; ` +
      `cores in use: server ${one.serverCores.toFixed(2)}, load generator ${one.clientCores.toFixed(2)}`
    ),
  };
}

async function fanOutRows(count: number): Promise<{ rows: Row[]; notes: string[] }> {
  const { ours, raw } = await measureFanOut(count);
  const what = `one frame to ${count.toLocaleString("en")} sockets`;
  return {
    rows: [{
      what: `${what}, first byte to last`,
      ours: `${ours.ms.toFixed(1)} ms`,
      baseline: `${raw.ms.toFixed(1)} ms raw Deno.serve`,
      ratio: times(ours.ms / raw.ms),
      target: "≤ 1.30 ×",
      met: ours.ms / raw.ms <= 1.3,
    }, {
      what: `${what}, CPU of the server`,
      ours: `${ours.cpuMs.toFixed(1)} ms`,
      baseline: `${raw.cpuMs.toFixed(1)} ms raw Deno.serve`,
      ratio: times(ours.cpuMs / raw.cpuMs),
      target: "",
      met: null,
    }],
    notes: [],
  };
}

async function idleRows(dir: string, count: number): Promise<{ rows: Row[]; notes: string[] }> {
  const { oursBytes, rawBytes } = await measureIdle(dir, count);
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  return {
    rows: [{
      what: `memory for one of ${count.toLocaleString("en")} idle connections`,
      ours: kib(oursBytes),
      baseline: `${kib(rawBytes)} raw Deno.serve`,
      ratio: times(oursBytes / rawBytes),
      target: "≤ 1.50 ×",
      met: oursBytes / rawBytes <= 1.5,
    }],
    notes: [],
  };
}

async function run(): Promise<number> {
  const allowed = await socketsAllowed(broadcastSockets);
  if ("exitCode" in allowed) return allowed.exitCode;
  const count = Math.min(sockets, allowed.sockets);
  const rounds = Number(Deno.args.find((arg) => arg.startsWith("--rounds="))?.slice("--rounds=".length) ?? 3);
  const dir = await Deno.makeTempDir({ prefix: "behest-bench-" });
  // A broker that is compared with may run as another user.
  await Deno.chmod(dir, 0o755);
  const parts: Record<string, () => Promise<{ rows: Row[]; notes: string[] }>> = {
    "sends": () => sendRows(dir, rounds),
    "latency": () => latencyRows(dir, rounds),
    "fan-out": () => fanOutRows(count),
    "idle": () => idleRows(dir, count),
    "all-broadcast": () => allBroadcastRows(dir, allowed.sockets),
    "acknowledged": () => acknowledgedRows(dir, count),
    "backlog": () => backlogRows(dir),
    "write-cost": () => writeCostRows(dir),
    "scan": () => scanRows(dir, rounds),
    "upload": () => uploadRows(dir, rounds),
    "upload-memory": () => uploadMemoryRows(dir),
    "download": () => downloadRows(dir, rounds),
  };
  const named = Deno.args.filter((arg) => !arg.startsWith("--"));
  const unknown = named.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    complain(`There is no part "${unknown}": choose of ${Object.keys(parts).join(", ")}.`);
    return 1;
  }
  const rows: Row[] = [];
  const notes: string[] = [];
  if (allowed.sockets < broadcastSockets) {
    notes.push(
      `Only ${allowed.sockets} sockets instead of ${broadcastSockets}: the limit of open files (ulimit -n) is too low.`,
    );
  }
  try {
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      complain(`${name} …`);
      const part = await parts[name]!();
      rows.push(...part.rows);
      notes.push(...part.notes);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  const load = Deno.loadavg()[0]!;
  notes.push(
    `Medians of ${rounds} rounds; ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, ` +
      `load average at the end ${load.toFixed(1)}. Times hold only beside what was measured in the same run.`,
  );
  const report = `${tableOf(rows)}\n\n${notes.map((note) => `- ${note}`).join("\n")}\n`;
  say(`\n${report}`);
  await Deno.mkdir("tests/.out", { recursive: true });
  await Deno.writeTextFile(resultFile, report);
  return 0;
}

Deno.exit(await run());
