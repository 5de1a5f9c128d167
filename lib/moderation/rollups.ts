import { type Clock, type Counts, iso, type Log, tallied, type Tally, type Timer } from "../platform/mod.ts";
import type { Series, SeriesRange } from "../protocol/mod.ts";
import { fullAtMs } from "./disk_forecast.ts";
import type { Levels, RollupPlace, RollupPoint, RollupStore } from "./rollup_ports.ts";

/** Each range with the step of its points. The number of places is the quotient: 2,136 in all, whatever happens. */
export const rollupSteps = {
  "1h": { stepMs: 10_000, keptMs: 3_600_000 },
  "24h": { stepMs: 60_000, keptMs: 24 * 3_600_000 },
  "14d": { stepMs: 3_600_000, keptMs: 14 * 24 * 3_600_000 },
} as const satisfies Record<SeriesRange, { stepMs: number; keptMs: number }>;

const lookMs = rollupSteps["1h"].stepMs;

export interface RollupNeeds {
  store: RollupStore;
  tally: Tally;
  clock: Clock;
  log: Log;
  levels(): Promise<Levels>;
}

/**
 * Numbers of the last hour, day and two weeks (MO-4). Every 10 s a look goes into the point of its 10 s, its minute and its
 * hour, in one commit. A point that is there already is added to, so a restart or a clock that was set back loses nothing.
 * Counts of the seconds before a stop are lost.
 */
export class Rollups implements AsyncDisposable {
  readonly #needs: RollupNeeds;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;
  #failed = false;

  constructor(needs: RollupNeeds) {
    this.#needs = needs;
  }

  /** Begins to look every 10 s, until it is disposed of. */
  start(): void {
    if (this.#closed) return;
    const now = this.#needs.clock.now();
    // The end of the 10 s after those that a look at this moment is about.
    this.#timer = this.#needs.clock.after(beginOf(now - lookMs / 2, lookMs) + 2 * lookMs - now, () => {
      this.#looking = this.#tryLook().then(() => this.start());
    });
  }

  /** Writes one look. Rejects when it cannot; what was counted is kept for the next. */
  async look(): Promise<void> {
    const { store, clock, tally, levels } = this.#needs;
    const counts = tally.take();
    try {
      const seen = await levels();
      // The look is about the seconds before it, also when the timer is a little early or late.
      const aboutMs = clock.now() - lookMs / 2;
      const steps = Object.values(rollupSteps);
      const places = steps.map((step) => placeOf(step, aboutMs));
      const before = await store.read(places);
      await store.write(places.map((place, at) => {
        const atMs = beginOf(aboutMs, place.stepMs);
        const earlier = before[at]?.atMs === atMs ? before[at] : null;
        return { place, point: withLook(atMs, earlier, seen, counts) };
      }));
    } catch (error) {
      tally.giveBack(counts);
      throw error;
    }
  }

  /** The points of a range until now, oldest first, and when the disk is full if it goes on as in the last two weeks. */
  async series(range: SeriesRange): Promise<Series> {
    const { clock } = this.#needs;
    const now = clock.now();
    const { stepMs } = rollupSteps[range];
    const [points, hours] = await Promise.all([
      this.#points(range, now),
      range === "14d" ? null : this.#points("14d", now),
    ]);
    const fullMs = fullAtMs(hours ?? points, await this.#needs.levels(), now);
    return {
      range,
      stepMs,
      from: iso(beginOf(now, stepMs) + stepMs - rollupSteps[range].keptMs),
      to: iso(now),
      points: points.map(({ atMs, looks: _, ...numbers }) => ({ at: iso(atMs), ...numbers })),
      diskFullAt: fullMs === null ? null : iso(fullMs),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  async #points(range: SeriesRange, now: number): Promise<RollupPoint[]> {
    const { stepMs, keptMs } = rollupSteps[range];
    const afterMs = beginOf(now, stepMs) - keptMs;
    return (await this.#needs.store.all(stepMs))
      // A place keeps its point until the next one comes; after a clock was set back, points lie in the future.
      .filter(({ atMs }) => atMs > afterMs && atMs <= now)
      .sort((a, b) => a.atMs - b.atMs);
  }

  async #tryLook(): Promise<void> {
    try {
      await this.look();
      this.#failed = false;
    } catch (error) {
      // Once, not every 10 s: a full disk lasts.
      if (!this.#failed) this.#needs.log.warn("rollup.failed", { error: error as Error });
      this.#failed = true;
    }
  }
}

function beginOf(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs;
}

function placeOf({ stepMs, keptMs }: { stepMs: number; keptMs: number }, atMs: number): RollupPlace {
  return { stepMs, slot: Math.floor(atMs / stepMs) % (keptMs / stepMs) };
}

function withLook(atMs: number, before: RollupPoint | null, seen: Levels, counts: Counts): RollupPoint {
  const looks = (before?.looks ?? 0) + 1;
  const mean = before?.connections ?? 0;
  const added = Object.fromEntries(tallied.map((name) => [name, (before?.[name] ?? 0) + counts[name]]));
  return {
    atMs,
    looks,
    connections: mean + (seen.connections - mean) / looks,
    jobsDue: Math.max(before?.jobsDue ?? 0, seen.jobsDue),
    scanBacklog: Math.max(before?.scanBacklog ?? 0, seen.scanBacklog),
    disk: seen.disk ?? before?.disk ?? null,
    ...added as Counts,
  };
}
