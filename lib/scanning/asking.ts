import type { Clock } from "../platform/mod.ts";
import { english, limits } from "../protocol/mod.ts";
import type { Breaker, Outcome } from "./breaker.ts";
import type { CsamFinding, CsamMatcher, ScanSubject, VirusFinding, VirusScanner } from "./ports.ts";
import type { Findings } from "./verdict.ts";

/** The findings of both scanners. `failed`: a scanner was asked and gave an error; only that counts as an attempt. */
export interface Asked {
  findings: Findings;
  failed: boolean;
}

/** Permits of the breakers for one scan; null where a breaker is open. Call each once, with the scan's outcome. */
export interface Passes {
  virus: ((outcome: Outcome) => void) | null;
  csam: ((outcome: Outcome) => void) | null;
}

interface Asking<Finding> {
  name: string;
  pass: Passes["virus"];
  breaker: Breaker;
  ask(signal: AbortSignal): Promise<Finding>;
}

/**
 * Asks both scanners about a blob, each for at most `limits.scanMs`. A scanner that throws, runs into this limit or has an
 * open breaker gives `error`. A scanner that ignores its abort signal is not awaited.
 */
export class BothScanners {
  readonly #virus: VirusScanner;
  readonly #csam: CsamMatcher;
  readonly #breakers: { virus: Breaker; csam: Breaker };
  readonly #clock: Clock;

  constructor(parts: {
    virus: VirusScanner;
    csam: CsamMatcher;
    breakers: { virus: Breaker; csam: Breaker };
    clock: Clock;
  }) {
    this.#virus = parts.virus;
    this.#csam = parts.csam;
    this.#breakers = parts.breakers;
    this.#clock = parts.clock;
  }

  /** Whether the breakers let both scanners run now. */
  get admitted(): boolean {
    return this.#breakers.virus.admits && this.#breakers.csam.admits;
  }

  enter(): Passes {
    return { virus: this.#breakers.virus.enter(), csam: this.#breakers.csam.enter() };
  }

  /** Returns unused permits. */
  giveBack({ virus, csam }: Passes): void {
    virus?.("nothing");
    csam?.("nothing");
  }

  async ask(subject: ScanSubject, passes: Passes, signal: AbortSignal): Promise<Asked> {
    const [virus, csam] = await Promise.all([
      this.#ask<VirusFinding>({
        name: this.#virus.name,
        pass: passes.virus,
        breaker: this.#breakers.virus,
        ask: (until) => this.#virus.scan(subject, until),
      }, signal),
      this.#ask<CsamFinding>({
        name: this.#csam.name,
        pass: passes.csam,
        breaker: this.#breakers.csam,
        ask: (until) => this.#csam.match(subject, until),
      }, signal),
    ]);
    const failed = (passes.virus !== null && virus.verdict === "error") ||
      (passes.csam !== null && csam.verdict === "error");
    return { findings: { virus, csam }, failed };
  }

  async #ask<Finding extends VirusFinding | CsamFinding>(
    { name, pass, breaker, ask }: Asking<Finding>,
    signal: AbortSignal,
  ): Promise<Finding | ErrorFinding> {
    if (pass === null) {
      return errorOf(
        name,
        `not asked: ${breaker.reason === null ? "it is tried out on another file" : english(breaker.reason)}`,
      );
    }
    if (signal.aborted) {
      pass("nothing");
      return errorOf(name, "cut off");
    }
    const abort = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<ErrorFinding>();
    const stop = () => {
      abort.abort();
      end(errorOf(name, "cut off"));
    };
    using _timer = this.#clock.after(limits.scanMs, () => {
      abort.abort();
      end(errorOf(name, `no answer within ${limits.scanMs / 60_000} min`));
    });
    signal.addEventListener("abort", stop, { once: true });
    let outcome: Outcome = "failed";
    try {
      const finding = await Promise.race([ask(abort.signal), ended]);
      if (finding.verdict !== "error") outcome = "answered";
      return finding;
    } catch {
      return errorOf(name, "the scanner broke off with an error of its own");
    } finally {
      signal.removeEventListener("abort", stop);
      pass(signal.aborted ? "nothing" : outcome);
    }
  }
}

type ErrorFinding = VirusFinding & { verdict: "error" };

function errorOf(scanner: string, answer: string): ErrorFinding {
  return { verdict: "error", scanner, version: "", answer };
}
