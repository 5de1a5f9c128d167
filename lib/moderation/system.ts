import { type Caller, iso } from "../platform/mod.ts";
import { type Answer, limits, type SystemState } from "../protocol/mod.ts";
import type { Backups } from "./backups.ts";
import { hiddenFrom } from "./staff.ts";

export interface SystemNeeds {
  startedMs: number;
  /** Secrets masked. */
  configuration: SystemState["configuration"];
  versions: SystemState["versions"];
  store: SystemState["store"];
  jobs(most: number): Promise<{ waiting: number; late: number; oldestDueMs: number | null }>;
  licences(): Promise<SystemState["licences"]>;
  backups: Pick<Backups, "state">;
}

/** The server itself, for administrators (MO-4). */
export class System {
  readonly #needs: SystemNeeds;

  constructor(needs: SystemNeeds) {
    this.#needs = needs;
  }

  async state(caller: Caller): Answer<SystemState> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const { startedMs, configuration, versions, store, jobs, licences, backups } = this.#needs;
    const [{ waiting, late, oldestDueMs }, shipped, backup] = await Promise.all([
      jobs(limits.jobsCounted),
      licences(),
      backups.state(caller),
    ]);
    if (!("backups" in backup)) return backup;
    return {
      startedAt: iso(startedMs),
      configuration,
      versions,
      store,
      jobs: { waiting, late, oldestDueAt: oldestDueMs === null ? null : iso(oldestDueMs) },
      licences: shipped,
      backup,
    };
  }
}
