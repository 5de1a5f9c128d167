import type { Clock, Log } from "../platform/mod.ts";
import type { ScannerHealth } from "./ports.ts";

/** Errors in a row, of whatever blobs, after which a scanner is left alone. */
const failuresToOpen = 4;
/** How long it is left alone: 1 s, doubling with each time that it still does not work, at most 60 s. */
const openBaseMs = 1000;
const openMaxMs = 60_000;
/** A scanner that takes longer to say how it is does not work. */
const healthMs = 10_000;

/** Closed: it is asked. Open: it is not. Half open: one scan is let through, and says what follows. */
export type BreakerState = "closed" | "open" | "half_open";

/** What came of one scan with this scanner; `nothing` when it was cut off for another reason. */
export type Outcome = "answered" | "failed" | "nothing";

/**
 * Leaves a scanner alone that does not work, so that a backlog does not cost it a connection, and a blob a try, each. After
 * the wait it is asked how it is; only when it says that it works is one scan let through.
 */
export class Breaker {
  readonly name: string;
  readonly #health: () => Promise<ScannerHealth>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: () => void;
  #state: BreakerState = "closed";
  #failures = 0;
  /** Times that it was opened without a scan in between that worked. */
  #opened = 0;
  #retryAtMs = 0;
  #reason = "";
  #trial = false;
  #asking = false;

  /** `changed` is called when the next scan may go on, or must not any more. */
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

  /** Whether a scan that begins now may ask the scanner. */
  get admits(): boolean {
    return this.#state === "closed" || (this.#state === "half_open" && !this.#trial);
  }

  /** When to call `askAgain`; null while that would do nothing. */
  get retryAtMs(): number | null {
    return this.#state === "open" && !this.#asking ? this.#retryAtMs : null;
  }

  /** Why it is left alone, for an operator; null when it is not. */
  get reason(): string | null {
    return this.#state === "closed" ? null : this.#reason;
  }

  /** Begins a scan; null when the scanner must not be asked. Give the outcome to what it returns, once. */
  enter(): ((outcome: Outcome) => void) | null {
    if (!this.admits) return null;
    const trial = this.#state === "half_open";
    if (trial) this.#trial = true;
    return (outcome) => this.#left(outcome, trial);
  }

  /** Asks an open scanner how it is when its wait is over; half open if it works, otherwise it waits on, longer. */
  async askAgain(): Promise<void> {
    if (this.#state !== "open" || this.#asking || this.#clock.now() < this.#retryAtMs) return;
    this.#asking = true;
    const reason = await this.#askHealth();
    this.#asking = false;
    // A scan that began before may have been answered meanwhile.
    if (this.state !== "open") return;
    if (reason === null) {
      this.#state = "half_open";
      this.#changed();
    } else {
      this.#open(reason);
    }
  }

  async #askHealth(): Promise<string | null> {
    const { promise: late, resolve } = Promise.withResolvers<string>();
    using _timer = this.#clock.after(healthMs, () => resolve(`did not answer within ${healthMs / 1000} s`));
    try {
      const asked = this.#health().then(({ ok, reason }) => ok ? null : reason ?? "does not work");
      return await Promise.race([asked, late]);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #left(outcome: Outcome, trial: boolean): void {
    if (trial) this.#trial = false;
    switch (outcome) {
      case "answered":
        return this.#close();
      case "failed":
        this.#failures++;
        // Others that were begun before it opened say nothing new.
        if (this.#state === "closed" && this.#failures >= failuresToOpen) {
          return this.#open(`failed ${this.#failures} times in a row`);
        }
        if (trial && this.#state === "half_open") this.#open("answers, but a scan failed again");
        return;
      case "nothing":
        if (trial) this.#changed();
        return;
      default:
        return outcome satisfies never;
    }
  }

  #open(reason: string): void {
    const waitMs = Math.min(openMaxMs, openBaseMs * 2 ** Math.min(this.#opened, 20));
    if (this.#opened === 0) this.#log.warn("scanner.left_alone", { scanner: this.name, reason });
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
