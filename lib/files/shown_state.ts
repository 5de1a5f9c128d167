import { type FileState, limits } from "../protocol/mod.ts";
import type { BlobRecord, FileRecord } from "./ports.ts";

/**
 * From when on a new file of known bytes shows what is known of them: as long after its upload as their first scan took
 * (FI-3), but no longer than one scanner may take, so that an outage in the past keeps nobody waiting. Bytes that a scanner
 * failed on so far are shown as `scanning` for the time of a first try.
 */
export function settlesMsOf(createdMs: number, blob: Pick<BlobRecord, "state" | "scanMs"> | null): number {
  if (blob === null) return createdMs;
  if (blob.scanMs !== null) return createdMs + Math.min(blob.scanMs, limits.scanMs);
  return blob.state === "scanning" ? createdMs : createdMs + limits.scanRetryBaseMs;
}

/**
 * The same for a file that was added while its bytes were in their first scan: that one ends sooner after this upload than
 * it would for bytes that nobody had sent before.
 */
export function settledMs(
  file: Pick<FileRecord, "createdMs" | "settlesMs">,
  blob: Pick<BlobRecord, "scanMs">,
): number {
  if (blob.scanMs === null) return file.settlesMs;
  return Math.max(file.settlesMs, file.createdMs + Math.min(blob.scanMs, limits.scanMs));
}

/** FI-4: what the file is shown as. Without a record of its bytes nothing is known, and nothing unknown is clean. */
export function shownState(
  file: Pick<FileRecord, "createdMs" | "settlesMs">,
  blob: Pick<BlobRecord, "state" | "scanMs"> | undefined,
  nowMs: number,
): FileState {
  if (blob === undefined) return "held";
  return nowMs < settledMs(file, blob) ? "scanning" : blob.state;
}
