import { diskSpace } from "../adapters/disk/mod.ts";
import { kvRollups, kvStats, type Store } from "../adapters/kv/mod.ts";
import type { Config } from "../config/mod.ts";
import { Rollups, Stats, type StatsPorts } from "../moderation/mod.ts";
import type { Clock, Log, Tally } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";

export interface OverviewParts {
  config: Config;
  store: Store;
  clock: Clock;
  log: Log;
  tally: Tally;
  users(): Promise<number>;
  connections(): number;
  scanBacklog(most: number): Promise<number>;
}

/** Wires the numbers of the overview, now and over time. */
export function openOverview(parts: OverviewParts) {
  const { config, store, clock, log, tally, users, connections, scanBacklog } = parts;
  const { jobsDue } = kvStats(store, clock);
  const rollups = new Rollups({
    store: kvRollups(store),
    tally,
    clock,
    log,
    async levels() {
      const [due, backlog, disk] = await Promise.all([
        jobsDue(limits.jobsCounted),
        scanBacklog(limits.jobsCounted),
        diskSpace(config.dataDir),
      ]);
      return { connections: connections(), jobsDue: due, scanBacklog: backlog, disk };
    },
  });
  const ports: StatsPorts = { jobsDue, users, connections, series: (range) => rollups.series(range) };
  return { rollups, ports, stats: new Stats(ports, clock) };
}
