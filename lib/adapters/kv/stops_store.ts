import type { CommandStore, StopRecord } from "../../commands/ports.ts";
import { jobSet } from "./command_jobs.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** The stored form of a stop. `place` is set once it was pressed again: the version with which it began. */
interface StopValue {
  sinceMs: number;
  place?: string;
}

/** Stops in Deno KV (CO-6). */
export function kvStops({ kv, committer }: Store): Pick<CommandStore, "setStop" | "stop" | "clearStop"> {
  return {
    async setStop(userId, sinceMs) {
      const key = keys.stop(userId);
      while (true) {
        const before = await kv.get<StopValue>(key);
        // A second press is written too, so that a resume that began before it cannot end the stop.
        const value: StopValue = before.value === null
          ? { sinceMs }
          : { sinceMs: before.value.sinceMs, place: before.value.place ?? before.versionstamp };
        const job = jobSet({ dueMs: value.sinceMs, job: { kind: "stop", userId } });
        const committed = await committer.commit({ checks: [before], sets: [{ key, value }, job] });
        if (committed.ok) return stopOf(value, committed.versionstamp);
      }
    },

    async stop(userId) {
      const { value, versionstamp } = await kv.get<StopValue>(keys.stop(userId));
      return value === null ? null : stopOf(value, versionstamp!);
    },

    async clearStop(userId, version) {
      const key = keys.stop(userId);
      return (await committer.commit({ checks: [{ key, versionstamp: version }], deletes: [key] })).ok;
    },
  };
}

function stopOf({ sinceMs, place }: StopValue, version: string): StopRecord {
  return { sinceMs, versionstamp: place ?? version, version };
}
