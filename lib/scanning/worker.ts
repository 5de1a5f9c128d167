import type { BlobStore } from "../files/mod.ts";
import { type Clock, iso, type Log, type Random, randomText, type Timer } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { type Asked, BothScanners, type Passes } from "./asking.ts";
import { Breaker } from "./breaker.ts";
import { isOver, Lease } from "./lease.ts";
import type { CsamMatcher, MatchHandler, ScanJob, ScanStore, VirusScanner } from "./ports.ts";
import { subjectOf } from "./subject.ts";
import { decide, type Decision, type Standing } from "./verdict.ts";

/** Longest time between two looks at the store: another process may have added a scan or died during one. */
const lookMs = 5000;
/** Shortest wait before the next look, after another worker was faster. */
const shortestMs = 20;

export interface ScanWorkerNeeds {
  store: ScanStore;
  blobs: Pick<BlobStore, "open">;
  virus: VirusScanner;
  csam: CsamMatcher;
  matches: MatchHandler;
  /** Treatment of a file that could not be scanned completely. */
  incomplete: "hold" | "reject";
  /** Maximum number of scans at the same time. */
  slots: number;
  clock: Clock;
  random: Random;
  log: Log;
}

/**
 * Runs due scans (SC-1), oldest first, each under a lease. An undecided scan is retried; only a conclusion in the store ends
 * it. Disposing the worker aborts running scans and returns their leases.
 */
export class ScanWorker implements AsyncDisposable {
  readonly #needs: ScanWorkerNeeds;
  readonly #owner: string;
  readonly #breakers: { virus: Breaker; csam: Breaker };
  readonly #scanners: BothScanners;
  readonly #running = new Map<AbortController, Promise<void>>();
  #timer: Timer | undefined;
  #filling: Promise<void> | undefined;
  #again = false;
  #started = false;
  #closed = false;

  constructor(needs: ScanWorkerNeeds) {
    this.#needs = needs;
    const { virus, csam, clock, random, log } = needs;
    this.#owner = randomText(random, 12);
    const changed = () => this.wake();
    this.#breakers = {
      virus: new Breaker({ name: virus.name, health: () => virus.health(), clock, log, changed }),
      csam: new Breaker({ name: csam.name, health: () => csam.health(), clock, log, changed }),
    };
    this.#scanners = new BothScanners({ virus, csam, breakers: this.#breakers, clock });
  }

  /** State of both scanners, for the status. */
  get breakers(): { readonly virus: Breaker; readonly csam: Breaker } {
    return this.#breakers;
  }

  start(): void {
    this.#started = true;
    this.wake();
  }

  /** Looks for due scans. Called after an upload, among others. */
  wake(): void {
    if (this.#closed || !this.#started) return;
    this.#again = true;
    this.#filling ??= this.#fill();
  }

  /** Aborts running scans and returns their leases, so that the next worker can continue them at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const abort of this.#running.keys()) abort.abort();
    await this.#filling;
    await Promise.all(this.#running.values());
  }

  async #fill(): Promise<void> {
    let nextMs = lookMs;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        this.#askAgain();
        nextMs = await this.#fillSlots();
      }
    } catch (error) {
      // The store failed; due scans are still in it.
      nextMs = limits.scanRetryBaseMs;
      this.#needs.log.error("scan.no_store", { error: error as Error });
    } finally {
      this.#filling = undefined;
      this.#timer?.cancel();
      if (!this.#closed) this.#timer = this.#needs.clock.after(nextMs, () => this.wake());
    }
  }

  /** Takes scans until every slot is busy or nothing is due; returns the time until the next look. */
  async #fillSlots(): Promise<number> {
    const { store, clock, slots } = this.#needs;
    while (this.#running.size < slots && !this.#closed) {
      // While a breaker is open, only blobs without any verdict are scanned: once, by the other scanner.
      const admitted = this.#scanners.admitted;
      const job = await store.take(this.#owner, clock.now(), admitted ? undefined : "unseen");
      if (job === null) return await this.#nextLookMs(admitted);
      // The store's answer may be so late that the lease is nearly over.
      if (this.#closed || isOver(job, clock.now())) await store.release(job, []);
      else this.#begin(job);
    }
    return lookMs;
  }

  async #nextLookMs(admitted: boolean): Promise<number> {
    const now = this.#needs.clock.now();
    const times = [this.#breakers.virus.retryAtMs, this.#breakers.csam.retryAtMs];
    if (admitted) times.push(await this.#needs.store.nextDueMs());
    const waits = times.filter((at) => at !== null).map((at) => Math.max(shortestMs, at - now));
    return Math.min(lookMs, ...waits);
  }

  #askAgain(): void {
    for (const breaker of [this.#breakers.virus, this.#breakers.csam]) {
      void breaker.askAgain();
    }
  }

  #begin(job: ScanJob): void {
    const abort = new AbortController();
    const passes = this.#scanners.enter();
    const run = this.#run(job, passes, abort).finally(() => {
      this.#running.delete(abort);
      this.wake();
    });
    this.#running.set(abort, run);
  }

  /** Runs one scan, from its lease to the written result. Never throws: a failed scan is retried. */
  async #run(taken: ScanJob, passes: Passes, abort: AbortController): Promise<void> {
    const { store, clock, log } = this.#needs;
    const lease = new Lease(taken, { store, clock, log, lost: () => abort.abort() });
    const tried = await this.#look(taken, passes, abort.signal).catch((error: Error) => error);
    const { job, lost } = await lease.end();
    try {
      // The lease may only have missed a renewal: `release` then returns it. Otherwise `release` does nothing.
      if (lost || abort.signal.aborted) await store.release(job, []);
      else if (tried instanceof Error) await this.#failed(job, tried);
      else if (tried === null) await store.drop(job);
      else await this.#settle(job, tried);
    } catch (error) {
      log.error("scan.not_written", { sha256: job.sha256, error: error as Error });
    }
  }

  /** Null when the blob is gone. */
  async #look({ sha256 }: ScanJob, passes: Passes, signal: AbortSignal): Promise<Asked | null> {
    const { store, blobs } = this.#needs;
    let used = false;
    try {
      const blob = await store.blob(sha256);
      if (blob === null) return null;
      const subject = await subjectOf(blob, blobs);
      if (subject === null) throw new Error("The bytes of a blob are not in their place.");
      used = true;
      return await this.#scanners.ask(subject, passes, signal);
    } finally {
      if (!used) this.#scanners.giveBack(passes);
    }
  }

  async #settle(job: ScanJob, { findings, failed }: Asked): Promise<void> {
    const { store, clock, log, incomplete } = this.#needs;
    const standing = await this.#standing(job);
    const decision = decide(findings, { incomplete, standing }, iso(clock.now()));
    const written = await this.#write(job, decision, failed);
    const verdicts = { virus: findings.virus.verdict, csam: findings.csam.verdict };
    const { sha256, attempts, rescan } = job;
    if (written) log.info(`scan.${decision.kind}`, { sha256, attempts, rescan, ...verdicts });
    else if (await store.blob(sha256) !== null) log.warn("scan.lease_lost", { sha256 });
  }

  async #write(job: ScanJob, decision: Decision, failed: boolean): Promise<boolean> {
    const { store, matches } = this.#needs;
    switch (decision.kind) {
      case "conclude":
        return await store.conclude(job, decision.conclusion);
      case "match":
        try {
          return await matches.preserve(job, decision.finding, decision.verdicts);
        } catch (error) {
          // Until it is preserved nobody can download it, even if it was clean before.
          await store.retry({ ...job, rescan: false }, this.#retryMs(job), decision.verdicts);
          throw error;
        }
      case "retry":
        return failed
          ? await store.retry(job, this.#retryMs(job), decision.verdicts)
          : await store.release(job, decision.verdicts);
      default:
        return decision satisfies never;
    }
  }

  /** Records that the bytes or the store could not be read. */
  async #failed(job: ScanJob, error: Error): Promise<void> {
    const { store, clock, log } = this.#needs;
    log.error("scan.failed", { sha256: job.sha256, attempts: job.attempts, error });
    const verdict = {
      scanner: "storage",
      version: "",
      answer: "the file could not be read",
      at: iso(clock.now()),
    };
    await store.retry(job, this.#retryMs(job), [{ check: "virus", verdict: "error", ...verdict }]);
  }

  async #standing({ sha256, rescan }: ScanJob): Promise<Standing> {
    if (!rescan) return "new";
    const verdicts = await this.#needs.store.verdicts(sha256);
    const released = verdicts.some(({ check, verdict }) => check === "moderator" && verdict === "clean");
    return released ? "released" : "clean";
  }

  /**
   * SC-1: returns the time of the next attempt: 1 s, doubled each time, at most 5 min, and up to half of it random, so that
   * retries do not come all at once.
   */
  #retryMs({ attempts }: ScanJob): number {
    const { clock, random } = this.#needs;
    const fullMs = Math.min(limits.scanRetryMaxMs, limits.scanRetryBaseMs * 2 ** Math.min(attempts, 30));
    const waitMs = Math.max(limits.scanRetryBaseMs, fullMs * (1 + random.fraction()) / 2);
    return Math.round(clock.now() + waitMs);
  }
}
