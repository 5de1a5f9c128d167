import type { StatsPorts, SystemNeeds } from "../../moderation/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { keys } from "./keys.ts";
import type { KvListOptions, KvSelector } from "./port.ts";
import type { Store } from "./store.ts";

/** A job that waited longer than this for its turn is late. */
const jobLateMs = 60_000;

/** Counts for the overview and the page of the system. */
export function kvStats(
  { kv }: Store,
  clock: Clock,
): Pick<StatsPorts, "jobsDue"> & Pick<SystemNeeds, "jobs"> {
  const count = async (selector: KvSelector, options: KvListOptions) => {
    let found = 0;
    for await (const _ of kv.list(selector, options)) found++;
    return found;
  };
  return {
    async jobs(most) {
      let [waiting, late, oldestDueMs]: [number, number, number | null] = [0, 0, null];
      const lateMs = clock.now() - jobLateMs;
      for await (const { key } of kv.list({ prefix: keys.jobs() }, { limit: most })) {
        const dueMs = Number(key[1]);
        oldestDueMs ??= dueMs;
        waiting++;
        if (dueMs < lateMs) late++;
      }
      return { waiting, late, oldestDueMs };
    },
    jobsDue: (most) =>
      count({ start: [...keys.jobs(), 0], end: [...keys.jobs(), clock.now() + 1] }, { limit: most }),
  };
}
