import type { Message } from "../../protocol/mod.ts";
import type { HealthPort } from "../../platform/health.ts";
import { keys } from "./keys.ts";
import type { KvPort } from "./port.ts";

/** Whether the store takes a write and gives it back. */
export function kvHealth(kv: KvPort): HealthPort<Message> {
  return {
    name: "kv",
    async check() {
      const { versionstamp } = await kv.set(keys.health(), 1, { expireIn: 60_000 });
      const { versionstamp: read } = await kv.get(keys.health());
      // Another instance may have written since; only an older value is wrong.
      return read !== null && read >= versionstamp ? null : "health.lost";
    },
  };
}
