import type { Clock, Log, Timer } from "../platform/mod.ts";
import type { ScannerHealth, ScanStore, VirusScanner } from "./ports.ts";

/** Time between two checks of the virus scanner's signature version. */
const askMs = 5 * 60_000;
/** Rate of rescans: at most this many in this time. New uploads never wait for more than these. */
const atOnce = 4;
const everyMs = 1000;

/**
 * SC-4: rescans clean blobs in the background after an update of the virus signatures. Adds no rescan while a due scan waits,
 * so new uploads come first. After a restart it begins again; rescanned blobs have the new version by then.
 */
export class RescanSchedule implements AsyncDisposable {
  readonly #store: Pick<ScanStore, "cleanBlobs" | "nextDueMs" | "rescan">;
  readonly #virus: Pick<VirusScanner, "health">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #added: () => void;
  #closed = false;
  #endPause: (() => void) | undefined;
  /** Signature version of the last complete pass. */
  #done: string | undefined;
  #timer: Timer | undefined;
  #working: Promise<void> | undefined;

  /** `added` is called after rescans were added. */
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
    // A stand-in gives no better verdict than the one that is stored.
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

  /** Waits for the rate limit, and until no due scan waits. */
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
