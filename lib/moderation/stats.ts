import type { Caller } from "../platform/mod.ts";
import { type AdminStats, limits, type Refusal, type SeriesRange } from "../protocol/mod.ts";
import type { StatsPorts } from "./ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Numbers for the overview (MO-4, MO-5). */
export class Stats {
  readonly #ports: StatsPorts;

  constructor(ports: StatsPorts) {
    this.#ports = ports;
  }

  /** With a `range`, also its series (MO-4). */
  async now(caller: Caller, range?: SeriesRange): Promise<AdminStats | Refusal> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const [users, jobsDue, series] = await Promise.all([
      this.#ports.users(),
      this.#ports.jobsDue(limits.jobsCounted),
      range === undefined ? undefined : this.#ports.series(range),
    ]);
    const numbers = { connections: this.#ports.connections(), users, jobsDue };
    return series === undefined ? numbers : { ...numbers, series };
  }
}
