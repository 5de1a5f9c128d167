/**
 * `deno task bench [part…] [--quick] [--rounds=N]`: what we do beside what the platform and its peers do. All parts when none
 * is named. It asserts nothing about time. Results are printed, those that miss their target first, and written to
 * `docs/performance.md`, except with `--dry`.
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

const parts: Record<string, Part> = {
  "broadcast": broadcastRows,
  "acknowledged": acknowledgedRows,
  "backlog": backlogRows,
  "sends": sendRows,
  "stores": storeRows,
  "latency": latencyRows,
  "chat": chatRows,
  "connect": connectRows,
  "idle": idleRows,
  "fan-out": fanOutRows,
  "all-broadcast": allBroadcastRows,
  "write-cost": writeCostRows,
  "push": pushRows,
  "requests": requestRows,
  "scan": scanRows,
  "upload": uploadRows,
  "small-uploads": smallUploadRows,
  "upload-memory": uploadMemoryRows,
  "download": downloadRows,
};

async function run(): Promise<number> {
  const allowed = await socketsAllowed(wantedSockets);
  if ("exitCode" in allowed) return allowed.exitCode;
  const named = Deno.args.filter((arg) => !arg.startsWith("--"));
  const unknown = named.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    complain(`There is no part "${unknown}": choose of ${Object.keys(parts).join(", ")}.`);
    return 1;
  }
  const quick = Deno.args.includes("--quick");
  const roundsArg = Deno.args.find((arg) => arg.startsWith("--rounds="))?.slice("--rounds=".length);
  const rounds = Number(roundsArg ?? (quick ? 1 : 3));
  const dir = await Deno.makeTempDir({ prefix: "behest-bench-" });
  // A broker that is compared with may run as another user.
  await Deno.chmod(dir, 0o755);
  const bench: Bench = { dir, rounds, quick, sockets: allowed.sockets };
  const results = new Map<string, PartRows>();
  let failed = false;
  try {
    for (const name of named.length > 0 ? named : Object.keys(parts)) {
      const begunAt = performance.now();
      try {
        results.set(name, await unlessBroken(parts[name]!(bench)));
      } catch (error) {
        // The other parts are still worth their time.
        failed = true;
        complain(`${name}: ${error instanceof Error ? error.stack : error}`);
      }
      complain(`${name}: ${((performance.now() - begunAt) / 1000).toFixed(0)} s`);
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
  const measured = await machine(rounds, quick);
  const limit = allowed.sockets < wantedSockets
    ? ` Only ${allowed.sockets} sockets: the limit of open files (ulimit -n) is low.`
    : "";
  await report(results, measured + limit);
  return failed ? 1 : 0;
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

async function report(results: ReadonlyMap<string, PartRows>, measured: string): Promise<void> {
  const rows = [...results.values()].flatMap((part) => part.rows);
  const notes = [...results.values()].flatMap((part) => part.notes);
  const missed = rows.filter(({ met }) => met === false);
  if (missed.length > 0) say(`\nMissed:\n${tableOf(missed)}`);
  if (rows.length > 0) {
    say(`\n${tableOf(rows)}\n\n${notes.map((note) => `- ${note}`).join("\n")}\n- ${measured}`);
  }
  if (Deno.args.includes("--dry")) return;
  const sections = new Map([...results].map(([name, part]) => [name, sectionOf(name, part, measured)]));
  const old = await Deno.readTextFile(recordFile).catch(() => "");
  await Deno.writeTextFile(recordFile, updatedRecord(old, sections, Object.keys(parts)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", recordFile] }).output();
}

Deno.exit(await run());
