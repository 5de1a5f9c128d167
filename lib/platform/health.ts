import type { Clock } from "./clock.ts";

/** One thing that must work before requests should come here, or, among the warnings, that an operator should know of. */
export interface HealthPort<Reason> {
  name: string;
  /** Null when it works, otherwise why not, for an operator. A throw is a reason too. */
  check(): Promise<Reason | null>;
  /** When it ends to work by itself, as ISO 8601, where that is known; may throw. */
  endsAt?(): Promise<string>;
}

/** One line of `/readyz`. */
export interface HealthCheck<Reason> {
  name: string;
  ok: boolean;
  reason: Reason | null;
  endsAt?: string;
}

export interface Readiness<Reason> {
  ready: boolean;
  checks: HealthCheck<Reason>[];
  /** What asks for an operator while requests can come all the same, like a backup that failed. */
  warnings: HealthCheck<Reason>[];
}

/** Reasons of checks that gave none themselves. */
export interface FailureReasons<Reason> {
  late(seconds: number): Reason;
  fault(error: unknown): Reason;
}

/** A check that takes longer has failed. */
const checkMs = 3_000;
/** Answers are given again for this long: anybody may ask, and each check costs a write. */
const freshMs = 1_000;

/** `/readyz`: whether this process can do its work now, and if not, why (OP-4). */
export class Health<Reason> {
  readonly #ports: readonly HealthPort<Reason>[];
  readonly #warnings: readonly HealthPort<Reason>[];
  readonly #reasons: FailureReasons<Reason>;
  readonly #clock: Clock;
  #last: { at: number; answer: Promise<Readiness<Reason>> } | undefined;

  constructor(
    ports: readonly HealthPort<Reason>[],
    clock: Clock,
    reasons: FailureReasons<Reason>,
    warnings: readonly HealthPort<Reason>[] = [],
  ) {
    this.#ports = ports;
    this.#warnings = warnings;
    this.#reasons = reasons;
    this.#clock = clock;
  }

  ready(): Promise<Readiness<Reason>> {
    const now = this.#clock.now();
    if (this.#last === undefined || now - this.#last.at >= freshMs || now < this.#last.at) {
      this.#last = { at: now, answer: this.#ask() };
    }
    return this.#last.answer;
  }

  async #ask(): Promise<Readiness<Reason>> {
    const [checks, warnings] = await Promise.all(
      [this.#ports, this.#warnings].map((ports) => Promise.all(ports.map((port) => this.#one(port)))),
    );
    return { ready: checks!.every((check) => check.ok), checks: checks!, warnings: warnings! };
  }

  async #one({ name, check, endsAt }: HealthPort<Reason>): Promise<HealthCheck<Reason>> {
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    using _timer = this.#clock.after(checkMs, () => resolve("late"));
    try {
      const asked = await Promise.race([Promise.all([check(), endsAt?.().catch(() => undefined)]), late]);
      if (asked === "late") return { name, ok: false, reason: this.#reasons.late(checkMs / 1000) };
      const [reason, end] = asked;
      return { name, ok: reason === null, reason, ...(end === undefined ? {} : { endsAt: end }) };
    } catch (error) {
      return { name, ok: false, reason: this.#reasons.fault(error) };
    }
  }
}
