import type { KvAtomic, KvKey, KvListOptions, KvPort, KvSelector } from "../../lib/adapters/kv/port.ts";
import type { Halting } from "../fakes/halting.ts";

/** A store whose answers wait while the process is halted. */
export function haltingKv(kv: KvPort, halting: Halting): KvPort {
  const later = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } finally {
      await halting.awake();
    }
  };
  async function* list<T>(selector: KvSelector, options?: KvListOptions) {
    for await (const entry of kv.list<T>(selector, options)) {
      await halting.awake();
      yield entry;
    }
  }
  const atomic = () => {
    const proxy: KvAtomic = new Proxy<KvAtomic>(kv.atomic(), {
      get(target, name) {
        if (name === "commit") return () => later(target.commit());
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          value.apply(target, given);
          return proxy;
        };
      },
    });
    return proxy;
  };
  return {
    get: (key: KvKey) => later(kv.get(key)),
    getMany: (keys: KvKey[]) => later(kv.getMany(keys)),
    list,
    set: (key: KvKey, value: unknown) => later(kv.set(key, value)),
    delete: (key: KvKey) => later(kv.delete(key)),
    atomic,
    commitVersionstamp: () => kv.commitVersionstamp(),
    close: () => undefined,
  } as unknown as KvPort;
}
