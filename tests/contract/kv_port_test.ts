import assert from "node:assert/strict";
import fc from "fast-check";
import type { KvKey, KvPort } from "../../lib/adapters/kv/port.ts";
import { decodeKey, encodeKey } from "../../lib/adapters/postgres/keys.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";

/** In the order of `port.ts`. */
const inOrder: KvKey[] = [
  [new Uint8Array([])],
  [new Uint8Array([0])],
  [new Uint8Array([0, 255])],
  [new Uint8Array([1])],
  [""],
  ["a"],
  ["a", "b"],
  ["a", 1],
  ["a", 1, "c"],
  ["a\u0000"],
  ["a\u0000b"],
  ["a\u0001"],
  ["ab"],
  ["é"],
  ["\uffff"],
  ["\u{1f600}"],
  [-(2n ** 100n)],
  [-(2n ** 64n)],
  [-256n],
  [-3n],
  [0n],
  [5n],
  [300n],
  [2n ** 64n],
  [2n ** 100n],
  [-Infinity],
  [-1.5],
  [-0],
  [0],
  [5e-324],
  [2],
  [10],
  [1e300],
  [Infinity],
  [false],
  [true],
];

onEachStore("OP-7: keys lie in one order, whatever their parts are", async ({ kv }) => {
  const all = ["of", "all"];
  for (const [at, key] of [...inOrder.entries()].reverse()) await kv.set([...all, ...key], at);
  const found = await dump(kv, all);
  assert.deepEqual(found.map(([, at]) => at), inOrder.map((_, at) => at));
  assert.deepEqual(found.map(([key]) => key.slice(all.length)), inOrder);
});

Deno.test("OP-7: an encoded key sorts like the key and gives it back", () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom("\u0000", "\u0001", "a", "é", "\uffff", "\u{1f600}"), maxLength: 9 }),
    fc.uint8Array({ maxLength: 9 }),
    fc.double({ noNaN: true }),
    fc.bigInt(),
    fc.boolean(),
  );
  const orderOf = (key: KvKey) => Uint8Array.fromHex(encodeKey(key).hex);
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (key) => {
    assert.deepEqual(decodeKey(orderOf(key)), key);
  }));
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (one, other) => {
    const [a, b] = [encodeKey([one]).hex, encodeKey([other]).hex];
    assert.equal(a < b, one < other || (one === other && Object.is(one, -0) && !Object.is(other, -0)));
  }));
  fc.assert(fc.property(fc.bigInt(), fc.bigInt(), (one, other) => {
    assert.equal(encodeKey([one]).hex < encodeKey([other]).hex, one < other);
  }));
});

onEachStore("OP-7: lists have what their selector says, in parts and backwards too", async ({ kv }) => {
  const count = 640;
  for (let at = 0; at < count; at += 320) {
    const atomic = kv.atomic();
    for (let one = at; one < at + 320; one++) atomic.set(["n", one], one);
    await atomic.commit();
  }
  await kv.atomic().set(["m"], "m").set(["n"], "n").set(["n", "x", 1], "x").set(["o"], "o").commit();
  const listed = async (...asked: Parameters<KvPort["list"]>) => {
    const values: unknown[] = [];
    for await (const { value } of kv.list(...asked)) values.push(value);
    return values;
  };
  const all = Array.from({ length: count }, (_, at) => at);
  assert.deepEqual(await listed({ prefix: ["n"] }), ["x", ...all]);
  assert.deepEqual(await listed({ prefix: ["n"] }, { reverse: true }), [...all.toReversed(), "x"]);
  assert.deepEqual(await listed({ prefix: ["n"], start: ["n", 638] }), [638, 639]);
  assert.deepEqual(await listed({ prefix: ["n"], end: ["n", 1] }, { reverse: true }), [0, "x"]);
  assert.deepEqual(await listed({ start: ["n", 639], end: ["z"] }), [639, "o"]);
  assert.deepEqual(await listed({ start: ["mm"], end: ["n", 0] }), ["n", "x"]);
  assert.deepEqual(await listed({ prefix: ["n"], start: ["n", 5] }, { limit: 3, batchSize: 2 }), [5, 6, 7]);
  assert.deepEqual(
    await listed({ prefix: ["n"] }, { limit: 250, reverse: true }),
    all.toReversed().slice(0, 250),
  );
  assert.deepEqual(await listed({ prefix: ["none"] }), []);
});

onEachStore("OP-7: a value comes back as it was", async ({ kv }) => {
  const values: unknown[] = [
    'quotes " and \\, braces {}, NULL, lines\n\r\t, zero \u0000, ümläut, \u{1f600}',
    "",
    0,
    -0,
    1.5,
    NaN,
    Infinity,
    2n ** 70n,
    true,
    null,
    [],
    {},
    [1, [2, { three: [null] }]],
    { a: undefined, b: 1, "": "empty", __proto__: null },
    { at: new Date(5) },
    new Map<unknown, unknown>([[1, new Set(["a"])]]),
    { bytes: new Uint8Array([0, 1, 255]), deep: { bytes: new Uint8Array(0) } },
    new Uint8Array([7]),
    { number: 1e21, small: 5e-324, large: Number.MAX_SAFE_INTEGER },
  ];
  for (const [at, value] of values.entries()) await kv.set(["v", at], value);
  for (const [at, value] of values.entries()) {
    const read = (await kv.get(["v", at])).value;
    assert.deepEqual(read, structuredClone(value), String(at));
    assert.equal(Object.is(read, -0), Object.is(value, -0));
  }
  assert.equal((await kv.get(["v", values.length])).versionstamp, null);
});

onEachStore("OP-7: a commit is all or nothing, and its checks see what was before it", async ({ kv }) => {
  const first = await kv.set(["a"], 1);
  const none = await kv.atomic().check({ key: ["a"], versionstamp: null }).set(["b"], 1).delete(["a"])
    .commit();
  assert.deepEqual(none, { ok: false });
  assert.deepEqual(await dump(kv, ["b"]), []);
  const both = await kv.atomic().check({ key: ["a"], versionstamp: first.versionstamp })
    .check({ key: ["b"], versionstamp: null }).set(["a"], 2).set(["b"], 2).commit();
  assert.ok(both.ok && both.versionstamp > first.versionstamp);
  const read = await kv.getMany([["b"], ["none"], ["a"]]);
  assert.deepEqual(read.map(({ value }) => value), [2, null, 2]);
  assert.deepEqual(read.map(({ versionstamp }) => versionstamp), [
    both.versionstamp,
    null,
    both.versionstamp,
  ]);
  for (const versionstamp of [first.versionstamp, "f".repeat(20)]) {
    assert.equal((await kv.atomic().check({ key: ["a"], versionstamp }).delete(["a"]).commit()).ok, false);
  }
  // Of two changes of one key the last one counts.
  const last = await kv.atomic().set(["c"], 1).set(["c"], 2).delete(["a"]).set(["a"], 3).set(["b"], 4).delete(
    ["b"],
  )
    .commit();
  assert.ok(last.ok);
  const after = await kv.getMany([["a"], ["b"], ["c"]]);
  assert.deepEqual(after.map(({ value }) => value), [3, null, 2]);
});

onEachStore(
  "OP-7: of writers that read the same, one wins, and each of the others is told",
  async ({ kv }) => {
    await kv.set(["a"], 0);
    for (let round = 1; round <= 3; round++) {
      const read = await kv.get(["a"]);
      const done = await Promise.all(
        Array.from(
          { length: 30 },
          () => kv.atomic().check(read).set(["a"], round).sum(["wins"], 1n).commit(),
        ),
      );
      assert.equal(
        done.filter(({ ok }) => ok).length,
        1,
      );
    }
    assert.equal((await kv.get<{ value: bigint }>(["wins"])).value?.value, 3n);
  },
);

onEachStore("DL-5: a key with the commit's versionstamp lies behind all before it", async ({ kv }) => {
  const stamps: string[] = [];
  for (let at = 0; at < 5; at++) {
    const committed = await kv.atomic().set(["log", kv.commitVersionstamp()], at)
      .set(["log2", kv.commitVersionstamp()], at).commit();
    if (committed.ok) stamps.push(committed.versionstamp);
  }
  const log = await dump(kv, ["log"]);
  assert.deepEqual(log, stamps.map((stamp, at) => [["log", stamp], at]));
  assert.deepEqual(stamps, stamps.toSorted());
  assert.ok(stamps.every((stamp) => /^[0-9a-f]{20}$/.test(stamp)));
  assert.equal((await dump(kv, ["log2"])).length, 5);
});

onEachStore("OP-7: counts add up modulo 2^64; a sum of something else is refused", async ({ kv }) => {
  const valueOf = async (key: KvKey) => (await kv.get<{ value: bigint }>(key)).value?.value;
  await kv.atomic().sum(["n"], 2n ** 64n - 1n).commit();
  assert.equal(await valueOf(["n"]), 2n ** 64n - 1n);
  await kv.atomic().sum(["n"], 3n).sum(["n"], 4n).commit();
  assert.equal(await valueOf(["n"]), 6n);
  await kv.set(["text"], "text");
  await assert.rejects(kv.atomic().sum(["text"], 1n).commit(), TypeError);
  assert.equal((await kv.get(["text"])).value, "text");
  await kv.delete(["n"]);
  await kv.atomic().sum(["n"], 1n).commit();
  assert.equal(await valueOf(["n"]), 1n);
});

onEachStore(
  "OP-7: what is larger than every engine takes is refused, and nothing of it is written",
  async ({ kv }) => {
    const many = (count: number, act: (atomic: ReturnType<KvPort["atomic"]>, at: number) => unknown) => {
      const atomic = kv.atomic();
      for (let at = 0; at < count; at++) act(atomic, at);
      return atomic.commit();
    };
    const tooMuch: (() => Promise<unknown>)[] = [
      () => kv.atomic().set(["a"], 1).set(["k".repeat(2100)], 1).commit(),
      () => kv.atomic().set(["a"], 1).set(["b"], "x".repeat(66_000)).commit(),
      () => kv.atomic().set(["a"], 1).set(["b"], new Uint8Array(66_000)).commit(),
      () => many(101, (atomic, at) => atomic.check({ key: ["c", at], versionstamp: null }).set(["a"], 1)),
      () => many(1001, (atomic, at) => atomic.set(["a", at], 1)),
      () => many(20, (atomic, at) => atomic.set(["a", at], "x".repeat(60_000))),
      () => kv.set(["a"], () => 1),
      () => kv.get(["k".repeat(2100)]),
      () => kv.set([], 1),
    ];
    for (const [at, refused] of tooMuch.entries()) await assert.rejects(refused, Error, String(at));
    assert.deepEqual(await dump(kv, ["a"]), []);
    assert.equal((await kv.get(["a"])).value, null);
    await kv.set(["fits"], "x".repeat(65_000));
    await kv.set(["fits too"], "\n".repeat(65_000));
    await many(100, (atomic, at) => atomic.check({ key: ["c", at], versionstamp: null }).set(["c", at], 1));
  },
);

onEachStore("OP-7: after a close everything is refused", async (store) => {
  await store.kv.set(["a"], 1);
  const { kv } = store;
  await store[Symbol.asyncDispose]();
  await assert.rejects(kv.get(["a"]));
  await assert.rejects(kv.set(["a"], 2));
  await assert.rejects(kv.list({ prefix: [] }).next());
});
