import type { Tally } from "../platform/mod.ts";
import type { CommandStore } from "./ports.ts";

/**
 * The same store; the commands that it took, and those that reached their person, are counted once they are written. A
 * command counts as one send however many people it goes to, and a delivery as one however many devices show it (DL-11).
 */
export function talliedStore(store: CommandStore, tally: Tally): CommandStore {
  return {
    ...store,
    async accept(acceptance) {
      const place = await store.accept(acceptance);
      if (place !== null) tally.add("sends");
      return place;
    },
    async change(changes, also) {
      const changed = await store.change(changes, also);
      if (changed) {
        const delivered = changes.filter(({ from, to }) =>
          from.record.deliveredAt === null && to.deliveredAt !== null
        );
        tally.add("deliveries", delivered.length);
      }
      return changed;
    },
    async take(userId, taken, at, current) {
      const took = await store.take(userId, taken, at, current);
      if (took) tally.add("deliveries", taken.length);
      return took;
    },
  };
}
