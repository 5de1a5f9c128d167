import type { Deadline } from "../deadline.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes end before they should, or are not what they claim to be: nothing that another try would change. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** Goes through a stream once, from the front. Cancels it when disposed of. */
export class ByteCursor implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  #held: Bytes = new Uint8Array(0);
  /** Bytes that were handed out or skipped. */
  #at = 0;

  readonly #deadline: Deadline;

  constructor(stream: ReadableStream<Bytes>, deadline: Deadline) {
    this.#deadline = deadline;
    this.#reader = stream.getReader();
  }

  get at(): number {
    return this.#at;
  }

  /** Up to `count` bytes from here, without going on; fewer only at the end. */
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

  /** Exactly `count` bytes; throws `Unreadable` when there are fewer. */
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

  /** Streams the next `count` bytes, or all when null. What of them is not read has to be skipped. */
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

  /** The next bytes as they come, at most `most`. */
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
