import { iso } from "../platform/mod.ts";
import { type FileObject, type FileState, limits } from "../protocol/mod.ts";
import type { BlobRecord, FileRecord, FileUse } from "./ports.ts";

/** FI-7: returns when the file expires, unless something else uses it by then. */
export function expiryOf({ createdMs }: Pick<FileRecord, "createdMs">, uses: readonly FileUse[]): number {
  return uses.reduce((latest, { untilMs }) => Math.max(latest, untilMs), createdMs + limits.fileUnusedMs);
}

/** FI-4: returns the file object of the API. */
export function fileObjectOf(
  file: Pick<FileRecord, "id" | "sha256" | "name" | "sizeBytes" | "type" | "createdMs">,
  state: FileState,
  expiresMs: number,
): FileObject {
  const { id, sha256, name, sizeBytes, type, createdMs } = file;
  return {
    id,
    sha256,
    name,
    size: sizeBytes,
    type,
    state,
    createdAt: iso(createdMs),
    expiresAt: iso(expiresMs),
  };
}

/**
 * FI-3: returns when a new file of known bytes shows their state: after the time that their first scan took, but at most one
 * scanner's time limit, so that a past outage delays nobody. Bytes with a failed scan show `scanning` for the time of a first
 * try.
 */
export function settlesMsOf(createdMs: number, blob: Pick<BlobRecord, "state" | "scanMs"> | null): number {
  if (blob === null) return createdMs;
  if (blob.scanMs !== null) return createdMs + Math.min(blob.scanMs, limits.scanMs);
  return blob.state === "scanning" ? createdMs : createdMs + limits.scanRetryBaseMs;
}

/**
 * Like `settlesMsOf`, also for a file that was added during the first scan of its bytes. That scan ends sooner after this
 * upload than a scan of new bytes would, so the file waits for the full scan time.
 */
export function settledMs(
  file: Pick<FileRecord, "createdMs" | "settlesMs">,
  blob: Pick<BlobRecord, "scanMs">,
): number {
  if (blob.scanMs === null) return file.settlesMs;
  return Math.max(file.settlesMs, file.createdMs + Math.min(blob.scanMs, limits.scanMs));
}

/** FI-4: returns the state that people see. A file without a blob record is `held`: nothing unknown is clean. */
export function shownState(
  file: Pick<FileRecord, "createdMs" | "settlesMs">,
  blob: Pick<BlobRecord, "state" | "scanMs"> | undefined,
  nowMs: number,
): FileState {
  if (blob === undefined) return "held";
  return nowMs < settledMs(file, blob) ? "scanning" : blob.state;
}
