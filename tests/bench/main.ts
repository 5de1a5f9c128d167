/**
 * `deno task bench [part…] [--quick] [--rounds=N] [--minutes=N]`: what we do beside what the platform and its peers do. All
 * parts when none is named; after so many minutes no other part begins. It asserts nothing about time. Results are printed,
 * those that miss their target first. Each part's are written to `docs/performance.md` when it ends, except with `--dry`.
 */
import { complain, say } from "../../lib/platform/console.ts";
import { allBroadcastRows, writeCostRows } from "./broadcast_rows.ts";
import { chatRows } from "./chat_rows.ts";
import { socketsAllowed } from "./descriptors.ts";
import { downloadRows, uploadMemoryRows, uploadRows } from "./files_rows.ts";
import type { Bench, Part, PartRows } from "./part.ts";
import { backlogRows } from "./peer_backlog.ts";
import { acknowledgedRows, broadcastRows } from "./peer_broadcast.ts";
import { pushRows } from "./push_rows.ts";
import { machine, recordFile, sectionOf, updatedRecord } from "./report.ts";
import { requestRows } from "./requests.ts";
import { scanRows } from "./scan.ts";
import { latencyRows, sendRows } from "./send_rows.ts";
import { connectRows, fanOutRows, idleRows } from "./socket_rows.ts";
import { smallUploadRows } from "./small_uploads.ts";
import { storeRows } from "./store_rows.ts";
import { tableOf } from "./table.ts";

const wantedSockets = 10_000;
/** Time in which a part that broke ends. */
const settleMs = 5_000;

/** In their order: what the time of a run is best spent on comes first. */
const parts: Record<string, Part> = {
  "broadcast": broadcastRows,
  "acknowledged": acknowledgedRows,
  "backlog": backlogRows,
  "sends": sendRows,
  "connect": connectRows,
  "upload": uploadRows,
  "small-uploads": smallUploadRows,
  "download": downloadRows,
  "requests": requestRows,
  "idle": idleRows,
  "latency": latencyRows,
  "fan-out": fanOutRows,
  "all-broadcast": allBroadcastRows,
  "chat": chatRows,
  "push": pushRows,
  "stores": storeRows,
  "scan": scanRows,
  "upload-memory": uploadMemoryRows,
  "write-cost": writeCostRows,
};

async function run(): Promise<number> {
  const allowed = await socketsAllowed(wantedSockets);
  if ("exitCode" in allowed) return allowed.exitCode;
  const begunAt = performance.now();
  const named = Deno.args.filter((arg) => !arg.startsWith("--"));
  const unknown = named.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    complain(`There is no part "${unknown}": choose of ${Object.keys(parts).join(", ")}.`);
    return 1;
  }
  const quick = Deno.args.includes("--quick");
  const rounds = numberOf("rounds") ?? (quick ? 1 : 3);
  const mostMs = (numberOf("minutes") ?? Infinity) * 60_000;
  const dir = await Deno.makeTempDir({ prefix: "behest-bench-" });
  // A broker that is compared with may run as another user.
  await Deno.chmod(dir, 0o755);
  const bench: Bench = { dir, rounds, quick, sockets: allowed.sockets };
  const limit = allowed.sockets < wantedSockets
    ? ` Only ${allowed.sockets} sockets: the limit of open files (ulimit -n) is low.`
    : "";
  const results = new Map<string, PartRows>();
  let failed = false;
  try {
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      const partBegunAt = performance.now();
      if (partBegunAt - begunAt > mostMs) {
        complain(`${name}: not measured, as the time is over; its rows stay as they were`);
        continue;
      }
      try {
        const part = await unlessBroken(parts[name]!(bench));
        results.set(name, part);
        await record(name, part, await machine(rounds, quick) + limit);
      } catch (error) {
        // The other parts are still worth their time.
        failed = true;
        complain(`${name}: ${error instanceof Error ? error.stack : error}`);
      }
      complain(`${name}: ${((performance.now() - partBegunAt) / 1000).toFixed(0)} s`);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  show(results, await machine(rounds, quick) + limit);
  return failed ? 1 : 0;
}

function numberOf(name: string): number | null {
  const said = Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  return said === undefined ? null : Number(said);
}

/** What an error does that nobody catches, as of a socket that closed: it breaks the part that runs, not the others. */
let breakPart: (reason: unknown) => void = () => {};
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  breakPart(event.error);
});

async function unlessBroken<T>(part: Promise<T>): Promise<T> {
  const broken = Promise.withResolvers<never>();
  breakPart = broken.reject;
  try {
    return await Promise.race([part, broken.promise]);
  } catch (error) {
    // When a part fails, its server ends before its sockets, which say less of why.
    throw await Promise.race([part.then(() => error, (reason) => reason), pass(settleMs, error)]);
  }
}

function pass<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}

function show(results: ReadonlyMap<string, PartRows>, measured: string): void {
  const rows = [...results.values()].flatMap((part) => part.rows);
  const notes = [...results.values()].flatMap((part) => part.notes);
  const missed = rows.filter(({ met }) => met === false);
  if (missed.length > 0) say(`\nMissed:\n${tableOf(missed)}`);
  if (rows.length > 0) {
    say(`\n${tableOf(rows)}\n\n${notes.map((note) => `- ${note}`).join("\n")}\n- ${measured}`);
  }
}

/** A part's rows, as soon as it has them: what ends a bench early takes none of them back. */
async function record(name: string, part: PartRows, measured: string): Promise<void> {
  if (Deno.args.includes("--dry")) return;
  const old = await Deno.readTextFile(recordFile).catch(() => "");
  const section = new Map([[name, sectionOf(name, part, measured)]]);
  await Deno.writeTextFile(recordFile, updatedRecord(old, section, Object.keys(parts)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", recordFile] }).output();
}

Deno.exit(await run());
