import { kvRollups, type Store } from "../lib/adapters/kv/mod.ts";
import { rollupSteps } from "../lib/moderation/rollups.ts";
import type { RollupPoint } from "../lib/moderation/mod.ts";

const dayMs = 24 * 3_600_000;
const gigabyte = 2 ** 30;

/** Two weeks of numbers for the overview: days and nights, one evening of refused logins, and a disk that fills. */
export async function seedNumbers(store: Store, nowMs: number): Promise<void> {
  const rollups = kvRollups(store);
  for (const { stepMs, keptMs } of Object.values(rollupSteps)) {
    const count = keptMs / stepMs;
    const last = Math.floor(nowMs / stepMs);
    const points = Array.from({ length: count }, (_, back) => {
      const at = last - back;
      return { place: { stepMs, slot: at % count }, point: pointAt(at * stepMs, stepMs, nowMs) };
    });
    for (let from = 0; from < count; from += 200) await rollups.write(points.slice(from, from + 200));
  }
}

function pointAt(atMs: number, stepMs: number, nowMs: number): RollupPoint {
  const wave = 1 + Math.sin(atMs / dayMs * 2 * Math.PI) / 2 + Math.sin(atMs / 977_777) / 8;
  const minutes = stepMs / 60_000;
  const agoMs = nowMs - atMs;
  const evening = agoMs > 5 * 3_600_000 && agoMs < 6 * 3_600_000;
  return {
    atMs,
    looks: stepMs / 10_000,
    connections: 400 * wave,
    jobsDue: Math.round(4 * wave),
    scanBacklog: Math.round(2 * wave),
    sends: Math.round(9 * wave * minutes),
    deliveries: Math.round(40 * wave * minutes),
    logins: Math.round(2 * wave * minutes),
    loginsRefused: evening ? Math.round(3 * minutes) : Math.round(0.1 * wave * minutes),
    errors: 0,
    disk: {
      usedBytes: (122 - agoMs / dayMs * 2) * gigabyte,
      freeBytes: (78 + agoMs / dayMs * 2) * gigabyte,
    },
  };
}
