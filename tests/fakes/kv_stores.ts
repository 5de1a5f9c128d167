import type { KvKey, KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";

/** A directory of its own with a store file in it; gone when disposed. */
export async function storeFile(): Promise<AsyncDisposable & { path: string }> {
  const directory = await Deno.makeTempDir({ prefix: "behest-test-" });
  return {
    path: `${directory}/kv.sqlite3`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Registers a test twice: on a store in memory and on one in a file. */
export function onEachStore(name: string, run: (store: Store) => Promise<void>): void {
  Deno.test(`${name} (memory)`, async () => {
    await using store = await openStore(":memory:");
    await run(store);
  });
  Deno.test(`${name} (file)`, async () => {
    await using file = await storeFile();
    await using store = await openStore(file.path);
    await run(store);
  });
}

/** Every key and value of a store, in order. */
export async function dump(kv: KvPort, prefix: KvKey = []): Promise<[KvKey, unknown][]> {
  const all: [KvKey, unknown][] = [];
  for await (const { key, value } of kv.list({ prefix })) all.push([key, value]);
  return all;
}
