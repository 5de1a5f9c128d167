import type { Caller, Clock } from "../platform/mod.ts";
import { type AdminStats, limits, type Refusal } from "../protocol/mod.ts";
import type { StatsPorts } from "./ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Numbers for the overview (MO-4, MO-5). */
export class Stats {
  readonly #ports: StatsPorts;
  readonly #clock: Clock;
  #users: { count: Promise<number>; at: number } | undefined;

  constructor(ports: StatsPorts, clock: Clock) {
    this.#ports = ports;
    this.#clock = clock;
  }

  async now(caller: Caller): Promise<AdminStats | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const [users, jobsDue] = await Promise.all([
      this.#userCount(),
      this.#ports.jobsDue(limits.jobsCounted),
    ]);
    return { connections: this.#ports.connections(), users, jobsDue };
  }

  /** Counting reads every name, so the count may be up to a minute old. */
  #userCount(): Promise<number> {
    const now = this.#clock.now();
    const known = this.#users;
    if (known !== undefined && now - known.at < limits.userCountMs) return known.count;
    const counted = { count: this.#ports.users(), at: now };
    this.#users = counted;
    counted.count.catch(() => {
      if (this.#users === counted) this.#users = undefined;
    });
    return counted.count;
  }
}
