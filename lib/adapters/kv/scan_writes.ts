import type { BlobRecord, FileJob, QuarantineRecord, RefusedHash } from "../../files/ports.ts";
import type { Conclusion, ScanJob } from "../../scanning/ports.ts";
import { limits, type Verdict } from "../../protocol/mod.ts";
import { blobWrites } from "./blob_writes.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvCheck, KvEntry, KvEntryMaybe, KvKey } from "./port.ts";

/** Stored scan of a blob. Its index entry is at `dueMs`, or at the end of the lease. */
export interface ScanRecord {
  dueMs: number;
  attempts: number;
  rescan: boolean;
  lease: { owner: string; untilMs: number } | null;
}

/** A conclusion as stored; a match refuses its hash as `match`. */
export type StoredConclusion = Omit<Conclusion, "refuse"> & { refuse?: RefusedHash["why"] };

/** Returns the writes that begin a quarantine (SC-8): its record, and the jobs that move the bytes and end it. */
export function quarantineSets(sha256: string, nowMs: number): Sets {
  const record: QuarantineRecord = { sinceMs: nowMs, untilMs: nowMs + limits.quarantineMs };
  return [
    { key: keys.quarantine(sha256), value: record },
    jobSet(nowMs, { kind: "blob_quarantine", sha256 }),
    jobSet(record.untilMs, { kind: "quarantine_end", sha256 }),
  ];
}

type Sets = NonNullable<Write["sets"]>;

/** Returns the writes that add a scan, for the commit of a new blob's record, which must check that no scan exists. */
export function scanWrites(sha256: string, dueMs: number, { rescan = false } = {}): Sets {
  return scanSets(sha256, { dueMs, attempts: 0, rescan, lease: null });
}

export function scanSets(sha256: string, scan: ScanRecord): Sets {
  return [
    { key: keys.scan(sha256), value: scan },
    { key: scanPlace(sha256, scan), value: 1 },
  ];
}

/** Key of a scan in the index of due times. */
export function scanPlace(sha256: string, { dueMs, lease }: ScanRecord): KvKey {
  return keys.scanDue(lease?.untilMs ?? dueMs, sha256);
}

/** Returns the writes that end a leased scan; they fail when the lease was lost. */
export function endScanWrites(job: ScanJob): { checks: KvCheck[]; deletes: KvKey[] } {
  const key = keys.scan(job.sha256);
  return {
    checks: [{ key, versionstamp: job.version }],
    deletes: [key, keys.scanDue(job.leaseUntilMs, job.sha256)],
  };
}

/** Returns the writes that end the scan that was read, leased or not, or check that there is still none. */
export function dropScanWrites(
  sha256: string,
  entry: KvEntryMaybe<ScanRecord>,
): { checks: KvCheck[]; deletes: KvKey[] } {
  if (entry.value === null) return { checks: [entry], deletes: [] };
  return { checks: [entry], deletes: [entry.key, scanPlace(sha256, entry.value)] };
}

/**
 * Returns the writes of a scan's conclusion: the blob's state, the verdicts, the refused hash, the job that notifies, and the
 * end of the scan. They fail when the lease was lost or the blob changed since `blob` was read.
 */
export function concludeWrite(
  job: ScanJob,
  blob: KvEntry<BlobRecord>,
  conclusion: StoredConclusion,
  nowMs: number,
): Required<Pick<Write, "checks" | "sets" | "deletes" | "valueBytes">> {
  const end = endScanWrites(job);
  const state = stateWrites(blob, conclusion, nowMs);
  // Rejected while its scan was under way (MO-8): the quarantine waited for what the scan finds.
  const waited = blob.value.state === "rejected" && conclusion.refuse !== "match"
    ? [jobSet(nowMs, { kind: "blob_quarantine", sha256: blob.value.sha256 })]
    : [];
  return {
    checks: [...end.checks, ...state.checks],
    sets: [...state.sets, ...waited],
    deletes: [...end.deletes, ...state.deletes],
    valueBytes: state.valueBytes,
  };
}

/**
 * Returns the blob's writes of a conclusion, without its scan. A rejected blob stays rejected, unless a moderator releases it
 * from quarantine: then its hash is no longer refused either.
 */
export function stateWrites(
  blob: KvEntry<BlobRecord>,
  { state: concluded, verdicts, refuse, fromQuarantine = false }: StoredConclusion,
  nowMs: number,
  { scanGoesOn = false } = {},
): Required<Pick<Write, "checks" | "sets" | "deletes" | "valueBytes">> {
  const before = blob.value;
  const { sha256 } = before;
  const state = before.state === "rejected" && !fromQuarantine ? before.state : concluded;
  const scanMs = before.scanMs ?? Math.max(0, nowMs - before.createdMs);
  const written = blobWrites(before, { ...before, state, scanMs });
  const sets: Sets = [...written.sets, ...verdictSets(sha256, verdicts)];
  if (refuse !== undefined) {
    const refused: RefusedHash = { why: refuse, atMs: nowMs };
    sets.push({ key: keys.refused(sha256), value: refused });
  }
  if (state !== before.state) sets.push(blobChangedSet(sha256, nowMs));
  // The bytes of a match become evidence instead; a scan that goes on has to find them.
  if (state === "rejected" && before.state !== state && refuse !== "match" && !scanGoesOn) {
    sets.push(...quarantineSets(sha256, nowMs));
  }
  const deletes = [...written.deletes];
  if (fromQuarantine) deletes.push(keys.quarantine(sha256), keys.refused(sha256));
  return { checks: [blob], sets, deletes, valueBytes: bytesOf(verdicts) };
}

export function verdictSets(sha256: string, verdicts: readonly Verdict[]): Sets {
  return verdicts.map((verdict) => ({ key: keys.verdict(sha256, verdict.check), value: verdict }));
}

/** Returns the job that tells owners and waiting commands of a blob's new state. */
export function blobChangedSet(sha256: string, nowMs: number): { key: KvKey; value: FileJob } {
  return jobSet(nowMs, { kind: "blob_changed", sha256 });
}

function jobSet(dueMs: number, job: FileJob & { sha256: string }): { key: KvKey; value: FileJob } {
  return { key: keys.job(dueMs, `${job.kind}:${job.sha256}`), value: job };
}

/** Estimates the bytes of these verdicts in a commit: two for each character of text from people or services. */
export function bytesOf(verdicts: readonly Verdict[]): number {
  let bytes = 2048;
  for (const { answer, version, scanner } of verdicts) {
    bytes += 256 + 2 * (answer.length + version.length + scanner.length);
  }
  return bytes;
}
