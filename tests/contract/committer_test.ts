import assert from "node:assert/strict";
import fc from "fast-check";
import { Committer, type Write } from "../../lib/adapters/kv/committer.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const log = (name: string) => ["log", name];

onEachStore("DL-4: writes that come together share a commit and are all there", async ({ kv, committer }) => {
  const done = await Promise.all(
    Array.from({ length: 50 }, (_, at) => committer.commit({ sets: [{ key: ["set", at], value: at }] })),
  );
  const stamps = new Set(done.map((one) => one.ok ? one.versionstamp : "failed"));
  assert.deepEqual([...stamps].length, 1);
  assert.deepEqual(
    (await dump(kv, ["set"])).map(([, value]) => value),
    Array.from({ length: 50 }, (_, at) => at),
  );
});

onEachStore("DL-5: appends to one log lie in the order of the calls, none over another", async (store) => {
  const { kv, committer } = store;
  const done = await Promise.all(
    Array.from(
      { length: 120 },
      (_, at) => committer.commit({ appends: [{ log: log(at % 2 === 0 ? "even" : "odd"), value: at }] }),
    ),
  );
  for (const [remainder, name] of ["even", "odd"].entries()) {
    const lying = await dump(kv, log(name));
    const mine = Array.from({ length: 60 }, (_, at) => 2 * at + remainder);
    assert.deepEqual(lying.map(([, value]) => value), mine);
    const stamps = mine.map((at) => done[at]!.ok && done[at]!.versionstamp);
    assert.deepEqual(lying.map(([key]) => key.at(-1)), stamps);
  }
});

onEachStore("DL-5: a write does not overtake one before it that shares a key", async ({ kv, committer }) => {
  // The second must wait for the first (same log); the third shares a key with the second, not with the first.
  await Promise.all([
    committer.commit({ appends: [{ log: log("a"), value: 1 }] }),
    committer.commit({ appends: [{ log: log("a"), value: 2 }], sets: [{ key: ["last"], value: "second" }] }),
    committer.commit({ sets: [{ key: ["last"], value: "third" }] }),
    committer.commit({ deletes: [["last"]] }),
    committer.commit({ sets: [{ key: ["last"], value: "fifth" }] }),
  ]);
  assert.equal((await kv.get(["last"])).value, "fifth");
  assert.deepEqual((await dump(kv, log("a"))).map(([, value]) => value), [1, 2]);
});

onEachStore("CM-4: a failed check is the answer of its own writer only", async ({ kv, committer }) => {
  await kv.set(["taken"], "before");
  const done = await Promise.all([
    committer.commit({ sets: [{ key: ["a"], value: 1 }], appends: [{ log: log("x"), value: "a" }] }),
    committer.commit({
      checks: [{ key: ["taken"], versionstamp: null }],
      sets: [{ key: ["taken"], value: "mine" }, { key: ["b"], value: 1 }],
      sums: [{ key: ["sum"], by: 5n }],
      appends: [{ log: log("y"), value: "b" }],
    }),
    committer.commit({ sets: [{ key: ["c"], value: 1 }], sums: [{ key: ["sum"], by: 1n }] }),
  ]);
  assert.deepEqual(done.map(({ ok }) => ok), [true, false, true]);
  const [first, , last] = done;
  assert.ok(first?.ok && last?.ok && first.versionstamp < last.versionstamp, "committed in call order");
  assert.equal((await kv.get(["taken"])).value, "before");
  assert.equal((await kv.get(["b"])).value, null);
  assert.equal((await kv.get<Deno.KvU64>(["sum"])).value?.value, 1n);
  assert.deepEqual(await dump(kv, log("y")), []);
  assert.equal((await dump(kv, log("x"))).length, 1);
});

onEachStore(
  "DL-4: a write that the store refuses fails its caller and nobody else",
  async ({ kv, committer }) => {
    const done = await Promise.allSettled([
      committer.commit({ sets: [{ key: ["a"], value: 1 }] }),
      committer.commit({
        sets: [{ key: ["large"], value: "x".repeat(70_000) }],
        appends: [{ log: log("z"), value: 1 }],
      }),
      committer.commit({ sets: [{ key: ["long", "k".repeat(3000)], value: 1 }] }),
      committer.commit({ sets: [{ key: ["b"], value: 1 }] }),
    ]);
    assert.deepEqual(done.map(({ status }) => status), ["fulfilled", "rejected", "rejected", "fulfilled"]);
    assert.deepEqual((await dump(kv)).map(([key]) => key), [["a"], ["b"], ["migration"]]);
  },
);

onEachStore(
  "DL-4: more than one commit holds is spread over several, in order",
  async ({ kv, committer }) => {
    const large = "x".repeat(30_000);
    const writes: Write[] = Array.from({ length: 60 }, (_, at) => ({
      sets: [{ key: ["large", at], value: large }],
      appends: [{ log: log(`of-${at}`), value: at }],
      valueBytes: large.length,
    }));
    const many: Write = { sets: Array.from({ length: 500 }, (_, at) => ({ key: ["many", at], value: at })) };
    const checks: Write[] = Array.from({ length: 130 }, (_, at) => ({
      checks: [{ key: ["checked", at], versionstamp: null }],
      sets: [{ key: ["checked", at], value: at }],
    }));
    const done = await Promise.all([...writes, many, ...checks].map((write) => committer.commit(write)));
    const stamps = done.map((one) => one.ok ? one.versionstamp : "");
    assert.equal(stamps.includes(""), false);
    assert.deepEqual(stamps, stamps.toSorted());
    assert.equal((await dump(kv, ["large"])).length, 60);
    assert.equal((await dump(kv, ["many"])).length, 500);
    assert.equal((await dump(kv, ["checked"])).length, 130);
  },
);

onEachStore("DL-7: counters of writes that share a commit add up, down too", async ({ kv, committer }) => {
  const minusOne = 2n ** 64n - 1n;
  await Promise.all(
    Array.from(
      { length: 40 },
      (_, at) => committer.commit({ sums: [{ key: ["n"], by: at < 25 ? 1n : minusOne }] }),
    ),
  );
  assert.equal((await kv.get<Deno.KvU64>(["n"])).value?.value, 10n);
});

Deno.test("DL-4: idle resolves when everything was written, also what came meanwhile", async () => {
  await using store = await openStore(":memory:");
  const { committer, kv } = store;
  const done: string[] = [];
  void committer.commit({ sets: [{ key: ["a"], value: 1 }] }).then(() => {
    done.push("first");
    return committer.commit({ sets: [{ key: ["b"], value: 1 }] });
  }).then(() => done.push("second"));
  await committer.idle();
  assert.deepEqual(done, ["first", "second"]);
  assert.equal((await kv.get(["b"])).value, 1);
  await committer.idle();
});

Deno.test("DL-4: a very long queue is worked off", async () => {
  await using store = await openStore(":memory:");
  let most = 0;
  const counting = countingKv(store.kv, (mutations) => most = Math.max(most, mutations));
  const committer = new Committer(counting);
  const done = await Promise.all(
    Array.from({ length: 3000 }, (_, at) => committer.commit({ sets: [{ key: ["k", at], value: at }] })),
  );
  assert.equal(done.every(({ ok }) => ok), true);
  assert.equal((await dump(store.kv, ["k"])).length, 3000);
  assert.ok(most > 100 && most <= 500, `largest commit: ${most}`);
});

/** Tells how many mutations each commit had. */
function countingKv(kv: KvPort, tell: (mutations: number) => void): KvPort {
  const atomic = () => {
    const operation = kv.atomic();
    let mutations = 0;
    return new Proxy(operation, {
      get(target, name) {
        if (name === "commit") {
          return () => {
            tell(mutations);
            return target.commit();
          };
        }
        if (name === "set" || name === "delete" || name === "sum") mutations++;
        const value = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        return value.bind(target);
      },
    });
  };
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") return atomic;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A write of the model: keys are few so that they meet. */
const modelWrite = fc.record({
  check: fc.option(fc.nat(3), { nil: null }),
  set: fc.option(fc.nat(3), { nil: null }),
  remove: fc.option(fc.nat(3), { nil: null }),
  sum: fc.option(fc.nat(1), { nil: null }),
  append: fc.option(fc.nat(1), { nil: null }),
  tooLarge: fc.boolean(),
});

Deno.test("DL-4: any writes at once end as if they had been made one after another in call order", async () => {
  const property = fc.asyncProperty(fc.array(modelWrite, { minLength: 1, maxLength: 25 }), async (writes) => {
    await using store = await openStore(":memory:");
    const model = { values: new Map<number, number>(), sums: [0n, 0n], logs: [[], []] as number[][] };
    const expected: string[] = [];
    const started = writes.map((one, at) => {
      const refused = one.tooLarge && one.set !== null;
      const ok = !refused && (one.check === null || !model.values.has(one.check));
      expected.push(refused ? "refused" : ok ? "ok" : "failed");
      if (ok) {
        if (one.set !== null) model.values.set(one.set, at);
        if (one.remove !== null) model.values.delete(one.remove);
        if (one.sum !== null) model.sums[one.sum]!++;
        if (one.append !== null) model.logs[one.append]!.push(at);
      }
      const value = refused ? "x".repeat(70_000) : at;
      return store.committer.commit({
        checks: one.check === null ? [] : [{ key: ["v", one.check], versionstamp: null }],
        sets: one.set === null ? [] : [{ key: ["v", one.set], value }],
        deletes: one.remove === null ? [] : [["v", one.remove]],
        sums: one.sum === null ? [] : [{ key: ["s", one.sum], by: 1n }],
        appends: one.append === null ? [] : [{ log: ["l", one.append], value: at }],
      });
    });
    const done = (await Promise.allSettled(started)).map((one) =>
      one.status === "rejected" ? "refused" : one.value.ok ? "ok" : "failed"
    );
    assert.deepEqual(done, expected);
    const values = new Map((await dump(store.kv, ["v"])).map(([key, value]) => [key[1], value]));
    assert.deepEqual(values, new Map([...model.values].sort(([a], [b]) => a - b)));
    for (const at of [0, 1]) {
      const sum = (await store.kv.get<Deno.KvU64>(["s", at])).value?.value ?? 0n;
      assert.equal(sum, model.sums[at]);
      assert.deepEqual((await dump(store.kv, ["l", at])).map(([, value]) => value), model.logs[at]);
    }
  });
  await fc.assert(property, { numRuns: 150 });
});

onEachStore("DL-4: writes that check one key share a commit; one that changes it does not", async (store) => {
  const { kv, committer } = store;
  const { versionstamp } = await kv.set(["cast"], "open");
  const check = { key: ["cast"], versionstamp };
  const done = await Promise.all([
    committer.commit({ checks: [check], sets: [{ key: ["a"], value: 1 }] }),
    committer.commit({ checks: [check], sets: [{ key: ["b"], value: 1 }] }),
    committer.commit({ checks: [check], sets: [{ key: ["cast"], value: "over" }] }),
    committer.commit({ checks: [check], sets: [{ key: ["c"], value: 1 }] }),
    committer.commit({ sets: [{ key: ["d"], value: 1 }] }),
  ]);
  const stamps = done.map((one) => one.ok ? one.versionstamp : "failed");
  assert.deepEqual(done.map(({ ok }) => ok), [true, true, true, false, true]);
  assert.equal(stamps[0], stamps[1]);
  assert.equal(stamps[0], stamps[4], "what has nothing to do with it goes along");
  assert.ok(stamps[2]! > stamps[0]!);
  assert.equal((await kv.get(["c"])).value, null);
});

onEachStore(
  "CM-4: what was read and not written since needs no check of the store, and what was does not pass",
  async (store) => {
    const { kv, committer } = store;
    const moment = committer.moment;
    // More than the store takes checks in a commit.
    const done = await Promise.all(
      Array.from({ length: 300 }, (_, at) => {
        const key = ["state", at];
        return committer.commit({
          checks: [{ key, versionstamp: null, moment }],
          sets: [{ key, value: at }],
        });
      }),
    );
    assert.equal(new Set(done.map((one) => one.ok ? one.versionstamp : "failed")).size, 1);
    // The same once more, of which the moment is over: only the store can tell, and it does.
    const again = await Promise.all(
      Array.from({ length: 30 }, (_, at) => {
        const key = ["state", at];
        return committer.commit({
          checks: [{ key, versionstamp: null, moment }],
          sets: [{ key, value: "over" }],
        });
      }),
    );
    assert.deepEqual([...new Set(again.map(({ ok }) => ok))], [false]);
    assert.equal((await kv.get(["state", 0])).value, 0);
  },
);

onEachStore("CM-4: whatever reads and writes at once, no write is lost", async ({ kv, committer }) => {
  const random = seededRandom(11);
  const keys = 5;
  const done = Array.from({ length: keys }, () => 0);
  const add = async () => {
    const at = Math.floor(random.fraction() * keys);
    const key = ["state", at];
    while (true) {
      const moment = committer.moment;
      const { value, versionstamp } = await kv.get<number>(key);
      // Some are slow, so that others write in between.
      for (let turns = random.fraction() * 4; turns > 1; turns--) await kv.get(["none"]);
      const checks = [{ key, versionstamp, ...(random.fraction() < 0.8 ? { moment } : {}) }];
      const { ok } = await committer.commit({ checks, sets: [{ key, value: (value ?? 0) + 1 }] });
      if (!ok) continue;
      done[at]!++;
      return;
    }
  };
  const adding = async () => {
    for (let times = 0; times < 20; times++) await add();
  };
  await Promise.all(Array.from({ length: 15 }, adding));
  assert.equal(done.reduce((sum, count) => sum + count, 0), 300);
  const values = await Promise.all(done.map(async (_, at) => (await kv.get<number>(["state", at])).value));
  assert.deepEqual(values, done);
});

onEachStore("CM-7: many sums of many keys fit beside the sets of their writes", async ({ kv, committer }) => {
  const big = 2n ** 64n - 1n;
  const done = await Promise.all(
    Array.from({ length: 900 }, (_, at) =>
      committer.commit({
        sets: [{ key: ["set", at], value: at }],
        sums: [{ key: ["total", "one"], by: 1n }, { key: ["total", at], by: at % 2 === 0 ? 1n : big }],
      })),
  );
  assert.deepEqual([...new Set(done.map(({ ok }) => ok))], [true]);
  assert.equal((await kv.get<Deno.KvU64>(["total", "one"])).value?.value, 900n);
  assert.equal((await dump(kv, ["set"])).length, 900);
});

onEachStore(
  "DL-4: what many writes have in common is one record, and keeps none of them apart",
  async (store) => {
    const shared = [{ key: ["shared"], value: "the same" }];
    const done = await Promise.all(
      [1, 2, 3].map((at) => store.committer.commit({ sets: [{ key: ["own", at], value: at }], shared })),
    );
    assert.equal(new Set(done.map((one) => one.ok ? one.versionstamp : "")).size, 1);
    assert.equal((await store.kv.get(["shared"])).value, "the same");
    assert.equal((await dump(store.kv, ["own"])).length, 3);
  },
);
