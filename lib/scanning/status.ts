import type { HealthPort } from "../platform/health.ts";
import type { Clock } from "../platform/mod.ts";
import { faultOf, limits, type Message, type ScanStatus } from "../protocol/mod.ts";
import type { Breaker } from "./breaker.ts";
import type { CsamMatcher, ScannerHealth, ScanStore, VirusScanner } from "./ports.ts";

/** Time for which a result is reused: every page with a banner asks. */
const freshMs = 5000;
/** Time limit for a health check, below the one of `/readyz`. A slower scanner is shown as not answering. */
const healthMs = 2500;

type Scanner = Pick<VirusScanner | CsamMatcher, "name" | "health">;

/** Status of the scanners and the backlog, for banners, the overview and `/readyz` (SC-7, OP-4). */
export class ScanStatusBoard {
  readonly #virus: Scanner;
  readonly #csam: Scanner;
  readonly #breakers: { readonly virus: Breaker; readonly csam: Breaker };
  readonly #store: Pick<ScanStore, "backlog">;
  readonly #mode: "evaluation" | "production";
  readonly #clock: Clock;
  #last: { atMs: number; status: Promise<ScanStatus> } | undefined;

  constructor(parts: {
    virus: Scanner;
    csam: Scanner;
    breakers: { readonly virus: Breaker; readonly csam: Breaker };
    store: Pick<ScanStore, "backlog">;
    mode: "evaluation" | "production";
    clock: Clock;
  }) {
    this.#virus = parts.virus;
    this.#csam = parts.csam;
    this.#breakers = parts.breakers;
    this.#store = parts.store;
    this.#mode = parts.mode;
    this.#clock = parts.clock;
  }

  /** Returns a status that is at most 5 s old. Counts the backlog up to `limits.jobsCounted`. */
  status(): Promise<ScanStatus> {
    const now = this.#clock.now();
    if (this.#last === undefined || now - this.#last.atMs >= freshMs || now < this.#last.atMs) {
      const last = { atMs: now, status: this.#ask() };
      this.#last = last;
      last.status.catch(() => {
        if (this.#last === last) this.#last = undefined;
      });
    }
    return this.#last.status;
  }

  /** Returns the checks for `/readyz`. Only in production does a missing or silent scanner make it fail. */
  checks(): HealthPort<Message>[] {
    const check = (which: "virus" | "csam") => async () => {
      if (this.#mode === "evaluation") return null;
      const { ok, reason, real } = (await this.status())[which];
      if (ok && real) return null;
      return reason ?? (real ? "scanner.broken" : "scanner.standIn");
    };
    return [
      { name: "virus_scanner", check: check("virus") },
      { name: "csam_matcher", check: check("csam") },
    ];
  }

  async #ask(): Promise<ScanStatus> {
    const [virus, csam, backlog] = await Promise.all([
      this.#one(this.#virus, this.#breakers.virus),
      this.#one(this.#csam, this.#breakers.csam),
      this.#store.backlog(limits.jobsCounted),
    ]);
    return { virus, csam, backlog };
  }

  async #one(scanner: Scanner, breaker: Breaker): Promise<ScanStatus["virus"]> {
    const { ok, reason, version, real } = await this.#health(scanner);
    // A scanner can pass its health check and still fail with every file.
    const leftAlone = ok && breaker.state === "open" ? breaker.reason : null;
    return {
      scanner: scanner.name,
      version,
      ok: ok && leftAlone === null,
      reason: leftAlone ?? reason,
      real,
    };
  }

  async #health(scanner: Scanner): Promise<ScannerHealth> {
    const { promise: late, resolve } = Promise.withResolvers<ScannerHealth>();
    using _timer = this.#clock.after(healthMs, () => resolve(notWorking("scanner.silent")));
    try {
      return await Promise.race([scanner.health(), late]);
    } catch (error) {
      return notWorking(faultOf(error));
    }
  }
}

/** `real` makes the page show this reason. */
function notWorking(reason: Message): ScannerHealth {
  return { ok: false, reason, version: "", real: true };
}
