import type { Clock, Log } from "../platform/mod.ts";
import { english, faultOf, type Message, say } from "../protocol/mod.ts";
import type { ScannerHealth } from "./ports.ts";

/** Consecutive errors, across all blobs, that open the breaker. */
const failuresToOpen = 4;
/** Time that the breaker stays open: 1 s, doubled after each failed trial, at most 60 s. */
const openBaseMs = 1000;
const openMaxMs = 60_000;
/** Time limit for a health check; a slower scanner counts as broken. */
const healthMs = 10_000;

/** `closed`: scans run. `open`: no scan runs. `half_open`: one trial scan runs and decides. */
export type BreakerState = "closed" | "open" | "half_open";

/** Outcome of one scan for this scanner; `nothing` when the scan was cut off for another reason. */
export type Outcome = "answered" | "failed" | "nothing";

/**
 * Circuit breaker of one scanner. A backlog must not cost a broken scanner a connection, and each blob an attempt. After the
 * wait a health check runs; only when that succeeds does one trial scan run.
 */
export class Breaker {
  readonly name: string;
  readonly #health: () => Promise<ScannerHealth>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: () => void;
  #state: BreakerState = "closed";
  #failures = 0;
  /** Number of times that the breaker opened without a successful scan in between. */
  #opened = 0;
  #retryAtMs = 0;
  #reason: Message = "scanner.broken";
  #trial = false;
  #asking = false;

  /** `changed` is called when the next scan may run, or no longer may. */
  constructor(parts: {
    name: string;
    health: () => Promise<ScannerHealth>;
    clock: Clock;
    log: Log;
    changed: () => void;
  }) {
    this.name = parts.name;
    this.#health = parts.health;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#changed = parts.changed;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a scan that begins now can use the scanner. */
  get admits(): boolean {
    return this.#state === "closed" || (this.#state === "half_open" && !this.#trial);
  }

  /** Time of the next `askAgain`; null while a call would do nothing. */
  get retryAtMs(): number | null {
    return this.#state === "open" && !this.#asking ? this.#retryAtMs : null;
  }

  /** Reason for not using the scanner, for an operator; null while the breaker is closed. */
  get reason(): Message | null {
    return this.#state === "closed" ? null : this.#reason;
  }

  /** Begins a scan; null when the scanner must not be used. Call the returned function once, with the outcome. */
  enter(): ((outcome: Outcome) => void) | null {
    if (!this.admits) return null;
    const trial = this.#state === "half_open";
    if (trial) this.#trial = true;
    return (outcome) => this.#left(outcome, trial);
  }

  /**
   * Checks the health of the scanner of an open breaker once the wait is over. Healthy: half open. Otherwise the breaker stays
   * open, longer.
   */
  async askAgain(): Promise<void> {
    if (this.#state !== "open" || this.#asking || this.#clock.now() < this.#retryAtMs) return;
    this.#asking = true;
    const reason = await this.#askHealth();
    this.#asking = false;
    // A scan that began earlier may have closed the breaker during the check.
    if (this.state !== "open") return;
    if (reason === null) {
      this.#state = "half_open";
      this.#changed();
    } else {
      this.#open(reason);
    }
  }

  async #askHealth(): Promise<Message | null> {
    const { promise: late, resolve } = Promise.withResolvers<Message>();
    using _timer = this.#clock.after(
      healthMs,
      () => resolve(say("scanner.late", { count: healthMs / 1000 })),
    );
    try {
      const asked = this.#health().then(({ ok, reason }) => ok ? null : reason ?? "scanner.broken");
      return await Promise.race([asked, late]);
    } catch (error) {
      return faultOf(error);
    }
  }

  #left(outcome: Outcome, trial: boolean): void {
    if (trial) this.#trial = false;
    switch (outcome) {
      case "answered":
        return this.#close();
      case "failed":
        this.#failures++;
        // Scans from before the opening tell nothing new.
        if (this.#state === "closed" && this.#failures >= failuresToOpen) {
          return this.#open(say("scanner.failed", { count: this.#failures }));
        }
        if (trial && this.#state === "half_open") this.#open("scanner.failedAgain");
        return;
      case "nothing":
        if (trial) this.#changed();
        return;
      default:
        return outcome satisfies never;
    }
  }

  #open(reason: Message): void {
    const waitMs = Math.min(openMaxMs, openBaseMs * 2 ** Math.min(this.#opened, 20));
    if (this.#opened === 0) {
      this.#log.warn("scanner.left_alone", { scanner: this.name, reason: english(reason) });
    }
    this.#opened++;
    this.#state = "open";
    this.#reason = reason;
    this.#retryAtMs = this.#clock.now() + waitMs;
    this.#changed();
  }

  #close(): void {
    this.#failures = 0;
    if (this.#state === "closed") return;
    this.#log.info("scanner.works_again", { scanner: this.name });
    this.#state = "closed";
    this.#opened = 0;
    this.#changed();
  }
}
