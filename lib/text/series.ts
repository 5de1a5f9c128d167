import type { Series, SeriesPoint, SeriesRange } from "../protocol/mod.ts";

/** Width of a chart's columns: 60, 48 and 56 of them. */
const columnMs = {
  "1h": 60_000,
  "24h": 30 * 60_000,
  "14d": 6 * 3_600_000,
} as const satisfies Record<SeriesRange, number>;

/** The points of one column of a chart, as one: null when the server did not run. */
export interface Column {
  at: string;
  point: SeriesPoint | null;
}

/** The columns of a range, oldest first, also those without numbers. */
export function columnsOf({ range, from, to, points }: Series): Column[] {
  const [fromMs, toMs, width] = [Date.parse(from), Date.parse(to), columnMs[range]];
  const columns: Column[] = [];
  for (let ms = fromMs; ms <= toMs; ms += width) {
    columns.push({ at: new Date(ms).toISOString(), point: null });
  }
  const looks = new Map<Column, number>();
  for (const point of points) {
    const column = columns[Math.floor((Date.parse(point.at) - fromMs) / width)];
    if (column === undefined) continue;
    const count = (looks.get(column) ?? 0) + 1;
    looks.set(column, count);
    column.point = column.point === null ? point : joined(column.point, point, count);
  }
  return columns;
}

/** `count`: how many points are in it with the added one. */
function joined(before: SeriesPoint, added: SeriesPoint, count: number): SeriesPoint {
  return {
    at: before.at,
    connections: before.connections + (added.connections - before.connections) / count,
    jobsDue: Math.max(before.jobsDue, added.jobsDue),
    scanBacklog: Math.max(before.scanBacklog, added.scanBacklog),
    sends: before.sends + added.sends,
    deliveries: before.deliveries + added.deliveries,
    logins: before.logins + added.logins,
    loginsRefused: before.loginsRefused + added.loginsRefused,
    errors: before.errors + added.errors,
    disk: added.disk ?? before.disk,
  };
}

/** What happened in the whole range. */
export function totalOf(series: Series, name: "sends" | "deliveries" | "errors"): number {
  return series.points.reduce((sum, point) => sum + point[name], 0);
}
