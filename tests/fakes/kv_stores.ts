import type { KvKey, KvPort } from "../../lib/adapters/kv/port.ts";
import type { PostgresPlace } from "../../lib/adapters/postgres/mod.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { emptyPlace, sharedPort } from "./postgres_process.ts";

/** A directory of its own with a store file in it; gone when disposed. */
export async function storeFile(): Promise<AsyncDisposable & { path: string }> {
  const directory = await Deno.makeTempDir({ prefix: "behest-test-" });
  return {
    path: `${directory}/kv.sqlite3`,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Registers a test for each engine: on a store in memory, on one in a file, and on PostgreSQL. */
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
  onPostgres(name, run);
}

/** Registers a test on a store of its own in PostgreSQL. */
export function onPostgres(name: string, run: (store: Store, place: PostgresPlace) => Promise<void>): void {
  Deno.test({
    name: `${name} (PostgreSQL)`,
    // The first of a file that is run alone starts the server.
    sanitizeOps: sharedPort !== undefined,
    sanitizeResources: sharedPort !== undefined,
    async fn() {
      const place = await emptyPlace();
      await using store = await openStore(place);
      await run(store, place);
    },
  });
}

/** Every key and value of a store, in order. */
export async function dump(kv: KvPort, prefix: KvKey = []): Promise<[KvKey, unknown][]> {
  const all: [KvKey, unknown][] = [];
  for await (const { key, value } of kv.list({ prefix })) all.push([key, value]);
  return all;
}
