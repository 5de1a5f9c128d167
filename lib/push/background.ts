import type { Log } from "../platform/mod.ts";

/** Sends that run at once. */
const concurrency = 8;

/** Work that no caller waits for. Failures are logged. */
export class Background {
  readonly #log: Log;
  readonly #working = new Set<Promise<void>>();
  /** Sends that wait, and the number of those that run. */
  readonly #queue: (() => Promise<void>)[] = [];
  #sending = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Runs now. A failure is logged as `event`, after `failed`. */
  run(event: string, work: () => Promise<void>, failed?: () => void): void {
    const working = work().catch((error: unknown) => {
      failed?.();
      this.#log.error(event, { error: error instanceof Error ? error : new Error(String(error)) });
    }).finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  /** Runs when fewer than `concurrency` sends run, in order. */
  send(work: () => Promise<void>): void {
    this.#queue.push(work);
    this.#next();
  }

  /** Drops the sends that wait. */
  clear(): void {
    this.#queue.length = 0;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  #next(): void {
    const work = this.#sending < concurrency ? this.#queue.shift() : undefined;
    if (work === undefined) return;
    this.#sending++;
    this.run("push.failed", async () => {
      try {
        await work();
      } finally {
        this.#sending--;
        this.#next();
      }
    });
  }
}
