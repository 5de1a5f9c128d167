import { statfs } from "node:fs/promises";
import type { StopReserve } from "../../commands/ports.ts";
import type { Clock, Log, Timer } from "../../platform/mod.ts";

/** The room that is kept, and the part of it that one release gives: a stop needs some tens of KiB. */
const wholeBytes = 4 * 1024 * 1024;
const partBytes = 512 * 1024;
/** What stays free besides when the room is taken again. */
const leftFreeBytes = 8 * 1024 * 1024;
/** Pause between two tries to take it again. */
const refillMs = 60_000;
const chunkBytes = 64 * 1024;
const fileMode = 0o600;

/**
 * Room on the store's disk that a stop gets when the disk is full (OP-9): a file of random bytes, as some file systems keep
 * others in no space, which becomes shorter with each release. It is filled up again when the disk has room.
 */
export class DiskReserve implements StopReserve, AsyncDisposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #timer: Timer | null = null;
  #filling: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(path: string, clock: Clock, log: Log) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
  }

  static async open(path: string, clock: Clock, log: Log): Promise<DiskReserve> {
    const reserve = new DiskReserve(path, clock, log);
    await reserve.#fill();
    return reserve;
  }

  async release(): Promise<boolean> {
    // What is being written now would take back what is released.
    await this.#filling;
    try {
      const { size } = await Deno.stat(this.#path);
      if (size === 0) return false;
      await Deno.truncate(this.#path, Math.max(0, size - partBytes));
      this.#log.warn("stop.reserve_used", { leftBytes: Math.max(0, size - partBytes) });
      this.#later();
      return true;
    } catch (error) {
      this.#log.error("stop.reserve_failed", { error: error as Error });
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#filling;
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.after(refillMs, () => {
      this.#timer = null;
      void this.#fill();
    });
  }

  /** Never rejects. */
  #fill(): Promise<void> {
    this.#filling = this.#append().catch((error) => {
      this.#log.warn("stop.reserve_not_filled", { error });
      this.#later();
    });
    return this.#filling;
  }

  async #append(): Promise<void> {
    using file = await Deno.open(this.#path, { create: true, append: true, mode: fileMode });
    const { size } = await file.stat();
    const missingBytes = wholeBytes - size;
    if (missingBytes <= 0) return;
    const { bavail, bsize } = await statfs(this.#path);
    if (bavail * bsize < missingBytes + leftFreeBytes) throw new Error("The disk has too little room.");
    for (let left = missingBytes; left > 0;) {
      left -= await file.write(crypto.getRandomValues(new Uint8Array(Math.min(left, chunkBytes))));
    }
    await file.sync();
  }
}
