import assert from "node:assert/strict";
import { KeptReads } from "../../lib/adapters/kv/kept_reads.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";

Deno.test("UI-12: what a look reads is kept until a commit writes it, also one that is under way", async () => {
  await using store = await openStore(":memory:");
  const { kv, committer } = store;
  const kept = new KeptReads<string | null>({ committer, exclusive: true }, "kind", 2);
  let reads = 0;
  /** Between the store's answer and the caller's. */
  let meanwhile = () => Promise.resolve<unknown>(null);
  const get = (name: string) =>
    kept.get(name, async () => {
      reads++;
      const { value } = await kv.get<string>(["kind", name]);
      await meanwhile();
      return value;
    });
  const set = (kind: string, name: string, value: string) =>
    committer.commit({ sets: [{ key: [kind, name], value }] });

  assert.deepEqual([await get("ann"), await get("ann"), reads], [null, null, 1], "also that there is none");
  await set("kind", "ann", "one");
  assert.deepEqual([await get("ann"), await get("ann"), reads], ["one", "one", 2]);
  await set("other", "ann", "x");
  await set("kind", "bob", "x");
  assert.deepEqual([await get("ann"), reads], ["one", 2], "of its own name and kind alone");

  // Written after the store was asked: the caller gets what it was, and nobody after it.
  await set("kind", "ann", "two");
  meanwhile = () => set("kind", "ann", "three");
  assert.equal(await get("ann"), "two");
  meanwhile = () => Promise.resolve(null);
  assert.equal(await get("ann"), "three");

  // A commit has begun, and nobody knows which of both a read gives.
  const writing = set("kind", "ann", "four");
  const during: (string | null)[] = [];
  committer.watch(() => void get("ann").then((value) => during.push(value)));
  await writing;
  assert.equal(await get("ann"), "four");
  assert.equal(during.length, 1);
});

Deno.test("OP-7: where other processes write to the store, no read is kept", async () => {
  await using store = await openStore(":memory:");
  const kept = new KeptReads<number>({ committer: store.committer, exclusive: false }, "kind", 2);
  let reads = 0;
  const get = () => kept.get("ann", () => Promise.resolve(++reads));
  assert.deepEqual([await get(), await get()], [1, 2]);
});
