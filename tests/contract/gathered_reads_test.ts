import assert from "node:assert/strict";
import { gatheringReads } from "../../lib/adapters/kv/gathered_reads.ts";
import type { KvEntryMaybe, KvKey, KvPort } from "../../lib/adapters/kv/port.ts";

/** A store that counts how it is read. */
async function counted() {
  const kv = await Deno.openKv(":memory:");
  const reads = { one: 0, many: [] as number[] };
  const counting = new Proxy(kv, {
    get(target, name) {
      if (name === "get") {
        return (...args: Parameters<KvPort["get"]>) => {
          reads.one++;
          return target.get(...args);
        };
      }
      if (name === "getMany") {
        return (keys: KvKey[]) => {
          reads.many.push(keys.length);
          return target.getMany(keys);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { kv: gatheringReads(counting), reads, [Symbol.dispose]: () => kv.close() };
}

Deno.test("OP-2: reads asked for together are one for each ten, and each gets its own answer", async () => {
  using at = await counted();
  for (let n = 0; n < 23; n += 2) await at.kv.set(["n", n], { n });
  const entries = await Promise.all(Array.from({ length: 23 }, (_, n) => at.kv.get<{ n: number }>(["n", n])));
  assert.deepEqual(at.reads, { one: 0, many: [10, 10, 3] });
  for (const [n, { key, value, versionstamp }] of entries.entries()) {
    assert.deepEqual(key, ["n", n]);
    assert.deepEqual(value, n % 2 === 0 ? { n } : null);
    assert.equal(versionstamp === null, n % 2 === 1);
  }
});

Deno.test("OP-2: a read by itself stays one, and finds what was written before it", async () => {
  using at = await counted();
  assert.equal((await at.kv.get(["a"])).value, null);
  await at.kv.atomic().set(["a"], 1).commit();
  assert.equal((await at.kv.get(["a"])).value, 1);
  assert.deepEqual(at.reads, { one: 2, many: [] });
  const listed = [];
  for await (const { value } of at.kv.list({ prefix: [] })) listed.push(value);
  assert.deepEqual(listed, [1]);
});

Deno.test("OP-2: a read that fails is the only one that does", async () => {
  using at = await counted();
  await at.kv.set(["good"], 1);
  const tooLong = "x".repeat(3000);
  const read = await Promise.allSettled([at.kv.get(["good"]), at.kv.get([tooLong]), at.kv.get(["none"])]);
  assert.deepEqual(read.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.equal((read[0] as PromiseFulfilledResult<KvEntryMaybe<unknown>>).value.value, 1);
});

Deno.test("OP-2: after a close every read is refused", async () => {
  const at = await counted();
  at[Symbol.dispose]();
  const read = await Promise.allSettled([at.kv.get(["a"]), at.kv.get(["b"])]);
  assert.deepEqual(read.map(({ status }) => status), ["rejected", "rejected"]);
});
