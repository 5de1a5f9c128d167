import type { Clock, Log, Timer } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { ScanJob, ScanStore } from "./ports.ts";

/** Renewals in the time of one lease, so that one slow write does not lose it. */
const renewals = 3;
/** Time before the end of the lease at which the scan stops: after the end another worker may begin. */
const marginMs = 1000;

/** Whether the lease is too near its end to begin or continue a scan. */
export function isOver({ leaseUntilMs }: ScanJob, nowMs: number): boolean {
  return leaseUntilMs - marginMs <= nowMs;
}

/** Keeps the lease of a running scan. When the lease is lost, calls `lost` at once; the scan's result is then void. */
export class Lease {
  readonly #store: Pick<ScanStore, "renew">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #lost: () => void;
  #job: ScanJob;
  #isLost = false;
  #ended = false;
  #renewal: Timer;
  #deadline: Timer;
  #renewing: Promise<void> = Promise.resolve();

  constructor(
    job: ScanJob,
    parts: { store: Pick<ScanStore, "renew">; clock: Clock; log: Log; lost: () => void },
  ) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#lost = parts.lost;
    this.#job = job;
    this.#renewal = this.#renewLater();
    this.#deadline = this.#loseAtEnd();
  }

  /** Stops renewing. Returns the job with its last version; with `lost` true, the result must not be written. */
  async end(): Promise<{ job: ScanJob; lost: boolean }> {
    this.#ended = true;
    this.#renewal.cancel();
    // A renewal in progress gives the version that is valid.
    await this.#renewing;
    this.#deadline.cancel();
    return { job: this.#job, lost: this.#isLost };
  }

  #renewLater(): Timer {
    return this.#clock.after(limits.scanLeaseMs / renewals, () => {
      this.#renewing = this.#renew();
    });
  }

  #loseAtEnd(): Timer {
    const leftMs = this.#job.leaseUntilMs - marginMs - this.#clock.now();
    return this.#clock.after(leftMs, () => this.#lose());
  }

  async #renew(): Promise<void> {
    try {
      const renewed = await this.#store.renew(this.#job, this.#clock.now());
      if (renewed === null) return this.#lose();
      this.#job = renewed;
      this.#deadline.cancel();
      if (!this.#isLost) this.#deadline = this.#loseAtEnd();
    } catch (error) {
      this.#log.warn("scan.lease_not_renewed", { error: error as Error });
    }
    if (!this.#ended && !this.#isLost) this.#renewal = this.#renewLater();
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#renewal.cancel();
    this.#lost();
  }
}
