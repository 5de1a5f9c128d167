import { certificateEnds, diskRoom } from "../adapters/disk/mod.ts";
import type { Config } from "../config/mod.ts";
import { type Backups, clockHealth, type Rollups } from "../moderation/mod.ts";
import { type Clock, iso, systemClock } from "../platform/mod.ts";
import type { HealthPort } from "../platform/health.ts";
import { type Message, say } from "../protocol/mod.ts";

/** A disk that is full before this asks for an operator now. */
const forecastMs = 7 * 24 * 3_600_000;
/** The forecast reads two weeks of points, and changes slowly. */
const forecastEveryMs = 600_000;

export interface WarningParts {
  config: Config;
  clock: Clock;
  backups: Pick<Backups, "health">;
  rollups: Pick<Rollups, "series">;
  /** Why the log's file cannot be written; null while it can. */
  logBroken(): string | null;
}

/** What an operator should know of although requests can come (OP-4). */
export function warningPorts(
  { config, clock, backups, rollups, logBroken }: WarningParts,
): HealthPort<Message>[] {
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
