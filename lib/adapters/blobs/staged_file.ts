import { createHash, type Hash } from "node:crypto";
import type { Staged } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import { ignoreMissing } from "./entries.ts";
import { readFully } from "./read.ts";
import type { Room } from "./room.ts";

/**
 * Size of each of the two buffers. They begin small, as most uploads are, and grow while bytes keep coming. Larger ones are no
 * faster.
 */
const firstBufferBytes = 64 * 1024;
const bufferBytes = 256 * 1024;
/** Bytes written before an early sync, so that the end of a large upload does not wait for all of it. */
const syncEveryBytes = 64 * 1024 * 1024;

/** The hash so far of a staged upload, kept for the next request. */
export interface HashedSoFar {
  hash: Hash;
  sizeBytes: number;
  /** Time of the file's closing. Another time means that another process wrote to the file. */
  changedMs: number;
}

export interface StagedFileOptions {
  id: string;
  path: string;
  /** The directory of `path`. */
  directory: string;
  /** Open for reading and writing, locked, positioned after its first `sizeBytes` bytes. */
  file: Deno.FsFile;
  sizeBytes: number;
  /** Time of the last write before it was opened; 0 for a new file. */
  changedMs: number;
  clock: Clock;
  room: Pick<Room, "take">;
  /** Hash of the first `sizeBytes` bytes; null when they must be read again at the end. */
  hash: Hash | null;
  /** Called once, when the file is closed; with the hash so far if the upload can continue. */
  closed(hashed: HashedSoFar | null): void;
}

/**
 * Writes incoming bytes through two buffers: while another thread writes one to the file, this thread hashes it, and then the
 * other fills. After one failure every later call fails, as the state on the disk is unknown.
 */
export class StagedFile implements Staged {
  readonly id: string;
  readonly #path: string;
  readonly #directory: string;
  readonly #file: Deno.FsFile;
  readonly #closed: (hashed: HashedSoFar | null) => void;
  readonly #openedBytes: number;
  readonly #openedMs: number;
  readonly #clock: Clock;
  readonly #room: Pick<Room, "take">;
  #hash: Hash | null;
  #sizeBytes: number;
  #filling: Uint8Array<ArrayBuffer> | null = null;
  #filledBytes = 0;
  #other: Uint8Array<ArrayBuffer> | null = null;
  /** The current write; never rejects. */
  #writing: Promise<void> = Promise.resolve();
  /** The current early sync; never rejects. */
  #syncing: Promise<void> | null = null;
  /** The same file opened again for early syncs, as the runtime runs one operation at a time per open file. */
  #syncFile: Deno.FsFile | null = null;
  #unsyncedBytes = 0;
  /** Whether the file's directory entry is on the disk. It must be before any answer about its bytes. */
  #entered: boolean;
  #failure: { error: unknown } | null = null;
  #state: "open" | "busy" | "closed" = "open";
  #released = false;
  #hashed: HashedSoFar | null = null;

  constructor(options: StagedFileOptions) {
    this.id = options.id;
    this.#path = options.path;
    this.#directory = options.directory;
    this.#file = options.file;
    this.#sizeBytes = options.sizeBytes;
    this.#hash = options.hash;
    this.#closed = options.closed;
    this.#openedBytes = options.sizeBytes;
    this.#openedMs = options.changedMs;
    this.#clock = options.clock;
    this.#room = options.room;
    this.#entered = options.sizeBytes > 0;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Closes a file that was opened and not written to; does nothing otherwise. */
  async release(): Promise<void> {
    if (this.#state === "open" && this.#sizeBytes === this.#openedBytes) await this.#end();
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      for (let at = 0; at < chunk.length;) {
        this.#filling ??= new Uint8Array(firstBufferBytes);
        const count = Math.min(this.#filling.length - this.#filledBytes, chunk.length - at);
        this.#filling.set(chunk.subarray(at, at + count), this.#filledBytes);
        this.#filledBytes += count;
        this.#sizeBytes += count;
        at += count;
        if (this.#filledBytes === this.#filling.length) await this.#pass();
      }
    });
  }

  async sync(): Promise<void> {
    await this.#alone(() => this.#settle());
  }

  async finish(): Promise<{ sha256: string; sizeBytes: number; head: Uint8Array<ArrayBuffer> }> {
    return await this.#alone(async () => {
      await this.#settle();
      const hash = this.#hash ?? await this.#hashAgain();
      const head = new Uint8Array(Math.min(limits.sniffBytes, this.#sizeBytes));
      await this.#file.seek(0, Deno.SeekMode.Start);
      await readFully(this.#file, head);
      this.#close();
      return { sha256: hash.digest("hex"), sizeBytes: this.#sizeBytes, head };
    });
  }

  async discard(): Promise<void> {
    await this.#end();
    await Deno.remove(this.#path).catch(ignoreMissing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "open" && this.#failure === null) {
      // No answer covers bytes that are not synced, so an error here loses nothing.
      await this.#alone(() => this.#flush()).catch(() => undefined);
      this.#hashed = await this.#soFar().catch(() => null);
    }
    await this.#end();
  }

  /** Runs one call at a time: two at once would mix their bytes. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#state !== "open") throw new Error(`The upload ${this.id} is ${this.#state}.`);
    this.#state = "busy";
    try {
      return await work();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      if (this.#state === "busy") this.#state = "open";
    }
  }

  /** Starts writing the filled buffer, hashes it during the write, and switches buffers. */
  async #pass(): Promise<void> {
    await this.#room.take(this.#filledBytes);
    await this.#written();
    const full = this.#filling!;
    const bytes = full.subarray(0, this.#filledBytes);
    this.#writing = writeFully(this.#file, bytes).catch((error) => void (this.#failure ??= { error }));
    this.#hash?.update(bytes);
    this.#unsyncedBytes += bytes.length;
    const nextBytes = Math.min(full.length * 2, bufferBytes);
    this.#filling = this.#other?.length === nextBytes ? this.#other : new Uint8Array(nextBytes);
    this.#other = full;
    this.#filledBytes = 0;
    if (this.#unsyncedBytes >= syncEveryBytes && this.#syncing === null) this.#syncEarly();
  }

  /** Waits for the current write. Throws when it or an early sync failed, or the upload was given up. */
  async #written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#state === "closed") throw new Error(`The upload ${this.id} is closed.`);
  }

  async #flush(): Promise<void> {
    if (this.#filledBytes > 0) await this.#pass();
    await this.#written();
  }

  /** Syncs all bytes and the file's directory entry. */
  async #settle(): Promise<void> {
    await this.#flush();
    await this.#syncing;
    await this.#written();
    await this.#file.syncData();
    this.#unsyncedBytes = 0;
    if (this.#entered) return;
    await syncDirectory(this.#directory);
    this.#entered = true;
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

  /** Hashes the file's bytes again, for bytes that another process received. */
  async #hashAgain(): Promise<Hash> {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(bufferBytes);
    await this.#file.seek(0, Deno.SeekMode.Start);
    for (let leftBytes = this.#sizeBytes; leftBytes > 0;) {
      const part = buffer.subarray(0, Math.min(leftBytes, buffer.length));
      await readFully(this.#file, part);
      hash.update(part);
      leftBytes -= part.length;
    }
    return hash;
  }

  async #soFar(): Promise<HashedSoFar | null> {
    if (this.#failure !== null) return null;
    const changedMs = Math.max(this.#clock.now(), this.#openedMs + 1);
    await this.#file.utime(new Date(changedMs), new Date(changedMs));
    return this.#hash && { hash: this.#hash, sizeBytes: this.#sizeBytes, changedMs };
  }

  /** Closes the file after its current operations. Drops errors, as no caller waits. */
  async #end(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    await this.#writing;
    await this.#syncing;
    this.#close();
  }

  #close(): void {
    this.#state = "closed";
    if (this.#released) return;
    this.#released = true;
    this.#file.close();
    this.#syncFile?.close();
    this.#filling = this.#other = null;
    this.#closed(this.#hashed);
  }
}

async function writeFully(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
