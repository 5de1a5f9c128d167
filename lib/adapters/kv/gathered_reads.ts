import type { KvEntryMaybe, KvKey, KvPort } from "./port.ts";

/** Most keys of one `getMany`. */
const most = 10;

interface Waiting {
  key: KvKey;
  resolve(entry: KvEntryMaybe<unknown>): void;
  reject(error: unknown): void;
}

/**
 * A store whose single reads go to the store together: those that are asked for before the next microtask are one `getMany` for
 * each ten. A read by itself spends as much on the way to the store and back as in it, so ten together take half of the CPU.
 * Everything else is passed on.
 */
export function gatheringReads(kv: KvPort): KvPort {
  let waiting: Waiting[] = [];

  function readAll(): void {
    const asked = waiting;
    waiting = [];
    for (let at = 0; at < asked.length; at += most) void readSome(asked.slice(at, at + most));
  }

  async function readSome(some: readonly Waiting[]): Promise<void> {
    if (some.length === 1) return readOne(some[0]!);
    try {
      const entries = await kv.getMany<unknown[]>(some.map(({ key }) => key));
      for (const [at, { resolve }] of some.entries()) resolve(entries[at]!);
    } catch {
      // One key or value that cannot be read must not fail the others.
      for (const one of some) readOne(one);
    }
  }

  function readOne({ key, resolve, reject }: Waiting): void {
    kv.get(key).then(resolve, reject);
  }

  return {
    get<T>(key: KvKey) {
      const { promise, resolve, reject } = Promise.withResolvers<KvEntryMaybe<unknown>>();
      if (waiting.push({ key, resolve, reject }) === 1) queueMicrotask(readAll);
      return promise as Promise<KvEntryMaybe<T>>;
    },
    getMany: (keys) => kv.getMany(keys),
    list: (selector, options) => kv.list(selector, options),
    set: (key, value, options) => kv.set(key, value, options),
    delete: (key) => kv.delete(key),
    atomic: () => kv.atomic(),
    commitVersionstamp: () => kv.commitVersionstamp(),
    close: () => kv.close(),
  };
}
