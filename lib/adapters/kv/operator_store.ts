import type { OperatorState, OperatorStore } from "../../moderation/mod.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** What administrators were told of, in one record. */
export function kvOperatorStore({ kv, committer }: Store): OperatorStore {
  return {
    async read() {
      const { value, versionstamp } = await kv.get<OperatorState>(keys.operator());
      return { state: value ?? { open: {}, untold: [] }, version: versionstamp };
    },
    async write(state, version) {
      const key = keys.operator();
      const written = await committer.commit({
        checks: [{ key, versionstamp: version }],
        sets: [{ key, value: state }],
      });
      return written.ok;
    },
  };
}
