import { createHash, type Hash } from "node:crypto";
import type { Staged } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { syncDirectory } from "../secret_file.ts";
import { ignoreMissing } from "./entries.ts";
import { readFully } from "./read.ts";
import type { Room } from "./room.ts";

/** Each of the two buffers: the first is small, as most uploads are; they grow as bytes keep coming. Larger ones are no faster. */
const firstBufferBytes = 64 * 1024;
const bufferBytes = 256 * 1024;
/** So much is written before the disk is told to begin, so that the end of a large upload does not wait for all of it. */
const syncEveryBytes = 64 * 1024 * 1024;

/** What the hash of bytes that lie aside has come to, kept for whoever goes on with them. */
export interface HashedSoFar {
  hash: Hash;
  sizeBytes: number;
  /** Set when the file was closed, later each time: another one means that somebody else wrote to it. */
  changedMs: number;
}

export interface StagedFileOptions {
  id: string;
  path: string;
  /** The directory of `path`. */
  directory: string;
  /** Open for reading and writing, locked, at the end of its `sizeBytes`. */
  file: Deno.FsFile;
  sizeBytes: number;
  /** Of the last write when it was opened; 0 for a new one. */
  changedMs: number;
  clock: Clock;
  room: Pick<Room, "take">;
  /** Of the bytes before `sizeBytes`; null when they have to be read again at the end. */
  hash: Hash | null;
  /** Told once, when it is closed; with what was hashed if somebody may go on with it. */
  closed(hashed: HashedSoFar | null): void;
}

/**
 * Bytes that come in, through two buffers: while one is written to the file by another thread, it is hashed here, and then the
 * other one fills. What failed once stays failed, as nobody knows what of it is on the disk.
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
  /** The write under way; never rejects. */
  #writing: Promise<void> = Promise.resolve();
  /** The early sync under way; never rejects. */
  #syncing: Promise<void> | null = null;
  /** The same file for early syncs: the runtime does one thing after the other with each open file. */
  #syncFile: Deno.FsFile | null = null;
  #unsyncedBytes = 0;
  /** Whether the file's entry in its directory is on the disk: it is for whoever was told of bytes of it. */
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

  /** Lets go of what was opened and not written to; does nothing otherwise. */
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
      // Nobody was promised what is not synced: what goes wrong here loses nothing that was answered.
      await this.#alone(() => this.#flush()).catch(() => undefined);
      this.#hashed = await this.#soFar().catch(() => null);
    }
    await this.#end();
  }

  /** One call at a time: two at once would mix their bytes. */
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

  /** Gives the filled buffer to the disk, hashes it meanwhile, and takes the other one. */
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

  /** The write under way is done; throws when it, or an early sync, failed, or somebody gave up meanwhile. */
  async #written(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#state === "closed") throw new Error(`The upload ${this.id} is closed.`);
  }

  async #flush(): Promise<void> {
    if (this.#filledBytes > 0) await this.#pass();
    await this.#written();
  }

  /** All bytes are on the disk, and the file is found there. */
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
        // A disk tells of a failed write once: later syncs may look fine.
        this.#failure ??= { error };
      } finally {
        this.#syncing = null;
      }
    })();
  }

  /** From the file, for bytes that another process took. */
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

  /** Closed once nothing is under way with the file; without error, as there is nobody to tell. */
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
