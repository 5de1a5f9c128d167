import type { Clock, Log, Timer } from "../platform/mod.ts";
import type { ScannerHealth, ScanStore, VirusScanner } from "./ports.ts";

/** How often the virus scanner is asked whether its signatures are others. */
const askMs = 5 * 60_000;
/** The rate of rescans: this many at most in this time. Fresh uploads never wait for more than these. */
const atOnce = 4;
const everyMs = 1000;

/**
 * SC-4: when the signatures are not those that a blob was found clean with, it is scanned again, in the background. Nothing is
 * added while a scan is due and waits, so fresh uploads come first. Begins anew after a restart; what was scanned again
 * already has the new version by then.
 */
export class RescanSchedule implements AsyncDisposable {
  readonly #store: Pick<ScanStore, "cleanBlobs" | "nextDueMs" | "rescan">;
  readonly #virus: Pick<VirusScanner, "health">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #added: () => void;
  #closed = false;
  #endPause: (() => void) | undefined;
  /** The version that all blobs were looked through for. */
  #done: string | undefined;
  #timer: Timer | undefined;
  #working: Promise<void> | undefined;

  /** `added` is called when there is something to scan. */
  constructor(parts: {
    store: Pick<ScanStore, "cleanBlobs" | "nextDueMs" | "rescan">;
    virus: Pick<VirusScanner, "health">;
    clock: Clock;
    log: Log;
    added: () => void;
  }) {
    this.#store = parts.store;
    this.#virus = parts.virus;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#added = parts.added;
  }

  start(): void {
    if (this.#closed || this.#working !== undefined) return;
    this.#working = this.#work().catch((error) => this.#log.error("rescan.failed", { error })).finally(() => {
      this.#working = undefined;
      if (!this.#closed) this.#timer = this.#clock.after(askMs, () => this.start());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#endPause?.();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { ok, real, version } = await this.#health();
    // A stand-in says nothing that was not known better.
    if (!ok || !real || version === "" || version === this.#done) return;
    let count = 0;
    for await (const blob of this.#store.cleanBlobs()) {
      if (blob.version === version) continue;
      if (count % atOnce === 0) await this.#turn();
      if (this.#closed) return;
      await this.#store.rescan(blob.sha256, this.#clock.now());
      count++;
      this.#added();
    }
    this.#done = version;
    if (count > 0) this.#log.info("rescan.queued", { count, version });
  }

  async #health(): Promise<ScannerHealth> {
    try {
      return await this.#virus.health();
    } catch {
      return { ok: false, reason: null, version: "", real: false };
    }
  }

  /** Waits for its turn: the rate, and until nothing that is due waits. */
  async #turn(): Promise<void> {
    do {
      await this.#pause();
      if (this.#closed) return;
    } while (await this.#isBusy());
  }

  async #isBusy(): Promise<boolean> {
    const dueMs = await this.#store.nextDueMs();
    return dueMs !== null && dueMs <= this.#clock.now();
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(everyMs, resolve);
    this.#endPause = () => (timer.cancel(), resolve());
    return promise;
  }
}
