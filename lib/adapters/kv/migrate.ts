import { giveEntriesKinds } from "./entry_kinds.ts";
import { keys } from "./keys.ts";
import type { KvPort } from "./port.ts";
import { giveSubmissionsKeys } from "./submission_keys.ts";

/** The number of the layout in `keys.ts`. A step from n to n + 1 is added to `steps` with each change of it. */
export const layout = 5;
interface Step {
  /** For the operator: what becomes of the records. */
  does: string;
  run(kv: KvPort): Promise<void>;
}
const steps: Record<number, Step> = {
  // Records of before still say what they said; an older Behest would not read the lists.
  1: { does: "deliveries may be lists; no record changes", run: () => Promise.resolve() },
  2: { does: "entries of people's logs get the kind and the sender of their command", run: giveEntriesKinds },
  // An older Behest would not take it from the entry of a command that is answered.
  4: {
    does: "entries of people's logs may have their command; no record changes",
    run: () => Promise.resolve(),
  },
  3: { does: "work that waits for a review can be found by its sender", run: giveSubmissionsKeys },
};

/** In the place of the layout's number until all of a copy is there. */
export const unfinishedCopy = 0;

/** Brings the store to this layout, a step at a time. Throws when the store is of a newer one. `done` hears of each step. */
export async function migrate(
  kv: KvPort,
  done?: (step: { to: number; does: string }) => Promise<void>,
): Promise<void> {
  let found = await kv.get<number>(keys.migration());
  if (found.value === null) {
    const first = await kv.atomic().check(found).set(keys.migration(), layout).commit();
    if (first.ok) return;
    found = await kv.get<number>(keys.migration());
  }
  if (found.value === unfinishedCopy) {
    throw new Error("The store is a copy that was not finished. Remove it, and copy again.");
  }
  if (found.value! > layout) {
    throw new Error(
      `The store has layout ${found.value}, this Behest knows ${layout}: start the newer version.`,
    );
  }
  for (let from = found.value!; from < layout; from++) {
    const step = steps[from];
    if (step === undefined) throw new Error(`No step leads from layout ${from} to ${from + 1}.`);
    await step.run(kv);
    await kv.set(keys.migration(), from + 1);
    await done?.({ to: from + 1, does: step.does });
  }
}
