import { certificateEnds, certificateHealth, diskHealth, diskRoom } from "../adapters/disk/mod.ts";
import { kvHealth, type Store } from "../adapters/kv/mod.ts";
import type { Config } from "../config/mod.ts";
import { type Backups, clockHealth, type Rollups } from "../moderation/mod.ts";
import { type Clock, iso, systemClock } from "../platform/mod.ts";
import { Health, type HealthPort } from "../platform/health.ts";
import { faultOf, type Message, say } from "../protocol/mod.ts";

/** A disk that is full before this asks for an operator now. */
const forecastMs = 7 * 24 * 3_600_000;
/** The forecast reads two weeks of points, and changes slowly. */
const forecastEveryMs = 600_000;

export interface HealthParts {
  config: Config;
  store: Store;
  clock: Clock;
  scanners: readonly HealthPort<Message>[];
  backups: Pick<Backups, "health">;
  rollups: Pick<Rollups, "series">;
  /** Why the log's file cannot be written; null while it can. */
  logBroken(): string | null;
}

/** What `/readyz` asks (OP-4). */
export function openHealth(parts: HealthParts): Health<Message> {
  return new Health(
    [...checksOf(parts), ...parts.scanners],
    parts.clock,
    { late: (count) => say("health.late", { count }), fault: faultOf },
    warningsOf(parts),
  );
}

function checksOf({ config, store, clock }: HealthParts): HealthPort<Message>[] {
  const kv = kvHealth(store.kv);
  // Tests use a store in memory and have no data directory.
  const disk = config.kv === ":memory:" ? [] : [diskHealth(config.dataDir)];
  const certificate = config.tls === null ? [] : [certificateHealth(config.tls, clock)];
  return [kv, ...disk, ...certificate];
}

/** What an operator should know of although requests can come. */
function warningsOf({ config, clock, backups, rollups, logBroken }: HealthParts): HealthPort<Message>[] {
  // A store in memory is a test's, which has no disk to speak of.
  const onDisk = config.kv === ":memory:" ? [] : [diskRoom(config.dataDir), diskForecast(clock, rollups)];
  return [
    ...onDisk,
    ...config.tls === null ? [] : [certificateEnds(config.tls, clock)],
    ...config.backup.dir === null ? [] : [{
      name: "backup",
      async check() {
        return (await backups.health()).failed === null ? null : "health.backup" as const;
      },
    }],
    {
      name: "log",
      check() {
        const reason = logBroken();
        return Promise.resolve(reason === null ? null : say("health.log", { text: reason }));
      },
    },
    // A clock that stands still says nothing about time that passes beside it.
    clockHealth(clock, clock === systemClock ? () => performance.now() : () => 0),
  ];
}

function diskForecast(clock: Clock, rollups: Pick<Rollups, "series">): HealthPort<Message> {
  let last: { atMs: number; fullAt: string | null } | null = null;
  return {
    name: "disk_forecast",
    async check() {
      const now = clock.now();
      if (last === null || Math.abs(now - last.atMs) >= forecastEveryMs) {
        last = { atMs: now, fullAt: (await rollups.series("14d")).diskFullAt };
      }
      const { fullAt } = last;
      if (fullAt === null || Date.parse(fullAt) - now > forecastMs) return null;
      return say("health.diskSoon", { at: iso(Date.parse(fullAt)) });
    },
  };
}
