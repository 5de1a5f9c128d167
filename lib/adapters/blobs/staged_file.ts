import { createHash, type Hash } from "node:crypto";
import type { DirectorySyncs } from "./directory_syncs.ts";
import type { Finished } from "./messages.ts";
import { readFully } from "./read.ts";
import type { Room } from "./room.ts";

/** Bytes written before an early sync, so that the end of a large upload does not wait for all of it. */
const syncEveryBytes = 64 * 1024 * 1024;
/** Bytes of one read when a file is hashed again. */
const readBytes = 256 * 1024;

/** The hash so far of a staged upload, kept for the next request. */
export interface HashedSoFar {
  hash: Hash;
  sizeBytes: number;
  /** Time of the file's closing. Another time means that another process wrote to the file. */
  changedMs: number;
}

export interface StagedFileOptions {
  path: string;
  /** Open for reading and writing, locked, positioned after its first `sizeBytes` bytes. */
  file: Deno.FsFile;
  sizeBytes: number;
  /** Time of the last write before it was opened; 0 for a new file. */
  changedMs: number;
  /** Hash of the first `sizeBytes` bytes; null when they must be read again at the end. */
  hash: Hash | null;
  /** Length of the head that `finish` returns, at most. */
  headBytes: number;
  room: Pick<Room, "take">;
  directories: DirectorySyncs;
}

/**
 * A staged upload in the writing thread: hashes and writes, and waits for the disk while it does. After one failure every
 * later call fails, as the state on the disk is unknown.
 */
export class StagedFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #openedMs: number;
  readonly #room: Pick<Room, "take">;
  readonly #directories: DirectorySyncs;
  #hash: Hash | null;
  #sizeBytes: number;
  /** The first bytes; null where they were written before this opening. */
  readonly #head: Uint8Array<ArrayBuffer>[] | null;
  #headLeftBytes: number;
  readonly #headBytes: number;
  /** The current early sync; never rejects. */
  #syncing: Promise<void> | null = null;
  /** The same file opened again for early syncs, as the runtime runs one operation at a time per open file. */
  #syncFile: Deno.FsFile | null = null;
  #unsyncedBytes = 0;
  /** Whether the file's directory entry is on the disk. It must be before any answer about its bytes. */
  #entered: boolean;
  #failure: { error: unknown } | null = null;
  #closed = false;

  constructor(options: StagedFileOptions) {
    this.#path = options.path;
    this.#file = options.file;
    this.#sizeBytes = options.sizeBytes;
    this.#openedMs = options.changedMs;
    this.#hash = options.hash;
    this.#headBytes = this.#headLeftBytes = options.headBytes;
    this.#head = options.sizeBytes === 0 ? [] : null;
    this.#room = options.room;
    this.#directories = options.directories;
    this.#entered = options.sizeBytes > 0;
  }

  write(bytes: Uint8Array): void {
    this.#check();
    try {
      this.#room.take(bytes.length);
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    this.#hash?.update(bytes);
    if (this.#head !== null && this.#headLeftBytes > 0) {
      const part = bytes.slice(0, this.#headLeftBytes);
      this.#head.push(part);
      this.#headLeftBytes -= part.length;
    }
    this.#sizeBytes += bytes.length;
    this.#unsyncedBytes += bytes.length;
    if (this.#unsyncedBytes >= syncEveryBytes && this.#syncing === null) this.#syncEarly();
  }

  /** Syncs all bytes and the file's directory entry. */
  async sync(): Promise<void> {
    await this.#syncBytes();
    if (this.#entered) return;
    await this.#directories.sync(this.#path.slice(0, this.#path.lastIndexOf("/")));
    this.#entered = true;
  }

  /** Syncs the bytes. Not the directory entry of a file that was never synced: only its blob's entry counts then. */
  async finish(): Promise<Finished> {
    await this.#syncBytes();
    const hash = this.#hash ?? await this.#hashAgain();
    const head = new Uint8Array(Math.min(this.#headBytes, this.#sizeBytes));
    if (this.#head === null) {
      await this.#file.seek(0, Deno.SeekMode.Start);
      await readFully(this.#file, head);
    } else {
      let at = 0;
      for (const part of this.#head) {
        head.set(part, at);
        at += part.length;
      }
    }
    return { sha256: hash.digest("hex"), sizeBytes: this.#sizeBytes, head };
  }

  /** Sets the time of the closing, so that the hash so far can be trusted later. Null when there is none. */
  soFar(nowMs: number): HashedSoFar | null {
    if (this.#failure !== null || this.#closed) return null;
    const changedMs = Math.max(nowMs, this.#openedMs + 1);
    this.#file.utimeSync(new Date(changedMs), new Date(changedMs));
    return this.#hash && { hash: this.#hash, sizeBytes: this.#sizeBytes, changedMs };
  }

  /** Closes the file after its current sync. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#syncing;
    this.#file.close();
    this.#syncFile?.close();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#closed) throw new Error("The staged file is closed.");
  }

  async #syncBytes(): Promise<void> {
    this.#check();
    await this.#syncing;
    this.#check();
    try {
      await this.#file.syncData();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
    this.#unsyncedBytes = 0;
  }

  #syncEarly(): void {
    this.#unsyncedBytes = 0;
    this.#syncing = (async () => {
      try {
        this.#syncFile ??= await Deno.open(this.#path, { write: true });
        await this.#syncFile.syncData();
      } catch (error) {
        // A disk reports a failed write once; later syncs can succeed.
        this.#failure ??= { error };
      } finally {
        this.#syncing = null;
      }
    })();
  }

  /** Hashes the file's bytes again, for bytes that another process received. Other uploads go on meanwhile. */
  async #hashAgain(): Promise<Hash> {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(readBytes);
    await this.#file.seek(0, Deno.SeekMode.Start);
    for (let leftBytes = this.#sizeBytes; leftBytes > 0;) {
      const part = buffer.subarray(0, Math.min(leftBytes, buffer.length));
      await readFully(this.#file, part);
      hash.update(part);
      leftBytes -= part.length;
    }
    return hash;
  }
}
