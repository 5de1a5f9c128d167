import type { FileCarrier } from "../platform/mod.ts";
import type { FileState, Said } from "../protocol/mod.ts";

/** Positions of the first and the last byte of a range, both included, as in a `Range` header. */
export interface ByteRange {
  first: number;
  last: number;
}

/** What writes the bytes of uploads ended in the middle: they have to be sent again from what was synced. */
export class WritingEnded extends Error {
  override readonly name = "WritingEnded";
}

/** A staged upload, open for writing. The caller of `stage` disposes it; the staged bytes stay until `unstage`. */
export interface Staged extends AsyncDisposable {
  readonly id: string;
  /** Bytes written so far. */
  readonly sizeBytes: number;
  /** Writes a chunk; the caller can reuse it once this resolves. Hashing and writing overlap. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when all written bytes would survive a crash of the process or the machine. */
  sync(): Promise<void>;
  /** Syncs the complete bytes; returns their hash, size and first `limits.sniffBytes` bytes. */
  finish(): Promise<{ sha256: string; sizeBytes: number; head: Uint8Array<ArrayBuffer> }>;
  /** Removes the bytes. */
  discard(): Promise<void>;
}

/**
 * Stores each blob once, under its hash (FI-3). Incoming bytes are staged until they are complete. Passes on the disk's
 * errors.
 */
export interface BlobStore {
  /** Begins a staged upload. `id` comes from this server: 26 letters and digits. */
  stage(id: string): Promise<Staged>;
  /**
   * Opens a staged upload again, also one of a process that died, and keeps its first `sizeBytes` bytes. Null when it is gone
   * or shorter. Throws `Deno.errors.Busy` while another writer has it open. `stage` throws for an id that exists.
   */
  reopen(id: string, sizeBytes: number): Promise<Staged | null>;
  /** Lists the staged uploads, for the sweep. */
  staged(): AsyncIterable<{ id: string; sizeBytes: number; changedMs: number }>;
  /** Removes a staged upload. Does nothing when it is gone. */
  unstage(id: string): Promise<void>;
  /**
   * Makes finished staged bytes a blob, durably. Leaves a blob that exists as it is. The bytes stay staged until `unstage`, so
   * that whoever removes the blob before a file refers to it takes nothing from this upload (FI-2). Can be repeated: throws
   * only when the bytes are neither staged nor kept, or were written to and not finished.
   */
  keep(id: string, sha256: string): Promise<void>;
  /** Returns the bytes or a range of them; null when the blob is missing. */
  open(sha256: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Null when the blob is missing. */
  sizeOf(sha256: string): Promise<number | null>;
  remove(sha256: string): Promise<void>;
  /** Lists every stored blob and its time of storing, for the storage check and the sweep. */
  list(): AsyncIterable<{ sha256: string; sizeBytes: number; changedMs: number }>;
  readonly quarantine: Quarantine;
}

/** Keeps the bytes of rejected blobs where no `open` of the blob store finds them (SC-8). */
export interface Quarantine {
  /** Moves a blob's bytes here. Does nothing when the blob store does not have them. */
  put(sha256: string): Promise<void>;
  /** Moves them back. False when they are in neither place. */
  restore(sha256: string): Promise<boolean>;
  /** Destroys them. Does nothing when they are gone. */
  destroy(sha256: string): Promise<void>;
  list(): AsyncIterable<{ sha256: string; sizeBytes: number; changedMs: number }>;
}

/** What is known of a blob in quarantine: until when it is kept. */
export interface QuarantineRecord {
  sinceMs: number;
  untilMs: number;
}

/** Record of a blob: its type, its state and its first scan. */
export interface BlobRecord {
  sha256: string;
  sizeBytes: number;
  /** Sniffed from the bytes. */
  type: string;
  state: FileState;
  createdMs: number;
  /** Milliseconds from the first upload to the first final verdict; null until then. */
  scanMs: number | null;
}

/** Origin of an upload, for an incident (SC-5). */
export interface UploadedFrom {
  address: string;
  /** Port of the client; null behind a proxy, which hides it. */
  port: number | null;
  device: string;
  requestId: string;
}

/** One person's named reference to a blob. Never changes. */
export interface FileRecord {
  id: string;
  ownerId: string;
  sha256: string;
  name: string;
  sizeBytes: number;
  type: string;
  createdMs: number;
  /**
   * Until then the file shows `scanning`. For known bytes this wait is as long as their first scan, so that the time does not
   * reveal that the server had them (FI-3).
   */
  settlesMs: number;
  from: UploadedFrom;
}

/** A use of a file, and until when the file is kept for it (FI-7). */
export interface FileUse {
  by: FileCarrier;
  untilMs: number;
}

/** A hash that the server refuses in every upload. */
export interface RefusedHash {
  why: "infected" | "match" | "ncii" | "moderator" | "incomplete";
  atMs: number;
}

/** A resumable upload (FI-2). */
export interface UploadRecord {
  id: string;
  ownerId: string;
  name: string;
  sizeBytes: number;
  /** Bytes that are safe on the disk. */
  offsetBytes: number;
  createdMs: number;
  expiresMs: number;
  from: UploadedFrom;
  /** Set once all bytes arrived, so that a crash after that costs no second upload. */
  finishing: { sha256: string; type: string } | null;
  /** Set once the file exists, so that a client can ask again after a lost answer. */
  fileId: string | null;
  /** Set when the bytes were refused, with the answer that the client got: as text in records of older versions. */
  refused: { kind: "not_clean" | "too_large" | "conflict"; message: Said | string } | null;
}

/** A job of this room, run by `Files.run`. */
export type FileJob =
  /** Removes the file if nothing uses it, else runs again later. */
  | { kind: "file_expire"; fileId: string }
  /** The file now shows its blob's state: tells its owner. */
  | { kind: "file_settle"; fileId: string }
  /** Removes the blob's bytes if no file refers to them. */
  | { kind: "blob_sweep"; sha256: string }
  /** The blob's state changed: tells owners and waiting commands. Written with the verdict. */
  | { kind: "blob_changed"; sha256: string }
  /** The blob was rejected: moves its bytes to the quarantine. Written with the verdict. */
  | { kind: "blob_quarantine"; sha256: string }
  /** Destroys what is in the quarantine when its time is over. */
  | { kind: "quarantine_end"; sha256: string };

/** Records of files, blobs, uses and uploads. Each write is one commit. */
export interface FileStore {
  refused(sha256: string): Promise<RefusedHash | null>;
  /**
   * Adds a file for bytes that the blob store keeps. Writes the blob's record (`scanning`) and its scan when the bytes are new,
   * sets `settlesMs`, adds to the owner's usage, and writes the jobs that expire and settle the file.
   * `also` ends the file's resumable upload in the same commit; `gone` when that upload was abandoned. `refsVersion` is the one
   * read before the bytes were kept; `changed` when the blob's references changed since, because the bytes may be gone.
   */
  add(
    file: Omit<FileRecord, "settlesMs">,
    bounds: { quotaBytes: number; refsVersion?: string | null },
    also?: { upload: UploadRecord },
  ): Promise<FileRecord | "over_quota" | "too_many" | "refused" | "changed" | "gone">;
  /** Version of a blob's references. Changes when a file is added or removed, and before the bytes are removed. */
  refsVersion(sha256: string): Promise<string | null>;
  /** Call it before removing the bytes of a blob. False when the blob has a record or is under legal hold. */
  claimSweep(sha256: string): Promise<boolean>;
  file(fileId: string): Promise<FileRecord | null>;
  files(fileIds: readonly string[]): Promise<Map<string, FileRecord>>;
  /** Returns a person's files, newest first; those older than the id `before` when it is given. */
  filesOf(ownerId: string, before: string | null, limit: number): Promise<FileRecord[]>;
  filesOfBlob(sha256: string): Promise<FileRecord[]>;
  quarantine(sha256: string): Promise<QuarantineRecord | null>;
  /** Begins the quarantine of a rejected blob that has none, as older versions left it; not that of a match (SC-5). */
  beginQuarantine(sha256: string): Promise<void>;
  /** Ends it. Without a file that refers to the blob, its record and its verdicts end too. */
  endQuarantine(sha256: string): Promise<void>;
  blobs(sha256s: readonly string[]): Promise<Map<string, BlobRecord>>;
  allBlobs(): AsyncIterable<BlobRecord>;
  usesOf(fileIds: readonly string[]): Promise<Map<string, FileUse[]>>;
  /** Changes until when a use keeps its file, and writes the job that looks at the file then. Nothing when either is gone. */
  keep(fileId: string, use: FileUse): Promise<void>;
  usageOf(ownerId: string): Promise<number>;
  /**
   * Removes a file and its uses. With the last file of a blob it removes the blob's record, verdicts and scan, and writes a
   * `blob_sweep`; what is in quarantine keeps its record until the end of that. False, with nothing written, when the file was used since `asOf` or is under legal hold.
   */
  remove(file: FileRecord, asOf: string | null): Promise<boolean>;
  /** Version of the file's last use, for `remove`; read it before the uses. Null when nothing has used the file. */
  lastUse(fileId: string): Promise<string | null>;
  /** Whether it is under legal hold (SC-5). */
  held(what: "file" | "user" | "blob", id: string): Promise<boolean>;
  addJobs(jobs: readonly { dueMs: number; job: FileJob }[]): Promise<void>;
  upload(uploadId: string): Promise<UploadRecord | null>;
  /** Returns a person's uploads that are neither finished nor refused. */
  uploadsOf(ownerId: string): Promise<UploadRecord[]>;
  allUploads(): AsyncIterable<UploadRecord>;
  saveUpload(upload: UploadRecord): Promise<void>;
  removeUpload(upload: UploadRecord): Promise<void>;
}

/** Knows the readers of a file in use, and how long it is needed. Implemented by the room that made the use. */
export interface FileReaders {
  mayRead(userId: string, use: FileUse): Promise<boolean>;
  /** Until when the use needs the file, in ms since 1970; 0 when what used it is gone. Asked only after the use's `untilMs`. */
  neededUntil(use: FileUse): Promise<number>;
}

/** Called when a file's shown state changes; waiting commands continue or end (FI-6). */
export interface FileWatchers {
  changed(file: FileRecord, state: FileState, uses: readonly FileUse[]): Promise<void>;
}

/** Called after a file is added: its bytes may need a scan. */
export interface ScanTrigger {
  wake(): void;
}
