/** How long is waited for more of what comes together. */
const togetherMs = 100;
/** Between two runs at least; longer and longer while more comes during each: a backlog of thousands is no thousand runs. */
const apartMs = 1000;
const longestMs = 8000;

/** Runs something soon after it was asked for: once for all that comes together, never twice at a time, and not while nobody looks. */
export class Soon implements Disposable {
  readonly #run: () => Promise<void>;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #again = false;
  #endedAt = -Infinity;
  #restMs = apartMs;
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
    const idleMs = performance.now() - this.#endedAt;
    if (idleMs > 2 * this.#restMs) this.#restMs = apartMs;
    const waitMs = Math.max(togetherMs, this.#restMs - idleMs);
    this.#waiting = setTimeout(() => void this.#begin(), waitMs + laterMs);
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
    if (!this.#again) return;
    this.#restMs = Math.min(2 * this.#restMs, longestMs);
    this.ask(0);
  }
}
