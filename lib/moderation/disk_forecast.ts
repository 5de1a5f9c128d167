import type { Levels, RollupPoint } from "./rollup_ports.ts";

const dayMs = 24 * 3_600_000;
/** Less than this says nothing about how a disk fills. */
const leastMs = dayMs;
/** What is further away than this is not worth a date. */
const farMs = 365 * dayMs;

/**
 * When the disk is full if it goes on filling in a straight line through these points (least squares); null when it does not
 * fill, when that is more than a year away, or when there is less than a day of points.
 */
export function fullAtMs(
  points: readonly Pick<RollupPoint, "atMs" | "disk">[],
  { disk: now }: Pick<Levels, "disk">,
  nowMs: number,
): number | null {
  const known = points.flatMap(({ atMs, disk }) => disk === null ? [] : [{ atMs, used: disk.usedBytes }]);
  const [first, last] = [known[0], known.at(-1)];
  if (now === null || first === undefined || last!.atMs - first.atMs < leastMs) return null;
  const [meanAt, meanUsed] = [mean(known.map(({ atMs }) => atMs)), mean(known.map(({ used }) => used))];
  const spread = known.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  const together = known.reduce((sum, { atMs, used }) => sum + (atMs - meanAt) * (used - meanUsed), 0);
  const bytesPerMs = together / spread;
  if (bytesPerMs <= 0) return null;
  const leftMs = now.freeBytes / bytesPerMs;
  return leftMs > farMs ? null : Math.round(nowMs + leftMs);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
