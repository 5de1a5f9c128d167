import type { BlobRecord, FileJob, RefusedHash } from "../../files/ports.ts";
import type { Conclusion, ScanJob } from "../../scanning/ports.ts";
import type { Verdict } from "../../protocol/mod.ts";
import { blobWrites } from "./blob_writes.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";

/** A blob's scan as it lies in the store. Its place in the index is `dueMs`, or the end of the lease while it is leased. */
export interface ScanRecord {
  dueMs: number;
  attempts: number;
  rescan: boolean;
  lease: { owner: string; untilMs: number } | null;
}

/** What a conclusion writes; a match refuses its hash as one. */
export type StoredConclusion = Omit<Conclusion, "refuse"> & { refuse?: RefusedHash["why"] };

type Sets = NonNullable<Write["sets"]>;

/** Adds a scan: for the commit that writes a new blob's record, which must check that there was none. */
export function scanWrites(sha256: string, dueMs: number, { rescan = false } = {}): Sets {
  return scanSets(sha256, { dueMs, attempts: 0, rescan, lease: null });
}

export function scanSets(sha256: string, scan: ScanRecord): Sets {
  return [
    { key: keys.scan(sha256), value: scan },
    { key: scanPlace(sha256, scan), value: 1 },
  ];
}

/** The key of a scan in the index of what is due. */
export function scanPlace(sha256: string, { dueMs, lease }: ScanRecord): Deno.KvKey {
  return keys.scanDue(lease?.untilMs ?? dueMs, sha256);
}

/** Ends the scan that somebody has a lease on; fails when the lease was lost. */
export function endScanWrites(job: ScanJob): { checks: Deno.AtomicCheck[]; deletes: Deno.KvKey[] } {
  const key = keys.scan(job.sha256);
  return {
    checks: [{ key, versionstamp: job.version }],
    deletes: [key, keys.scanDue(job.leaseUntilMs, job.sha256)],
  };
}

/** Ends whatever scan was read for a blob, leased or not, or checks that there still is none. */
export function dropScanWrites(
  sha256: string,
  entry: Deno.KvEntryMaybe<ScanRecord>,
): { checks: Deno.AtomicCheck[]; deletes: Deno.KvKey[] } {
  if (entry.value === null) return { checks: [entry], deletes: [] };
  return { checks: [entry], deletes: [entry.key, scanPlace(sha256, entry.value)] };
}

/**
 * The end of a scan: the blob's state, the verdicts, the refused hash and the job that tells of it, as one commit with the
 * end of the scan. Fails when the lease was lost or the blob changed since `blob` was read.
 */
export function concludeWrite(
  job: ScanJob,
  blob: Deno.KvEntry<BlobRecord>,
  conclusion: StoredConclusion,
  nowMs: number,
): Required<Pick<Write, "checks" | "sets" | "deletes" | "valueBytes">> {
  const end = endScanWrites(job);
  const state = stateWrites(blob, conclusion, nowMs);
  return {
    checks: [...end.checks, ...state.checks],
    sets: state.sets,
    deletes: [...end.deletes, ...state.deletes],
    valueBytes: state.valueBytes,
  };
}

/** What a conclusion makes of a blob, without its scan. A rejected blob stays rejected. */
export function stateWrites(
  blob: Deno.KvEntry<BlobRecord>,
  { state: concluded, verdicts, refuse }: StoredConclusion,
  nowMs: number,
): Required<Pick<Write, "checks" | "sets" | "deletes" | "valueBytes">> {
  const before = blob.value;
  const state = before.state === "rejected" ? before.state : concluded;
  const scanMs = before.scanMs ?? Math.max(0, nowMs - before.createdMs);
  const written = blobWrites(before, { ...before, state, scanMs });
  const sets: Sets = [...written.sets, ...verdictSets(before.sha256, verdicts)];
  if (refuse !== undefined) {
    const refused: RefusedHash = { why: refuse, atMs: nowMs };
    sets.push({ key: keys.refused(before.sha256), value: refused });
  }
  if (state !== before.state) sets.push(blobChangedSet(before.sha256, nowMs));
  return { checks: [blob], sets, deletes: written.deletes, valueBytes: bytesOf(verdicts) };
}

export function verdictSets(sha256: string, verdicts: readonly Verdict[]): Sets {
  return verdicts.map((verdict) => ({ key: keys.verdict(sha256, verdict.check), value: verdict }));
}

/** The job that tells owners, and commands that wait, of a blob's new state. */
export function blobChangedSet(sha256: string, nowMs: number): { key: Deno.KvKey; value: FileJob } {
  return {
    key: keys.job(nowMs, `blob_changed:${sha256}`),
    value: { kind: "blob_changed", sha256 },
  };
}

/** About how many bytes a commit with these verdicts holds: two for each character that people or services wrote. */
export function bytesOf(verdicts: readonly Verdict[]): number {
  let bytes = 2048;
  for (const { answer, version, scanner } of verdicts) {
    bytes += 256 + 2 * (answer.length + version.length + scanner.length);
  }
  return bytes;
}
