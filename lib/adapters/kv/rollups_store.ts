import type { RollupPoint, RollupStore } from "../../moderation/mod.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** The overview's numbers over time, at most 2,136 small records (MO-4). */
export function kvRollups({ kv, committer }: Store): RollupStore {
  return {
    read: (places) => getValues<RollupPoint>(kv, places.map(({ stepMs, slot }) => keys.rollup(stepMs, slot))),

    async all(stepMs) {
      const points: RollupPoint[] = [];
      const selector = { prefix: keys.rollups(stepMs) };
      for await (const { value } of kv.list<RollupPoint>(selector, { batchSize: 500 })) points.push(value);
      return points;
    },

    async write(points) {
      await committer.commit({
        sets: points.map(({ place: { stepMs, slot }, point }) => ({
          key: keys.rollup(stepMs, slot),
          value: point,
        })),
      });
    },
  };
}
