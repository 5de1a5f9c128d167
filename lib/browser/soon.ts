/** How long is waited for more of what comes together. */
const togetherMs = 100;
/** Between two runs at least: a backlog of thousands is no thousand runs. */
const apartMs = 1000;

/** Runs something soon after it was asked for: once for all that comes together, never twice at a time, and not while nobody looks. */
export class Soon implements Disposable {
  readonly #run: () => Promise<void>;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #again = false;
  #endedAt = -Infinity;
  readonly #onSeen = () => {
    if (this.#again && !document.hidden) this.ask(0);
  };

  constructor(run: () => Promise<void>) {
    this.#run = run;
    document.addEventListener("visibilitychange", this.#onSeen);
  }

  /** `laterMs`: how much later than as soon as can be. */
  ask(laterMs: number): void {
    this.#again = true;
    if (this.#running || this.#waiting !== undefined || document.hidden) return;
    const rest = this.#endedAt + apartMs - performance.now();
    this.#waiting = setTimeout(() => void this.#begin(), Math.max(togetherMs, rest) + laterMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#waiting);
    document.removeEventListener("visibilitychange", this.#onSeen);
  }

  async #begin(): Promise<void> {
    this.#waiting = undefined;
    this.#again = false;
    this.#running = true;
    try {
      await this.#run();
    } finally {
      this.#running = false;
      this.#endedAt = performance.now();
    }
    if (this.#again) this.ask(0);
  }
}
