import type { Deadline } from "../deadline.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Thrown when bytes are missing or do not match their format. A retry would not help. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** Reads a stream once, from the start. Cancels it when disposed. */
export class ByteCursor implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #held: Bytes = new Uint8Array(0);
  /** Bytes returned or skipped so far. */
  #at = 0;

  readonly #deadline: Deadline;

  constructor(stream: ReadableStream<Bytes>, deadline: Deadline) {
    this.#deadline = deadline;
    this.#reader = stream.getReader();
  }

  get at(): number {
    return this.#at;
  }

  /** Returns up to `count` bytes without moving on; fewer only at the end. */
  async peek(count: number): Promise<Bytes> {
    while (this.#held.length < count) {
      const { value, done } = await this.#deadline.race(this.#reader.read());
      if (done) break;
      const both = new Uint8Array(this.#held.length + value.length);
      both.set(this.#held);
      both.set(value, this.#held.length);
      this.#held = both;
    }
    return this.#held.subarray(0, count);
  }

  /** Returns exactly `count` bytes; throws `Unreadable` when there are fewer. */
  async take(count: number): Promise<Bytes> {
    const bytes = await this.peek(count);
    if (bytes.length < count) throw new Unreadable("It ends too early.");
    this.#held = this.#held.subarray(count);
    this.#at += count;
    return bytes;
  }

  async skipTo(at: number): Promise<void> {
    while (this.#at < at) await this.#next(at - this.#at);
  }

  /** Streams the next `count` bytes, or all when null. Skip the bytes that the stream's reader left. */
  stream(count: number | null): ReadableStream<Bytes> {
    let left = count ?? Infinity;
    return new ReadableStream<Bytes>({
      pull: async (controller) => {
        const bytes = left === 0 || (count === null && (await this.peek(1)).length === 0)
          ? null
          : await this.#next(left);
        if (bytes === null) return controller.close();
        left -= bytes.length;
        controller.enqueue(bytes);
      },
    }, { highWaterMark: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  /** Returns the next bytes of the stream, at most `most`. */
  async #next(most: number): Promise<Bytes> {
    if (this.#held.length === 0) {
      const { value, done } = await this.#deadline.race(this.#reader.read());
      if (done) throw new Unreadable("It ends too early.");
      this.#held = value;
    }
    const bytes = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(bytes.length);
    this.#at += bytes.length;
    return bytes;
  }
}
