import assert from "node:assert/strict";
import type { KvEntry, KvKey, KvListOptions, KvSelector } from "../../lib/adapters/kv/port.ts";
import { MemoryKv } from "../fakes/memory_kv.ts";
import { seededRandom } from "../fakes/random.ts";

const writes = 400;

/** The fake store stands for the real one in the simulation only as long as both give the same answers. */
Deno.test("DL-4: the store in memory of the tests answers like Deno KV", async () => {
  const real = await Deno.openKv(":memory:");
  try {
    const fake = new MemoryKv();
    const random = seededRandom(11);
    const int = (below: number) => Math.floor(random.fraction() * below);
    const keyOf = (): KvKey =>
      int(3) === 0 ? ["job", int(2000), `j${int(5)}`] : [["a", "ab", "b"][int(3)]!, `k${int(12)}`];
    const stamps = new Map<string, string>();
    const seen = new Map<string, string>();
    const same = (entry: { key: KvKey; value: unknown }) => ({
      key: entry.key.map((part) => typeof part === "string" ? stamps.get(part) ?? part : part),
      value: entry.value instanceof Deno.KvU64 ? entry.value.value : entry.value,
    });
    for (let at = 0; at < writes; at++) {
      const [key, counter] = [keyOf(), ["total", `t${int(3)}`]];
      const atomic = real.atomic();
      const known = await real.get(key);
      // Every third check is of a version that is not there any more, or never was.
      const stale = int(3) === 0;
      atomic.check({ key, versionstamp: stale ? "00000000000000000001" : known.versionstamp });
      const check = { key, versionstamp: stale ? "00000000000000000001x" : fake.get(key).versionstamp };
      const what = int(5) === 0 ? "delete" : "set";
      const by = int(4) === 0 ? 2n ** 64n - 1n : 1n;
      if (what === "delete") atomic.delete(key);
      else atomic.set(key, { at });
      atomic.sum(counter, by).set(["log", real.commitVersionstamp() as unknown as string], at);
      const [left, right] = [
        await atomic.commit(),
        fake.commit([check], [
          what === "delete" ? { what, key } : { what, key, value: { at } },
          { what: "sum", key: counter, value: by },
          { what: "set", key: ["log", MemoryKv.placeholder as unknown as string], value: at },
        ]),
      ];
      assert.equal(right.ok, left.ok);
      if (left.ok && right.ok) {
        stamps.set(left.versionstamp, `v${at}`).set(right.versionstamp, `v${at}`);
        seen.set(left.versionstamp, right.versionstamp);
      }
      assert.deepEqual(same(fake.get(key)), same(await real.get(key)));
    }
    const inOrder = [...seen].sort(([a], [b]) => a < b ? -1 : 1).map(([, stamp]) => stamp);
    assert.deepEqual(inOrder, inOrder.toSorted(), "both number their commits in the same order");
    const selectors: [KvSelector, KvListOptions][] = [
      [{ prefix: ["a"] }, {}],
      [{ prefix: [] }, {}],
      [{ prefix: ["log"] }, { limit: 7, reverse: true }],
      [{ prefix: ["a"], start: ["a", "k2"] }, { limit: 3 }],
      [{ prefix: ["a"], end: ["a", "k2"] }, { reverse: true }],
      [{ start: ["job", 0], end: ["job", 900] }, {}],
      [{ prefix: ["total"] }, {}],
    ];
    for (const [selector, options] of selectors) {
      const left: KvEntry<unknown>[] = [];
      for await (const entry of real.list(selector, options)) left.push(entry);
      assert.ok(left.length > 0);
      assert.deepEqual(fake.list(selector, options).map(same), left.map(same));
    }
  } finally {
    real.close();
  }
});
