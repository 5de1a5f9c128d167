import assert from "node:assert/strict";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { dump, onEachStore, storeFile } from "../fakes/kv_stores.ts";

onEachStore("OP-2: a new store carries the number of its layout", async ({ kv }) => {
  assert.deepEqual(await dump(kv), [[keys.migration(), 5]]);
});

Deno.test("OP-2: a store is opened again with what it held", async () => {
  await using file = await storeFile();
  {
    await using store = await openStore(file.path);
    await store.committer.commit({ sets: [{ key: ["a"], value: 1 }], appends: [{ log: ["log"], value: 1 }] });
  }
  await using store = await openStore(file.path);
  assert.equal((await store.kv.get(["a"])).value, 1);
  assert.equal((await dump(store.kv, ["log"])).length, 1);
});

Deno.test("OP-2: a store of an older layout is brought to this one, and keeps what it held", async () => {
  await using file = await storeFile();
  {
    await using store = await openStore(file.path);
    await store.kv.set(["a"], 1);
    await store.kv.set(keys.migration(), 1);
  }
  await using store = await openStore(file.path);
  assert.deepEqual(await dump(store.kv), [[["a"], 1], [keys.migration(), 5]]);
});

Deno.test("OP-2: what was handed to the committer is written before the store closes", async () => {
  await using file = await storeFile();
  let late: Promise<unknown>;
  {
    await using store = await openStore(file.path);
    late = store.committer.commit({ sets: [{ key: ["a"], value: 1 }] });
  }
  assert.equal((await late as { ok: boolean }).ok, true);
  await using store = await openStore(file.path);
  assert.equal((await store.kv.get(["a"])).value, 1);
});

Deno.test("OP-2: a store of a newer layout is refused, left as it was and closed", async () => {
  await using file = await storeFile();
  {
    await using store = await openStore(file.path);
    await store.kv.set(keys.migration(), 99);
  }
  await assert.rejects(openStore(file.path), /layout 99.*start the newer version/);
  // The failed try let go of the file.
  await assert.rejects(openStore(file.path), /layout 99/);
});

Deno.test("OP-2: a second opening of the same file is refused with the reason, and harms nobody", async () => {
  await using file = await storeFile();
  {
    await using store = await openStore(file.path);
    await assert.rejects(openStore(file.path), /database is locked.*is open in another process/i);
    const { ok } = await store.committer.commit({ sets: [{ key: ["a"], value: 1 }] });
    assert.equal(ok, true);
  }
  await using store = await openStore(file.path);
  assert.equal((await store.kv.get(["a"])).value, 1);
});

Deno.test("OP-7: a file belongs to one process; a KV Connect URL is shared", async () => {
  await using store = await openStore(":memory:");
  assert.equal(store.exclusive, true);
  await using other = await openStore(":memory:");
  await other.kv.set(["a"], 1);
  assert.equal((await store.kv.get(["a"])).value, null);
});
