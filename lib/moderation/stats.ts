import { type Caller, type Clock, iso } from "../platform/mod.ts";
import {
  type AdminStats,
  type Answer,
  limits,
  type OneSeries,
  Refusal,
  type SeriesName,
  type SeriesPoint,
  type SeriesQuery,
  type SeriesRange,
  seriesRanges,
} from "../protocol/mod.ts";
import type { StatsPorts } from "./ports.ts";
import { rollupSteps } from "./rollups.ts";
import { hiddenFrom } from "./staff.ts";

const hourMs = 3_600_000;

/** Numbers for the overview (MO-4, MO-5). */
export class Stats {
  readonly #ports: StatsPorts;
  readonly #clock: Pick<Clock, "now">;

  constructor(ports: StatsPorts, clock: Pick<Clock, "now">) {
    this.#ports = ports;
    this.#clock = clock;
  }

  /** One number over time (MO-5). */
  async series(caller: Caller, { name, from, to }: SeriesQuery): Answer<OneSeries> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const now = this.#clock.now();
    const toMs = to === undefined ? now : Date.parse(to);
    const fromMs = from === undefined ? toMs - hourMs : Date.parse(from);
    if (fromMs > toMs) {
      return new Refusal("invalid_params", "series.times", { fields: { from: "field.beforeTo" } });
    }
    const range = seriesRanges.find((one) => fromMs > now - rollupSteps[one].keptMs) ?? "14d";
    const { stepMs, points } = await this.#ports.series(range);
    return {
      name,
      stepMs,
      from: iso(fromMs),
      to: iso(toMs),
      points: points.flatMap((point) => {
        const [atMs, value] = [Date.parse(point.at), valueOf(point, name)];
        return value === null || atMs + stepMs <= fromMs || atMs > toMs ? [] : [{ at: point.at, value }];
      }),
    };
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

/** Null: the disk was not looked at. */
function valueOf(point: SeriesPoint, name: SeriesName): number | null {
  switch (name) {
    case "diskUsedBytes":
      return point.disk?.usedBytes ?? null;
    case "diskFreeBytes":
      return point.disk?.freeBytes ?? null;
    default:
      return point[name];
  }
}
