import { WritingEnded } from "../../files/ports.ts";
import { limits } from "../../protocol/mod.ts";
import { type Answer, type Call, errorOf, type Question } from "./messages.ts";
import type { Places } from "./places.ts";

/** As much of a `Worker` as is used here. */
export type Thread = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror" | "onmessageerror">;

/** A thread that can read and write in the storage and nothing else. */
export function startWorker({ root }: Places): Thread {
  return new Worker(new URL("./writing_worker.ts", import.meta.url), {
    type: "module",
    name: "writing",
    deno: {
      permissions: {
        read: [root],
        write: [root],
        sys: ["statfs"],
        env: false,
        ffi: false,
        import: false,
        net: false,
        run: false,
      },
    },
  });
}

/**
 * The serving thread's end of the writing thread, which hashes and writes, so that a slow disk stops nobody but uploads. When
 * it dies, every call fails with `WritingEnded`, and its owner starts another one.
 */
export class WritingThread {
  readonly #thread: Thread;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #numbers = 0;
  #files = 0;
  #ended: WritingEnded | null = null;

  constructor(places: Places, leftFreeBytes: number, start: (places: Places) => Thread = startWorker) {
    this.#thread = start(places);
    this.#thread.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(data);
    this.#thread.onerror = (event) => {
      event.preventDefault();
      this.end(event.message);
    };
    this.#thread.onmessageerror = () => this.end("A message could not be read.");
    const roomPath = places.uploads;
    void this.call({ op: "begin", roomPath, leftFreeBytes, headBytes: limits.sniffBytes }).catch(() =>
      undefined
    );
  }

  get isEnded(): boolean {
    return this.#ended !== null;
  }

  /** A number for a file in this thread. */
  nextFile(): number {
    return ++this.#files;
  }

  /** Calls take effect in their order. `buffer` belongs to the writing thread until the answer. */
  call(call: Call, buffer?: Uint8Array<ArrayBuffer>): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const number = ++this.#numbers;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(number, answer);
    this.#thread.postMessage(
      { number, call } satisfies Question,
      buffer === undefined ? [] : [buffer.buffer],
    );
    return answer.promise;
  }

  /** Ends the thread, with the locks on its files. */
  end(why = "It was closed."): void {
    if (this.#ended !== null) return;
    this.#ended = new WritingEnded(`The thread that writes files ended: ${why}`);
    this.#thread.terminate();
    for (const { reject } of this.#open.values()) reject(this.#ended);
    this.#open.clear();
  }

  #answered(answer: Answer): void {
    const waiting = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    if ("failed" in answer) waiting?.reject(errorOf(answer.failed));
    else waiting?.resolve(answer.value);
  }
}
