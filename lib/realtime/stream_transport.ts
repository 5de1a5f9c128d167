import { limits, readFrame } from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";
import type { Transport } from "./ports.ts";

/** The id of a request, as JSON writes it: 1 and "1" are two. */
type WrittenId = string;

const encoder = new TextEncoder();

/**
 * WS-12: server-sent events as a transport. Frames of the server are events of `body`; frames of the client come as HTTP requests,
 * each of which gets the answer to its own frame. The end is an event `close` with the code of the table.
 */
export class StreamTransport implements Transport {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #onGone: () => void;
  readonly #answers = new Map<WrittenId, (text: string | null) => void>();
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #ended = false;
  #connection: Connection | null = null;
  /** Set while the reader waits for bytes. */
  #wanted: (() => void) | null = null;

  constructor(onGone: () => void) {
    this.#onGone = onGone;
    this.body = new ReadableStream({
      // What was taken from here is given to the network at once: nothing waits in two places.
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#gone(),
    }, { highWaterMark: 0 });
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    void connection.start();
  }

  /**
   * Gives a frame to the connection, and its answer: null when the connection ends before. `written`: the frame's id; null for a
   * frame that gets no answer. `"taken"`: an earlier frame with this id waits for its answer.
   */
  async call(text: string, written: WrittenId | null): Promise<string | null | "taken"> {
    if (written === null) {
      this.#connection?.receive(text);
      return null;
    }
    if (this.#answers.has(written)) return "taken";
    const { promise, resolve } = Promise.withResolvers<string | null>();
    this.#answers.set(written, resolve);
    this.#connection?.receive(text);
    return await promise;
  }

  send(text: string): void {
    const answered = this.#answers.size === 0 ? undefined : this.#takeAnswer(text);
    if (answered === undefined) return this.#put(`data: ${text}\n\n`);
    answered(text);
    // Proxies cut a stream on which nothing moves.
    this.#put(":\n\n");
  }

  bufferedAmount(): number {
    return this.#waitingBytes;
  }

  close(code: number, reason: string): void {
    this.#put(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
    this.#end();
  }

  /** Frames are single lines, as JSON writes no line break into a text. */
  #put(event: string): void {
    if (this.#ended) return;
    const bytes = encoder.encode(event);
    this.#queue.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#wanted?.();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    if (this.#queue.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#wanted = resolve);
      this.#wanted = null;
    }
    const bytes = this.#queue.shift();
    if (bytes === undefined) {
      controller.close();
      this.#onGone();
      return;
    }
    this.#waitingBytes -= bytes.length;
    controller.enqueue(bytes);
  }

  #takeAnswer(text: string): ((text: string | null) => void) | undefined {
    const { id, method } = JSON.parse(text) as { id?: unknown; method?: unknown };
    if (method !== undefined || id === undefined) return undefined;
    const written = JSON.stringify(id);
    const answer = this.#answers.get(written);
    this.#answers.delete(written);
    return answer;
  }

  #gone(): void {
    this.#queue = [];
    this.#waitingBytes = 0;
    this.#connection?.lost();
    this.#end();
    this.#onGone();
  }

  #end(): void {
    this.#ended = true;
    for (const answer of this.#answers.values()) answer(null);
    this.#answers.clear();
    this.#wanted?.();
  }
}

/**
 * The id of a frame as JSON writes it; null for a frame that gets no answer of its own: a notification, a response (which would
 * wait for ever), and one that is too large to be read.
 */
export function writtenIdOf(text: string): WrittenId | null {
  if (text.length > limits.frameInBytes) return null;
  const frame = readFrame(text);
  const id = frame.kind === "request" ? frame.request.id : frame.kind === "broken" ? frame.id : null;
  return id === null ? null : JSON.stringify(id);
}
