import type { BlobRecord } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits, type Verdict } from "../../protocol/mod.ts";
import type { ScanJob, ScanStore } from "../../scanning/ports.ts";
import { blobWrites } from "./blob_writes.ts";
import type { Write } from "./committer.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey } from "./port.ts";
import {
  blobChangedSet,
  bytesOf,
  concludeWrite,
  dropScanWrites,
  scanPlace,
  type ScanRecord,
  scanSets,
  scanWrites,
  verdictSets,
} from "./scan_writes.ts";
import type { Store } from "./store.ts";

export { concludeWrite, dropScanWrites, endScanWrites, type ScanRecord, scanWrites } from "./scan_writes.ts";

/** Index entries read in one step. */
const placesAtOnce = 16;
/** Blobs without any verdict that are read in one step, to find the scan with the earliest due time. */
const unseenAtOnce = 256;

/** `endLeases` also ends the leases of a process that died. Only for the start of a store's only process. */
export type KvScanStore = ScanStore & { endLeases(): Promise<void> };

/** Scans, verdicts and the states of blobs in Deno KV (SC-1, SC-4). */
export function kvScanStore(store: Store, clock: Clock): KvScanStore {
  const { kv, committer } = store;
  const scanOf = (sha256: string) => kv.get<ScanRecord>(keys.scan(sha256));
  const blobOf = (sha256: string) => kv.get<BlobRecord>(keys.blob(sha256));

  async function lease(sha256: string, entry: KvEntry<ScanRecord>, owner: string, nowMs: number) {
    return await put(sha256, entry, {
      ...entry.value,
      lease: { owner, untilMs: nowMs + limits.scanLeaseMs },
    });
  }

  /** Writes a leased scan over the record that was read; null when another writer was faster. */
  async function put(
    sha256: string,
    entry: KvEntry<ScanRecord>,
    scan: ScanRecord & { lease: NonNullable<ScanRecord["lease"]> },
  ): Promise<ScanJob | null> {
    const committed = await committer.commit(moveWrite(sha256, entry, scan));
    if (!committed.ok) return null;
    const { attempts, rescan, lease: { untilMs } } = scan;
    return { sha256, attempts, rescan, leaseUntilMs: untilMs, version: committed.versionstamp };
  }

  async function takeFirst(owner: string, nowMs: number): Promise<ScanJob | null> {
    const prefix = keys.scansDue();
    const selector = { start: [...prefix, 0], end: [...prefix, nowMs + 1] } as const;
    while (true) {
      let places = 0;
      let mended = false;
      for await (const place of kv.list(selector, { limit: placesAtOnce })) {
        places++;
        const sha256 = place.key[2] as string;
        const entry = await scanOf(sha256);
        if (entry.value === null || !sameKey(scanPlace(sha256, entry.value), place.key)) {
          // Another writer was faster since the list was read, or an old index entry remains: the scan record decides.
          const after = await committer.commit({ checks: [entry, place], deletes: [place.key] });
          mended ||= after.ok;
          continue;
        }
        const job = await lease(sha256, entry, owner, nowMs);
        if (job !== null) return job;
      }
      if (places < placesAtOnce && !mended) return null;
    }
  }

  async function takeUnseen(owner: string, nowMs: number): Promise<ScanJob | null> {
    const due: { sha256: string; entry: KvEntry<ScanRecord>; atMs: number }[] = [];
    for await (const { key } of kv.list({ prefix: keys.blobsIn("scanning") }, { limit: unseenAtOnce })) {
      const sha256 = key[2] as string;
      const entry = await scanOf(sha256);
      if (entry.value === null) continue;
      const { lease, dueMs } = entry.value;
      if ((lease?.untilMs ?? dueMs) <= nowMs) due.push({ sha256, entry, atMs: dueMs });
    }
    for (const { sha256, entry } of due.sort((a, b) => a.atMs - b.atMs)) {
      const job = await lease(sha256, entry, owner, nowMs);
      if (job !== null) return job;
    }
    return null;
  }

  /** Returns the scan of a job while the job's lease is valid. */
  async function leased(job: ScanJob): Promise<KvEntry<ScanRecord> | null> {
    const entry = await scanOf(job.sha256);
    return entry.value !== null && entry.versionstamp === job.version ? entry : null;
  }

  /** Ends a lease with verdicts that are not final; tries again when only the blob changed. */
  async function giveBack(
    job: ScanJob,
    change: (scan: ScanRecord) => ScanRecord,
    verdicts: readonly Verdict[],
  ): Promise<boolean> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [entry, blob] = await Promise.all([leased(job), blobOf(job.sha256)]);
      if (entry === null) return false;
      const write = moveWrite(job.sha256, entry, change(entry.value));
      if (blob.value !== null && verdicts.length > 0 && !job.rescan) addHeld(write, blob, verdicts);
      if ((await committer.commit(write)).ok) return true;
    }
    throw new Error("A scan could not be put off: too many writers at once.");
  }

  /** There is no final verdict, so the blob is held. A rejected blob stays rejected. */
  function addHeld(write: MoveWrite, blob: KvEntry<BlobRecord>, verdicts: readonly Verdict[]): void {
    const { sha256, state } = blob.value;
    write.checks.push(blob);
    write.valueBytes = bytesOf(verdicts);
    write.sets.push(...verdictSets(sha256, verdicts));
    if (state === "rejected" || state === "held") return;
    const held = blobWrites(blob.value, { ...blob.value, state: "held" });
    write.sets.push(...held.sets, blobChangedSet(sha256, clock.now()));
    write.deletes.push(...held.deletes);
  }

  return {
    take: (owner, nowMs, only) => only === "unseen" ? takeUnseen(owner, nowMs) : takeFirst(owner, nowMs),

    async nextDueMs() {
      for await (const { key } of kv.list({ prefix: keys.scansDue() }, { limit: 1 })) return key[1] as number;
      return null;
    },

    async renew(job, nowMs) {
      const entry = await leased(job);
      if (entry === null) return null;
      const { owner } = entry.value.lease!;
      return await lease(job.sha256, entry, owner, nowMs);
    },

    retry: (job, dueMs, verdicts) =>
      giveBack(job, () => ({ dueMs, attempts: job.attempts + 1, rescan: job.rescan, lease: null }), verdicts),

    release: (job, verdicts) => giveBack(job, (scan) => ({ ...scan, lease: null }), verdicts),

    async conclude(job, conclusion) {
      for (let tries = 0; tries < limits.writeTries; tries++) {
        const [entry, blob] = await Promise.all([leased(job), blobOf(job.sha256)]);
        if (entry === null || blob.value === null) return false;
        if ((await committer.commit(concludeWrite(job, blob, conclusion, clock.now()))).ok) return true;
      }
      throw new Error("A verdict could not be written: too many writers at once.");
    },

    async drop(job) {
      const entry = await leased(job);
      if (entry !== null) await committer.commit(dropScanWrites(job.sha256, entry));
    },

    async blob(sha256) {
      return (await blobOf(sha256)).value;
    },

    async verdicts(sha256) {
      const verdicts: Verdict[] = [];
      for await (const { value } of kv.list<Verdict>({ prefix: keys.verdictsOf(sha256) })) {
        verdicts.push(value);
      }
      return verdicts;
    },

    async blobsIn(state, after, limit) {
      const prefix = keys.blobsIn(state);
      // The first key after a hash: a start is inclusive.
      const selector = after === null ? { prefix } : { prefix, start: [...prefix, after + "\0"] };
      const hashes: string[] = [];
      for await (const { key } of kv.list(selector, { limit })) hashes.push(key[2] as string);
      const blobs = await getValues<BlobRecord>(kv, hashes.map(keys.blob));
      // A blob may have been removed between the two reads.
      return blobs.filter((blob) => blob !== null);
    },

    async rescan(sha256, dueMs) {
      const [scan, blob] = await Promise.all([scanOf(sha256), blobOf(sha256)]);
      if (scan.value !== null || blob.value?.state !== "clean") return;
      // The check fails when another writer added a scan or changed the blob. Both make this scan unnecessary.
      await committer.commit({ checks: [scan, blob], sets: scanWrites(sha256, dueMs, { rescan: true }) });
    },

    async *cleanBlobs() {
      for await (const { value } of kv.list<BlobRecord>({ prefix: keys.blobs() })) {
        if (value.state !== "clean") continue;
        const { value: virus } = await kv.get<Verdict>(keys.verdict(value.sha256, "virus"));
        yield { sha256: value.sha256, version: virus?.version ?? "" };
      }
    },

    async endLeases() {
      for await (const entry of kv.list<ScanRecord>({ prefix: keys.scans() })) {
        const { key, value } = entry;
        // The check fails when another worker has a lease by now.
        if (value.lease !== null) {
          await committer.commit(moveWrite(key[1] as string, entry, { ...value, lease: null }));
        }
      }
    },

    async backlog(most) {
      let count = 0;
      for await (const _ of kv.list({ prefix: keys.scans() }, { limit: most })) count++;
      return count;
    },
  };
}

type MoveWrite = Required<Pick<Write, "checks" | "sets" | "deletes">> & Pick<Write, "valueBytes">;

/** Returns the writes of a scan's new record and index entry over those that were read. */
function moveWrite(sha256: string, entry: KvEntry<ScanRecord>, scan: ScanRecord): MoveWrite {
  const from = scanPlace(sha256, entry.value);
  return {
    checks: [entry],
    sets: scanSets(sha256, scan),
    deletes: sameKey(from, scanPlace(sha256, scan)) ? [] : [from],
  };
}

function sameKey(one: KvKey, other: KvKey): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}
