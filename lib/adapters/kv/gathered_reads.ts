/** Most keys of one `getMany`. */
const most = 10;

interface Waiting {
  key: Deno.KvKey;
  resolve(entry: Deno.KvEntryMaybe<unknown>): void;
  reject(error: unknown): void;
}

/**
 * Deno KV whose single reads go to the store together: those that are asked for before the next microtask are one `getMany` for
 * each ten. A read by itself spends as much on the way to the store and back as in it, so ten together take half of the CPU.
 * Everything else is passed on.
 */
export function gatheringReads(kv: Deno.Kv): Deno.Kv {
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

  function get(key: Deno.KvKey, options?: { consistency?: Deno.KvConsistencyLevel }): Promise<unknown> {
    if (options !== undefined) return kv.get(key, options);
    return new Promise((resolve, reject) => {
      if (waiting.push({ key, resolve, reject }) === 1) queueMicrotask(readAll);
    });
  }

  // Only `kv` itself can call its methods. Bound once, since every read and write asks for one.
  const members = new Map<string | symbol, unknown>([["get", get]]);
  return new Proxy(kv, {
    get(target, name) {
      if (members.has(name)) return members.get(name);
      const value: unknown = Reflect.get(target, name, target);
      const member: unknown = typeof value === "function" ? value.bind(target) : value;
      members.set(name, member);
      return member;
    },
  });
}
