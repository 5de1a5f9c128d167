import { createHash } from "node:crypto";
import type { BlobStore, ByteRange, Quarantine, Staged } from "../../lib/files/ports.ts";
import { type Clock, systemClock } from "../../lib/platform/mod.ts";
import { id as idSchema, limits, sha256 as sha256Schema } from "../../lib/protocol/mod.ts";

type Bytes = Uint8Array<ArrayBuffer>;

interface Lying {
  /** With room behind them while they come in, so that many small chunks stay cheap. */
  room: Bytes;
  sizeBytes: number;
  changedMs: number;
}

const bytesOf = ({ room, sizeBytes }: Lying): Bytes => room.subarray(0, sizeBytes);

/** What is handed out of a blob at once; small, so that tests see more than one chunk. */
const chunkBytes = 64 * 1024;

/** The blob store in memory: as the one on the disk in all that `BlobStore` says, and it can be made to fail. */
export class MemoryBlobs implements BlobStore {
  /** Bytes that all together may be: above, writes fail as on a full disk. */
  roomBytes = Infinity;
  /** Streams of blobs that were opened and neither read to their end nor cancelled. */
  reading = 0;
  readonly #clock: Clock;
  readonly #staged = new Map<string, Lying>();
  readonly #kept = new Map<string, Lying>();
  readonly #quarantined = new Map<string, Lying>();
  readonly #writers = new Map<string, MemoryStaged>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  stage(id: string): Promise<Staged> {
    return this.#asked(() => {
      checkId(id);
      if (this.#staged.has(id)) throw new Deno.errors.AlreadyExists(`${id} is staged already`);
      this.#staged.set(id, { room: new Uint8Array(), sizeBytes: 0, changedMs: this.#clock.now() });
      return this.#writer(id, 0);
    });
  }

  reopen(id: string, sizeBytes: number): Promise<Staged | null> {
    return this.#asked(() => {
      checkId(id);
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new RangeError(`${sizeBytes} is no size`);
      if (this.#writers.has(id)) throw new Deno.errors.Busy(`${id} has a writer`);
      const lying = this.#staged.get(id);
      if (lying === undefined || lying.sizeBytes < sizeBytes) return null;
      lying.sizeBytes = sizeBytes;
      return this.#writer(id, sizeBytes);
    });
  }

  async *staged(): AsyncGenerator<{ id: string; sizeBytes: number; changedMs: number }> {
    for (const [id, { sizeBytes, changedMs }] of [...this.#staged]) {
      yield await Promise.resolve({ id, sizeBytes, changedMs });
    }
  }

  unstage(id: string): Promise<void> {
    return this.#asked(() => {
      checkId(id);
      this.#staged.delete(id);
    });
  }

  keep(id: string, sha256: string): Promise<void> {
    return this.#asked(() => {
      checkId(id);
      checkHash(sha256);
      this.#writers.get(id)?.release();
      if (this.#writers.has(id)) throw new Deno.errors.Busy(`${id} has a writer`);
      const lying = this.#staged.get(id);
      const there = this.#kept.get(sha256);
      if (lying === undefined && there === undefined) {
        throw new Deno.errors.NotFound(`nothing is staged as ${id}`);
      }
      const stays = there !== undefined && (lying === undefined || lying.sizeBytes === there.sizeBytes);
      const { room, sizeBytes } = stays ? there : lying!;
      this.#kept.set(sha256, { room, sizeBytes, changedMs: this.#clock.now() });
    });
  }

  open(sha256: string, range?: ByteRange): Promise<ReadableStream<Bytes> | null> {
    return this.#asked(() => {
      checkHash(sha256);
      const lying = this.#kept.get(sha256);
      if (lying === undefined) return null;
      const bytes = bytesOf(lying);
      const { first, last } = range ?? { first: 0, last: bytes.length - 1 };
      const whole = Number.isSafeInteger(first) && Number.isSafeInteger(last);
      if (range !== undefined && (!whole || first < 0 || last < first || last >= bytes.length)) {
        throw new RangeError(`${first}-${last} is no range of ${bytes.length} bytes`);
      }
      return this.#streamOf(bytes.slice(first, last + 1));
    });
  }

  sizeOf(sha256: string): Promise<number | null> {
    return this.#asked(() => {
      checkHash(sha256);
      return this.#kept.get(sha256)?.sizeBytes ?? null;
    });
  }

  remove(sha256: string): Promise<void> {
    return this.#asked(() => {
      checkHash(sha256);
      this.#kept.delete(sha256);
    });
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; changedMs: number }> {
    for (const sha256 of [...this.#kept.keys()].sort()) {
      const { sizeBytes, changedMs } = this.#kept.get(sha256)!;
      yield await Promise.resolve({ sha256, sizeBytes, changedMs });
    }
  }

  readonly quarantine: Quarantine = {
    put: (sha256) =>
      this.#asked(() => {
        checkHash(sha256);
        const lying = this.#kept.get(sha256);
        if (lying === undefined) return;
        this.#kept.delete(sha256);
        this.#quarantined.set(sha256, lying);
      }),
    restore: (sha256) =>
      this.#asked(() => {
        checkHash(sha256);
        const lying = this.#quarantined.get(sha256);
        if (lying === undefined) return this.#kept.has(sha256);
        this.#quarantined.delete(sha256);
        this.#kept.set(sha256, lying);
        return true;
      }),
    destroy: (sha256) =>
      this.#asked(() => {
        checkHash(sha256);
        this.#quarantined.delete(sha256);
      }),
    list: () => this.#listQuarantined(),
  };

  async *#listQuarantined(): AsyncGenerator<{ sha256: string; sizeBytes: number; changedMs: number }> {
    for (const sha256 of [...this.#quarantined.keys()].sort()) {
      const { sizeBytes, changedMs } = this.#quarantined.get(sha256)!;
      yield await Promise.resolve({ sha256, sizeBytes, changedMs });
    }
  }

  /** A refusal is a rejection, as it is with a real disk. */
  async #asked<T>(answer: () => T): Promise<T> {
    await Promise.resolve();
    return answer();
  }

  #writer(id: string, sizeBytes: number): Staged {
    const writer = new MemoryStaged(id, sizeBytes, {
      take: (chunk) => this.#take(id, chunk),
      bytes: () => {
        const lying = this.#staged.get(id);
        return lying && bytesOf(lying);
      },
      remove: () => void this.#staged.delete(id),
      closed: () => void this.#writers.delete(id),
    });
    this.#writers.set(id, writer);
    return writer;
  }

  #take(id: string, chunk: Uint8Array): void {
    const lying = this.#staged.get(id);
    // As on a disk, where what was removed under a writer takes bytes that nobody will see.
    if (lying === undefined) return;
    const all = [...this.#staged.values(), ...this.#kept.values()];
    const usedBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (usedBytes + chunk.length > this.roomBytes) {
      throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    }
    const sizeBytes = lying.sizeBytes + chunk.length;
    if (sizeBytes > lying.room.length) {
      const room = new Uint8Array(sizeBytes * 2);
      room.set(bytesOf(lying));
      lying.room = room;
    }
    lying.room.set(chunk, lying.sizeBytes);
    lying.sizeBytes = sizeBytes;
    lying.changedMs = this.#clock.now();
  }

  #streamOf(bytes: Bytes): ReadableStream<Bytes> {
    let at = 0;
    this.reading++;
    return new ReadableStream<Bytes>({
      pull: (controller) => {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, at + chunkBytes));
        at += chunkBytes;
        if (at < bytes.length) return;
        this.reading--;
        controller.close();
      },
      cancel: () => void this.reading--,
    }, { highWaterMark: 0 });
  }
}

/** How a writer reaches the store that it belongs to. */
interface Place {
  take(chunk: Uint8Array): void;
  bytes(): Bytes | undefined;
  remove(): void;
  closed(): void;
}

class MemoryStaged implements Staged {
  readonly id: string;
  readonly #place: Place;
  readonly #openedBytes: number;
  #sizeBytes: number;
  #open = true;
  #failed: Error | null = null;

  constructor(id: string, sizeBytes: number, place: Place) {
    this.id = id;
    this.#sizeBytes = this.#openedBytes = sizeBytes;
    this.#place = place;
  }

  /** Lets go of what was not written to. */
  release(): void {
    if (this.#sizeBytes === this.#openedBytes) this.#close();
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#check();
    try {
      this.#place.take(chunk);
    } catch (error) {
      this.#failed = error as Error;
      throw error;
    }
    this.#sizeBytes += chunk.length;
    await Promise.resolve();
  }

  async sync(): Promise<void> {
    await Promise.resolve();
    this.#check();
  }

  async finish(): Promise<{ sha256: string; sizeBytes: number; head: Bytes }> {
    await Promise.resolve();
    this.#check();
    const bytes = this.#place.bytes();
    if (bytes === undefined) throw new Deno.errors.NotFound(`what was staged as ${this.id} is gone`);
    this.#close();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { sha256, sizeBytes: bytes.length, head: bytes.slice(0, limits.sniffBytes) };
  }

  async discard(): Promise<void> {
    await Promise.resolve();
    this.#close();
    this.#place.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.#close();
  }

  #check(): void {
    if (this.#failed !== null) throw this.#failed;
    if (!this.#open) throw new Error(`${this.id} is closed`);
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#place.closed();
  }
}

function checkId(id: string): void {
  if (!idSchema.safeParse(id).success) throw new TypeError("not an id of ours");
}

function checkHash(sha256: string): void {
  if (!sha256Schema.safeParse(sha256).success) throw new TypeError("not a SHA-256 in hex");
}
