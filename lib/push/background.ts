import type { Log } from "../platform/mod.ts";

/** Work that no caller waits for: its failures are logged, and its end can be waited for. */
export class Background {
  readonly #log: Pick<Log, "error">;
  readonly #working = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(log: Pick<Log, "error">) {
    this.#log = log;
  }

  /** Aborted once this is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get busy(): boolean {
    return this.#working.size > 0;
  }

  /** `event`: under which a failure is logged. */
  run(event: string, work: () => Promise<void>): void {
    const working = work().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#log.error(event, { error: error as Error });
    }).finally(() => this.#working.delete(working));
    this.#working.add(working);
  }

  /** Resolves when what runs now has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#working);
  }

  close(): void {
    this.#closing.abort();
  }
}
