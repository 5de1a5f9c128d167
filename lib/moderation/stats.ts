import type { Caller } from "../platform/mod.ts";
import { type AdminStats, limits, type Refusal } from "../protocol/mod.ts";
import type { StatsPorts } from "./ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Numbers for the overview (MO-4, MO-5). */
export class Stats {
  readonly #ports: StatsPorts;

  constructor(ports: StatsPorts) {
    this.#ports = ports;
  }

  async now(caller: Caller): Promise<AdminStats | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const [users, jobsDue] = await Promise.all([
      this.#ports.users(),
      this.#ports.jobsDue(limits.jobsCounted),
    ]);
    return { connections: this.#ports.connections(), users, jobsDue };
  }
}
