/**
 * `deno task check-storage [DATA_DIR] [--mend]`: compares the storage's bytes with what the store says of them, and reads every
 * blob to see whether it still has its hash. Names what does not fit, and what `--mend` would do about it, or does; where a
 * person has to decide, it leaves things as they are. Ends with 0 when nothing is found (or nothing is left after mending)
 * but what the server itself removes, otherwise with 1. The server must be stopped: the store has one owner. Several instances on one KV Connect database
 * cannot be seen from here: stop all of them and say so with `--stopped`.
 */
import { type BlobsOnDisk, check, type Finding, mend, readFacts } from "../lib/adapters/storage_check/mod.ts";
import { DiskBlobs } from "../lib/adapters/blobs/mod.ts";
import { rehash, type RehashProgress } from "../lib/adapters/blobs/rehash.ts";
import { SealedFiles } from "../lib/adapters/evidence/mod.ts";
import { KvAudit, openExistingStore, type Store, type StorePlace } from "../lib/adapters/kv/mod.ts";
import { ConfigProblem, loadConfig } from "../lib/config/mod.ts";
import { complain, say } from "../lib/platform/console.ts";
import { silentLog, systemClock } from "../lib/platform/mod.ts";

/** Whoever is at the terminal. No username looks like this. */
const operator = { userId: "operator", username: "(operator)" } as const;
/** What one mend leads to is found in the next look; more than a few in a row would be a mend that does not hold. */
const looks = 5;

interface Places {
  kv: StorePlace;
  storage: string;
  evidence: SealedFiles;
}

function placesOf(directory: string | undefined): Places {
  if (directory !== undefined) {
    const dir = directory.replace(/(?<=.)\/+$/, "");
    const evidence = new SealedFiles({ dir: `${dir}/evidence`, keyFile: `${dir}/evidence.key` });
    return { kv: `${dir}/kv.sqlite3`, storage: `${dir}/storage`, evidence };
  }
  const read = loadConfig();
  if (read instanceof ConfigProblem) throw new Error(read.line);
  const { dataDir, kv, evidenceKey } = read.config;
  const dir = dataDir.replace(/(?<=.)\/+$/, "");
  const evidence = new SealedFiles({ dir: `${dir}/evidence`, keyFile: evidenceKey });
  return { kv, storage: `${dir}/storage`, evidence };
}

async function openExisting(place: StorePlace, stopped: boolean): Promise<Store> {
  if (typeof place === "string" && /^https?:/.test(place) && !stopped) {
    throw new Error(`Other instances may use ${place}. Stop all of them, then say so with --stopped.`);
  }
  return await openExistingStore(place);
}

/** What a check needs from its first look to its last. */
class Check {
  readonly #store: Store;
  readonly #disk: DiskBlobs;
  readonly #evidence: SealedFiles;
  #onDisk: BlobsOnDisk = new Map();

  constructor(store: Store, { storage, evidence }: Places) {
    this.#store = store;
    this.#disk = new DiskBlobs(storage);
    this.#evidence = evidence;
  }

  async look(): Promise<Finding[]> {
    this.#onDisk = await rehash(this.#disk, (progress) => complain(textOf(progress)));
    return await this.#compare();
  }

  /** Mends, looks again without reading all bytes, and goes on while that finds more; gives what is left. */
  async mendAll(findings: Finding[]): Promise<Finding[]> {
    let left = findings;
    for (let look = 0; look < looks; look++) {
      const mendable = left.filter((finding) => finding.mend !== null);
      if (mendable.length === 0) break;
      await this.#note(mendable);
      for (const finding of mendable) {
        await mend(this.#store.kv, this.#disk, finding.mend!);
        say(`Mended ${finding.kind}: ${finding.subject}: ${finding.mend!.how}.`);
      }
      left = await this.#compare();
    }
    return left;
  }

  async #compare(): Promise<Finding[]> {
    const still = new Map<string, { sizeBytes: number; sound: boolean }>();
    for await (const { sha256, sizeBytes } of this.#disk.list()) {
      const known = this.#onDisk.get(sha256);
      if (known !== undefined) still.set(sha256, { sizeBytes, sound: known.sound });
    }
    const facts = await readFacts(
      this.#store.kv,
      this.#disk,
      still,
      (incident) =>
        this.#evidence.verify(incident.id, incident).catch((error: Error) => {
          complain(error.message);
          return false;
        }),
      systemClock.now(),
    );
    return check(facts);
  }

  /** Into the audit log, before anything is changed. */
  async #note(findings: readonly Finding[]): Promise<void> {
    const audit = new KvAudit(this.#store, systemClock, silentLog);
    const noted = await audit.commit({}, {
      actor: operator,
      action: "storage.mended",
      subject: null,
      address: "",
      reason: null,
      detail: countsOf(findings),
    });
    if (!noted.ok) throw new Error("The audit log could not be written.");
  }
}

function textOf({ blobs, ofBlobs, bytes, ofBytes }: RehashProgress): string {
  const mib = (count: number) => (count / 2 ** 20).toFixed(1);
  return `Read ${blobs} of ${ofBlobs} blobs, ${mib(bytes)} of ${mib(ofBytes)} MiB.`;
}

function countsOf(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Gives the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const directories = args.filter((arg) => !arg.startsWith("--"));
  const flags = args.filter((arg) => arg.startsWith("--"));
  const unknown = flags.find((flag) => flag !== "--mend" && flag !== "--stopped");
  if (unknown !== undefined || directories.length > 1) {
    throw new Error("Say: deno task check-storage [DATA_DIR] [--mend] [--stopped]");
  }
  const mending = flags.includes("--mend");
  const places = placesOf(directories[0]);
  await using store = await openExisting(places.kv, flags.includes("--stopped"));
  const storage = new Check(store, places);
  const findings = await storage.look();
  for (const { kind, subject, what, server, mend } of findings) {
    const then = mend === null ? "Somebody has to look at this." : `--mend: ${mend.how}.`;
    say(`${kind}: ${subject}: ${what} ${server === undefined ? "" : `${server} `}${then}`);
  }
  if (findings.length === 0) {
    say("The storage is as it should be.");
    return 0;
  }
  say(`Found ${listOf(findings)}.`);
  if (!mending) return codeOf(findings);
  const left = await storage.mendAll(findings);
  say(left.length === 0 ? "Nothing is left." : `Left: ${listOf(left)}.`);
  return codeOf(left);
}

/** 0 when the server itself removes all of it. */
function codeOf(findings: readonly Finding[]): number {
  if (findings.some(({ server }) => server === undefined)) return 1;
  if (findings.length > 0) say("No fault: the server removes these itself.");
  return 0;
}

function listOf(findings: readonly Finding[]): string {
  return Object.entries(countsOf(findings)).map(([kind, count]) => `${count} × ${kind}`).join(", ");
}

if (import.meta.main) {
  try {
    Deno.exitCode = await run(Deno.args);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
