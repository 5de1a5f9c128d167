import type { KvPort } from "../../lib/adapters/kv/port.ts";

/** What a store was asked for. */
export interface Reads {
  /** Keys that were read one by one, and entries that lists gave. */
  keys: number;
}

/** The store with its reads counted. An empty list counts as one key. */
export function countingKv(kv: KvPort): { kv: KvPort; reads: Reads } {
  const reads: Reads = { keys: 0 };
  const counted = {
    get(...args: Parameters<KvPort["get"]>) {
      reads.keys++;
      return kv.get(...args);
    },
    getMany(...args: Parameters<KvPort["getMany"]>) {
      reads.keys += args[0].length;
      return kv.getMany(...args);
    },
    async *list(...args: Parameters<KvPort["list"]>) {
      reads.keys++;
      for await (const entry of kv.list(...args)) {
        reads.keys++;
        yield entry;
      }
    },
  };
  return {
    reads,
    kv: new Proxy(kv, {
      get(target, name) {
        if (Object.hasOwn(counted, name)) return Reflect.get(counted, name);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
}
