import type { FileState } from "../protocol/mod.ts";

export { settledMs, settlesMsOf, shownState } from "./shown_state.ts";

/** Bytes of a part of a blob: the first and the last one, both included, as in a `Range` header. */
export interface ByteRange {
  first: number;
  last: number;
}

/** Bytes that are coming in. Closed by whoever staged them, whatever happened; what was not kept is still there then. */
export interface Staged extends AsyncDisposable {
  readonly id: string;
  /** Bytes that were taken so far. */
  readonly sizeBytes: number;
  /** Takes a chunk; it may be changed again once this resolved. Hashing and writing overlap. */
  write(chunk: Uint8Array): Promise<void>;
  /** What was taken is on the disk after this, whatever happens to the process or the machine. */
  sync(): Promise<void>;
  /** All bytes are there: syncs, and gives their hash and the first `limits.sniffBytes` of them. */
  finish(): Promise<{ sha256: string; sizeBytes: number; head: Uint8Array<ArrayBuffer> }>;
  /** Removes the bytes. */
  discard(): Promise<void>;
}

/** Where bytes lie (FI-3): each once, under its hash; what comes in is aside until it is whole. Throws when the disk does. */
export interface BlobStore {
  /** A new place aside; `id` is one of ours (26 letters and digits). */
  stage(id: string): Promise<Staged>;
  /**
   * A place that was staged before, also by a process that died, with its first `sizeBytes` bytes; null when it is gone or
   * shorter. A place has one writer: throws while another has it, as `stage` does for an id that is there already.
   */
  reopen(id: string, sizeBytes: number): Promise<Staged | null>;
  /** What lies aside, for the sweep of what was given up. */
  staged(): AsyncIterable<{ id: string; sizeBytes: number; changedMs: number }>;
  /** Removes what lies aside under an id; nothing when it is gone. */
  unstage(id: string): Promise<void>;
  /**
   * Moves finished bytes to their place, synced; the same bytes that are there already are left as they are. May be asked for
   * again: throws only when the bytes are at neither place, or somebody wrote to them and did not finish.
   */
  keep(id: string, sha256: string): Promise<void>;
  /** The bytes or a range of them; null when they are not there. */
  open(sha256: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Null when they are not there. */
  sizeOf(sha256: string): Promise<number | null>;
  remove(sha256: string): Promise<void>;
  /** Every blob that lies there, and when it was put there; for the check and the sweep. */
  list(): AsyncIterable<{ sha256: string; sizeBytes: number; changedMs: number }>;
}

/** What is known of bytes. */
export interface BlobRecord {
  sha256: string;
  sizeBytes: number;
  /** Sniffed from the bytes. */
  type: string;
  state: FileState;
  createdMs: number;
  /** Time from the first upload to the first verdict that counts; null while there is none. */
  scanMs: number | null;
}

/** Where an upload came from, as an incident needs it (SC-5). */
export interface UploadedFrom {
  address: string;
  /** Port of the peer; null behind a proxy, which does not tell it. */
  port: number | null;
  device: string;
  requestId: string;
}

/** One person's named reference to a blob; never changed. */
export interface FileRecord {
  id: string;
  ownerId: string;
  sha256: string;
  name: string;
  sizeBytes: number;
  type: string;
  createdMs: number;
  /**
   * Before this the file is shown as `scanning` whatever is known of its blob: for bytes that are here already as long as
   * their first scan took, so that nobody learns from the time that they were (FI-3).
   */
  settlesMs: number;
  from: UploadedFrom;
}

/** What carries a file: `command:<id>`, `proof:<id>`, later `chat:<id>`, and until when it is kept for it. */
export interface FileUse {
  by: string;
  untilMs: number;
}

/** A hash that no upload may have again. */
export interface RefusedHash {
  why: "infected" | "match" | "moderator" | "incomplete";
  atMs: number;
}

/** A resumable upload (FI-2). */
export interface UploadRecord {
  id: string;
  ownerId: string;
  name: string;
  sizeBytes: number;
  /** Bytes that are surely on the disk. */
  offsetBytes: number;
  createdMs: number;
  expiresMs: number;
  from: UploadedFrom;
  /** All bytes came and this is what they are: after a crash the file is made without them being sent again. */
  finishing: { sha256: string; type: string } | null;
  /** Set once it was finished, so that an answer that was lost can be asked for again. */
  fileId: string | null;
  /** Set when its bytes were refused, with what was answered. */
  refused: { kind: "not_clean" | "too_large" | "conflict"; message: string } | null;
}

/** A job of this room; compose hands it to `Files.run`. */
export type FileJob =
  /** Removes the file if nothing uses it any more, else comes round again. */
  | { kind: "file_expire"; fileId: string }
  /** The file shows what is known of its blob from now on: its owner is told. */
  | { kind: "file_settle"; fileId: string }
  /** Removes the blob's bytes if no file refers to them. */
  | { kind: "blob_sweep"; sha256: string }
  /** The blob's state changed: owners are told, commands that wait for it go on. Written with the verdict. */
  | { kind: "blob_changed"; sha256: string };

/** What files ask of the store. All writes are one commit each. */
export interface FileStore {
  refused(sha256: string): Promise<RefusedHash | null>;
  /**
   * A file over bytes that are in their place. For new bytes also the blob's record (`scanning`) and its scan; for known ones
   * `settlesMs` is set by the store. Adds to the owner's usage, and writes the jobs that expire and settle it.
   * `also` ends the resumable upload that it came from, in the same commit; `gone` when somebody gave that up meanwhile. With
   * a `mark` that was read before the bytes were kept, `changed` when the files of the blob changed since: the bytes may be gone.
   */
  add(
    file: Omit<FileRecord, "settlesMs">,
    bounds: { quotaBytes: number; mark?: string | null },
    also?: { upload: UploadRecord },
  ): Promise<FileRecord | "over_quota" | "too_many" | "refused" | "changed" | "gone">;
  /** Another one each time that a file is added to a blob or taken away, and before its bytes are removed. */
  mark(sha256: string): Promise<string | null>;
  /** Before the bytes of a blob are removed: false when there is a record of it, or a legal hold. */
  claimSweep(sha256: string): Promise<boolean>;
  file(fileId: string): Promise<FileRecord | null>;
  files(fileIds: readonly string[]): Promise<Map<string, FileRecord>>;
  /** A person's files, newest first, before an id. */
  filesOf(ownerId: string, before: string | null, limit: number): Promise<FileRecord[]>;
  filesOfBlob(sha256: string): Promise<FileRecord[]>;
  blobs(sha256s: readonly string[]): Promise<Map<string, BlobRecord>>;
  allBlobs(): AsyncIterable<BlobRecord>;
  usesOf(fileIds: readonly string[]): Promise<Map<string, FileUse[]>>;
  usageOf(ownerId: string): Promise<number>;
  /**
   * Removes a file, its uses and, with the last file of a blob, the blob's record, verdicts and scan (then a `blob_sweep` is
   * written). False when somebody used it since `asOf`, or a legal hold keeps it: nothing was written then.
   */
  remove(file: FileRecord, asOf: string | null): Promise<boolean>;
  /** Version of the file's last use, to pass to `remove` after having looked at the uses; null when there is none. */
  lastUse(fileId: string): Promise<string | null>;
  /** Whether a legal hold keeps it (SC-5). */
  held(what: "file" | "user" | "blob", id: string): Promise<boolean>;
  addJobs(jobs: readonly { dueMs: number; job: FileJob }[]): Promise<void>;
  upload(uploadId: string): Promise<UploadRecord | null>;
  /** Those that are neither finished nor refused. */
  uploadsOf(ownerId: string): Promise<UploadRecord[]>;
  allUploads(): AsyncIterable<UploadRecord>;
  saveUpload(upload: UploadRecord): Promise<void>;
  removeUpload(upload: UploadRecord): Promise<void>;
}

/** Who may read a file that something of theirs carries; answered by the room that made the use. */
export interface FileReaders {
  mayRead(userId: string, use: FileUse): Promise<boolean>;
}

/** Told when a file's shown state changed; commands that wait for it go on, or end (FI-6). */
export interface FileWatchers {
  changed(file: FileRecord, state: FileState, uses: readonly FileUse[]): Promise<void>;
}
