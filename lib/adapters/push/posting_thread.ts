import { setImmediate } from "node:timers";
import type { Post, Posted } from "./posting.ts";

/** What the posting thread is asked: to post these, and to give up those that are not waited for any more. */
export interface Question {
  posts: [number: number, post: Post][];
  ended: number[];
}

export type Answers = [number: number, posted: Posted | { bug: string }][];

/** As much of a `Worker` as is used here. */
export type Thread = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror" | "onmessageerror">;

/** A thread that can ask these hosts and nothing else. */
export function startPosting(hosts: string[]): Thread {
  return new Worker(new URL("./posting_worker.ts", import.meta.url), {
    type: "module",
    name: "pushes",
    deno: {
      permissions: {
        net: hosts,
        read: false,
        write: false,
        sys: false,
        env: false,
        ffi: false,
        import: false,
        run: false,
      },
    },
  });
}

/**
 * The serving thread's end of the posting thread: the encryption and the request of a push take longer than all else that it needs.
 * When it dies, what it had is answered as failed.
 */
export class PostingThread {
  readonly #thread: Thread;
  readonly #open = new Map<number, PromiseWithResolvers<Posted>>();
  #numbers = 0;
  /** What the next message says: one for each turn of the event loop. */
  #next: Question | null = null;
  #isEnded = false;

  constructor(hosts: string[], start: (hosts: string[]) => Thread = startPosting) {
    this.#thread = start(hosts);
    this.#thread.onmessage = ({ data }: MessageEvent<Answers>) => {
      for (const [number, posted] of data) this.#answered(number, posted);
    };
    this.#thread.onerror = (event) => {
      event.preventDefault();
      this.end();
    };
    this.#thread.onmessageerror = () => this.end();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  async post(post: Post, signal: AbortSignal): Promise<Posted> {
    if (this.#isEnded || signal.aborted) return { failed: "AbortError" };
    const number = ++this.#numbers;
    const answer = Promise.withResolvers<Posted>();
    this.#open.set(number, answer);
    const giveUp = () => {
      this.#asked.ended.push(number);
      // Not once the thread says so: one that hangs would hold up the device, and the end of the server.
      this.#answered(number, { failed: "AbortError" });
    };
    signal.addEventListener("abort", giveUp);
    try {
      this.#asked.posts.push([number, post]);
      return await answer.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#thread.terminate();
    for (const { resolve } of this.#open.values()) resolve({ failed: "AbortError" });
    this.#open.clear();
  }

  get #asked(): Question {
    if (this.#next === null) {
      this.#next = { posts: [], ended: [] };
      setImmediate(() => {
        const asked = this.#next;
        this.#next = null;
        if (!this.#isEnded) this.#thread.postMessage(asked);
      });
    }
    return this.#next;
  }

  #answered(number: number, posted: Posted | { bug: string }): void {
    const open = this.#open.get(number);
    this.#open.delete(number);
    if (typeof posted === "object" && "bug" in posted) open?.reject(new Error(posted.bug));
    else open?.resolve(posted);
  }
}
