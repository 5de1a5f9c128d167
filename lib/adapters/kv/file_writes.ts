import type { BlobRecord, FileJob, FileRecord, UploadRecord } from "../../files/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { blobWrites } from "./blob_writes.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvEntryMaybe, KvKey } from "./port.ts";
import { dropScanWrites, type ScanRecord } from "./scan_writes.ts";

type Sets = NonNullable<Write["sets"]>;

/** Returns the write of a file job. Two writes for the same time give one job. */
export function fileJobSet({ dueMs, job }: { dueMs: number; job: FileJob }): Sets[number] {
  return { key: keys.job(dueMs, `${job.kind}:${subjectOf(job)}`), value: job };
}

function subjectOf(job: FileJob): string {
  switch (job.kind) {
    case "file_expire":
    case "file_settle":
      return job.fileId;
    case "blob_sweep":
    case "blob_changed":
    case "blob_quarantine":
    case "quarantine_end":
      return job.sha256;
    default:
      return job satisfies never;
  }
}

/** Whether a legal hold is in force. A hold with an unreadable end is. */
export function inForce({ value }: KvEntryMaybe<unknown>, nowMs: number): boolean {
  if (value === null) return false;
  const untilMs = typeof value === "object" ? (value as { untilMs?: unknown }).untilMs : undefined;
  return typeof untilMs !== "number" || untilMs > nowMs;
}

/**
 * Returns the writes of a resumable upload: its record, and its entry among the owner's open uploads. Finished uploads expire.
 */
export function uploadWrites(upload: UploadRecord): { sets: Sets; deletes: KvKey[] } {
  const { id, ownerId, fileId, refused } = upload;
  const [key, place] = [keys.upload(id), keys.uploadOf(ownerId, id)];
  const isOpen = fileId === null && refused === null;
  return isOpen
    ? { sets: [{ key, value: upload }, { key: place, value: 1 }], deletes: [] }
    : { sets: [{ key, value: upload, expireIn: limits.uploadKeptMs }], deletes: [place] };
}

/** Total size and number of a person's files. */
export interface Usage {
  bytes: number;
  files: number;
}

/** The records of a file, as a removal read them. */
export interface FileEntries {
  stored: KvEntry<FileRecord>;
  used: KvEntryMaybe<unknown>;
  usage: KvEntryMaybe<Usage>;
  refsEntry: KvEntryMaybe<unknown>;
  holds: readonly KvEntryMaybe<unknown>[];
  uses: readonly KvEntry<unknown>[];
}

/** The records of bytes that no other file refers to. */
export interface LastEntries {
  blob: KvEntryMaybe<BlobRecord>;
  scan: KvEntryMaybe<ScanRecord>;
  verdicts: readonly KvEntry<unknown>[];
}

/**
 * Returns the writes that remove a file; with `last` also its blob's records and the job that sweeps the bytes. They fail when
 * anything changed since.
 */
export function removalWrite(
  { stored, used, usage, refsEntry, holds, uses }: FileEntries,
  last: LastEntries | null,
  nowMs: number,
): Write {
  const { id, ownerId, sha256, sizeBytes } = stored.value;
  const left: Usage = {
    bytes: Math.max(0, (usage.value?.bytes ?? 0) - sizeBytes),
    files: Math.max(0, (usage.value?.files ?? 0) - 1),
  };
  const write: Required<Pick<Write, "checks" | "sets" | "deletes">> = {
    checks: [stored, used, usage, refsEntry, ...holds],
    sets: [
      { key: keys.usage(ownerId), value: left },
      { key: keys.refMark(sha256), value: 1 },
    ],
    deletes: [
      keys.file(id),
      keys.fileOf(ownerId, id),
      keys.ref(sha256, id),
      keys.fileUsed(id),
      ...uses.map(({ key }) => key),
    ],
  };
  if (last === null) return write;
  const { blob, scan, verdicts } = last;
  const dropped = dropScanWrites(sha256, scan);
  write.checks.push(blob, ...dropped.checks);
  write.sets.push(fileJobSet({ dueMs: nowMs, job: { kind: "blob_sweep", sha256 } }));
  write.deletes.push(
    ...blobWrites(blob.value, null).deletes,
    ...dropped.deletes,
    ...verdicts.map(({ key }) => key),
  );
  return write;
}
