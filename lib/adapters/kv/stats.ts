import type { StatsPorts } from "../../moderation/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { keys } from "./keys.ts";
import type { KvListOptions, KvSelector } from "./port.ts";
import type { Store } from "./store.ts";

/** Counts for the overview. */
export function kvStats({ kv }: Store, clock: Clock): Pick<StatsPorts, "jobsDue"> {
  const count = async (selector: KvSelector, options: KvListOptions) => {
    let found = 0;
    for await (const _ of kv.list(selector, options)) found++;
    return found;
  };
  return {
    jobsDue: (most) =>
      count({ start: [...keys.jobs(), 0], end: [...keys.jobs(), clock.now() + 1] }, { limit: most }),
  };
}
