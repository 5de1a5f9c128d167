import type { Clock } from "../platform/mod.ts";
import { EicarScanner, HashListMatcher, NotConfigured } from "./builtin.ts";
import type { CsamMatcher, ScannerHealth, ScanSubject, VirusFinding, VirusScanner } from "./ports.ts";

/** Time between two health checks of the preferred scanner. */
const askMs = 10_000;

/** SC-7: returns the virus scanner. Production uses clamd only; evaluation mode uses clamd while it answers. */
export function virusScannerFor(
  mode: "evaluation" | "production",
  clamd: VirusScanner,
  clock: Clock,
): VirusScanner {
  switch (mode) {
    case "production":
      return clamd;
    case "evaluation":
      return new PreferredScanner({ preferred: clamd, otherwise: new EicarScanner(), clock });
    default:
      return mode satisfies never;
  }
}

/**
 * SC-7: returns the configured matching service. Without one, evaluation mode uses its list of hashes, and production holds
 * every file.
 */
export function csamMatcherFor(
  mode: "evaluation" | "production",
  service: CsamMatcher | null,
  hashes: ReadonlySet<string>,
): CsamMatcher {
  if (service !== null) return service;
  switch (mode) {
    case "production":
      return new NotConfigured("scanner.noMatching");
    case "evaluation":
      return new HashListMatcher(hashes);
    default:
      return mode satisfies never;
  }
}

/** Uses the preferred scanner while it answers, otherwise the other one. For evaluation mode only. */
export class PreferredScanner implements VirusScanner {
  readonly #preferred: VirusScanner;
  readonly #otherwise: VirusScanner;
  readonly #clock: Clock;
  #asked: { atMs: number; health: Promise<ScannerHealth> } | undefined;
  #name: string;

  constructor(parts: { preferred: VirusScanner; otherwise: VirusScanner; clock: Clock }) {
    this.#preferred = parts.preferred;
    this.#otherwise = parts.otherwise;
    this.#clock = parts.clock;
    this.#name = parts.otherwise.name;
  }

  /** Name of the scanner that was used last. */
  get name(): string {
    return this.#name;
  }

  async scan(subject: ScanSubject, signal: AbortSignal): Promise<VirusFinding> {
    const scanner = (await this.#health()).ok ? this.#preferred : this.#otherwise;
    this.#name = scanner.name;
    const finding = await scanner.scan(subject, signal);
    // The scanner may have stopped since its health check; the next scan checks again.
    if (finding.verdict === "error") this.#asked = undefined;
    return finding;
  }

  async health(): Promise<ScannerHealth> {
    const health = await this.#health();
    const scanner = health.ok ? this.#preferred : this.#otherwise;
    this.#name = scanner.name;
    return health.ok ? health : await scanner.health();
  }

  #health(): Promise<ScannerHealth> {
    const now = this.#clock.now();
    if (this.#asked === undefined || now - this.#asked.atMs >= askMs || now < this.#asked.atMs) {
      const health = this.#preferred.health().catch(noAnswer);
      this.#asked = { atMs: now, health };
    }
    return this.#asked.health;
  }
}

function noAnswer(): ScannerHealth {
  return { ok: false, reason: "scanner.silent", version: "", real: false };
}
