import type { Clock } from "./clock.ts";

/** One thing that must work before requests should come here. */
export interface HealthPort {
  name: string;
  /** Null when it works, otherwise why not, for an operator. A throw is a reason too. */
  check(): Promise<string | null>;
}

/** One line of `/readyz`. */
export interface HealthCheck {
  name: string;
  ok: boolean;
  reason: string | null;
}

export interface Readiness {
  ready: boolean;
  checks: HealthCheck[];
}

/** A check that takes longer has failed. */
const checkMs = 3_000;
/** Answers are given again for this long: anybody may ask, and each check costs a write. */
const freshMs = 1_000;

/** `/readyz`: whether this process can do its work now, and if not, why (OP-4). */
export class Health {
  readonly #ports: readonly HealthPort[];
  readonly #clock: Clock;
  #last: { at: number; answer: Promise<Readiness> } | undefined;

  constructor(ports: readonly HealthPort[], clock: Clock) {
    this.#ports = ports;
    this.#clock = clock;
  }

  ready(): Promise<Readiness> {
    const now = this.#clock.now();
    if (this.#last === undefined || now - this.#last.at >= freshMs || now < this.#last.at) {
      this.#last = { at: now, answer: this.#ask() };
    }
    return this.#last.answer;
  }

  async #ask(): Promise<Readiness> {
    const checks = await Promise.all(this.#ports.map((port) => this.#one(port)));
    return { ready: checks.every((check) => check.ok), checks };
  }

  async #one({ name, check }: HealthPort): Promise<HealthCheck> {
    const { promise: late, resolve } = Promise.withResolvers<string>();
    using _timer = this.#clock.after(checkMs, () => resolve(`no answer within ${checkMs / 1000} s`));
    try {
      const reason = await Promise.race([check(), late]);
      return { name, ok: reason === null, reason };
    } catch (error) {
      return { name, ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
