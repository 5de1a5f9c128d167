import type { Staged } from "../../files/ports.ts";
import type { Clock } from "../../platform/mod.ts";
import { ignoreMissing } from "./entries.ts";
import type { Finished } from "./messages.ts";
import type { WritingThread } from "./writing_thread.ts";

/** Most uploads are small, so the first buffer is. Larger ones than the others are no faster. */
const firstBufferBytes = 64 * 1024;
const bufferBytes = 256 * 1024;
/** Buffers of one upload that the writing thread has at once. With the one that fills, an upload takes 1 MiB. */
const passedAtOnce = 3;

export interface UploadWriterOptions {
  id: string;
  path: string;
  /** The thread that has the file open, and its number there. */
  thread: WritingThread;
  file: number;
  /** Bytes that the file has already. */
  sizeBytes: number;
  clock: Clock;
  /** Called once, when the file is closed. */
  closed(): void;
}

/**
 * A staged upload in the serving thread: collects bytes in buffers and passes them to the writing thread. After one failure
 * every later call fails, as the state on the disk is unknown.
 */
export class UploadWriter implements Staged {
  readonly #given: UploadWriterOptions;
  #sizeBytes: number;
  #filling: Uint8Array<ArrayBuffer> | null = null;
  #filledBytes = 0;
  #nextBytes = firstBufferBytes;
  /** A buffer that came back. */
  #spare: Uint8Array<ArrayBuffer> | null = null;
  #passed = 0;
  #cameBack: (() => void) | null = null;
  #failure: { error: unknown } | null = null;
  #state: "open" | "busy" | "closed" = "open";
  #released = false;

  constructor(options: UploadWriterOptions) {
    this.#given = options;
    this.#sizeBytes = options.sizeBytes;
  }

  get id(): string {
    return this.#given.id;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Closes a file that was opened and not written to; does nothing otherwise. */
  async release(): Promise<void> {
    if (this.#state === "open" && this.#sizeBytes === this.#given.sizeBytes) await this.#end(false);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#alone(async () => {
      for (let at = 0; at < chunk.length;) {
        this.#filling ??= this.#takeBuffer();
        const count = Math.min(this.#filling.length - this.#filledBytes, chunk.length - at);
        this.#filling.set(chunk.subarray(at, at + count), this.#filledBytes);
        this.#filledBytes += count;
        this.#sizeBytes += count;
        at += count;
        if (this.#filledBytes < this.#filling.length) continue;
        this.#pass();
        await this.#room();
      }
    });
  }

  async sync(): Promise<void> {
    await this.#alone(async () => {
      this.#pass();
      const { thread, file } = this.#given;
      await thread.call({ op: "sync", file });
      this.#check();
    });
  }

  async finish(): Promise<Finished> {
    return await this.#alone(async () => {
      const { thread, file } = this.#given;
      const buffer = this.#filling;
      this.#filling = null;
      const call = { op: "finish", file, buffer, sizeBytes: this.#filledBytes } as const;
      const finished = await thread.call(call, buffer ?? undefined) as Finished;
      this.#check();
      this.#release();
      return finished;
    });
  }

  async discard(): Promise<void> {
    await this.#end(false);
    await Deno.remove(this.#given.path).catch(ignoreMissing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // No answer covers bytes that are not synced, so an error here loses nothing.
    if (this.#state === "open" && this.#failure === null) this.#pass();
    await this.#end(this.#state === "open" && this.#failure === null);
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
      throw this.#failure.error;
    } finally {
      if (this.#state === "busy") this.#state = "open";
    }
  }

  #takeBuffer(): Uint8Array<ArrayBuffer> {
    const buffer = this.#spare?.length === this.#nextBytes ? this.#spare : new Uint8Array(this.#nextBytes);
    this.#spare = null;
    this.#nextBytes = bufferBytes;
    return buffer;
  }

  /** Passes what is filled to the writing thread. */
  #pass(): void {
    const buffer = this.#filling;
    if (buffer === null) return;
    const { thread, file } = this.#given;
    const call = { op: "write", file, buffer, sizeBytes: this.#filledBytes } as const;
    this.#filling = null;
    this.#filledBytes = 0;
    this.#passed++;
    thread.call(call, buffer).then(
      (back) => this.#spare = back as Uint8Array<ArrayBuffer>,
      (error) => void (this.#failure ??= { error }),
    ).finally(() => {
      this.#passed--;
      this.#cameBack?.();
    });
  }

  /** Waits until the writing thread has fewer buffers than it may have. */
  async #room(): Promise<void> {
    while (this.#passed >= passedAtOnce && this.#state !== "closed") {
      await new Promise<void>((resolve) => this.#cameBack = resolve);
    }
    this.#check();
  }

  /** Throws when a write failed, or the upload was given up. */
  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#state === "closed") throw new Error(`The upload ${this.id} is closed.`);
  }

  /** Closes the file after the calls that were made. Drops errors, as no caller waits. */
  async #end(resumable: boolean): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#cameBack?.();
    const { thread, file, clock } = this.#given;
    if (!this.#released) {
      await thread.call({ op: "close", file, resumable, nowMs: clock.now() }).catch(() => undefined);
    }
    this.#release();
  }

  #release(): void {
    this.#state = "closed";
    if (this.#released) return;
    this.#released = true;
    this.#filling = this.#spare = null;
    this.#given.closed();
  }
}
