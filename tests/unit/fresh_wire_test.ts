import assert from "node:assert/strict";
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import fc from "fast-check";
import { h } from "preact";
import { decode, encode, isSignal, SlotRef } from "../../lib/fresh/wire.ts";

const roundTrip = (value: unknown) => decode(encode(value), { signal, computed });

Deno.test("Fresh: any data that may be given to an island survives the way", () => {
  const leaf = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.constantFrom(-0, NaN, Infinity, -Infinity, null, undefined, true, false),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.webUrl().map((text) => new URL(text)),
    fc.constantFrom(/a<\/script>/gi, /\//u, /(?<x>.)\k<x>/),
    fc.uint8Array(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("value")),
      fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
      fc.array(fc.tuple(leaf, tie("value"))).map((pairs) => new Map(pairs)),
      fc.array(leaf).map((items) => new Set(items)),
    ),
  }));
  fc.assert(fc.property(value, (data) => assert.deepEqual(roundTrip(data), data)));
});

Deno.test("Fresh: the same object, cycles and holes stay what they were", () => {
  const shared = { n: 1 };
  const cycle: Record<string, unknown> = { list: [shared, , shared] };
  cycle["self"] = cycle;
  const back = roundTrip(cycle) as { list: unknown[]; self: unknown };
  assert.equal(back.self, back);
  assert.equal(back.list[0], back.list[2]);
  assert.equal(1 in back.list, false);
  assert.equal(back.list.length, 3);
});

Deno.test("Fresh: a key named __proto__ is data and changes no prototype", () => {
  const back = roundTrip(JSON.parse('{"__proto__": {"evil": true}}')) as object;
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.deepEqual(Object.keys(back), ["__proto__"]);
  assert.equal("evil" in back, false);
});

Deno.test("Fresh: data nested 20,000 deep goes through", () => {
  let deep: unknown = "end";
  for (let i = 0; i < 20_000; i++) deep = [deep];
  let back = roundTrip(deep);
  let depth = 0;
  for (; Array.isArray(back); back = back[0]) depth++;
  assert.deepEqual([depth, back], [20_000, "end"]);
});

Deno.test("Fresh: signals are peeked and made again, one for one", () => {
  const count = signal(3);
  const back = roundTrip({ a: count, b: [count], double: computed(() => count.value * 2) }) as {
    a: Signal<number>;
    b: [Signal<number>];
    double: ReadonlySignal<number>;
  };
  assert.ok(isSignal(back.a));
  assert.equal(back.a, back.b[0]);
  assert.equal(back.a.value, 3);
  assert.equal(back.double.value, 6);
  assert.throws(() => {
    (back.double as { value: number }).value = 1;
  });
});

Deno.test("Fresh: Temporal survives where the runtime has it", () => {
  const { Temporal } = globalThis as { Temporal?: { PlainDate: { from(text: string): object } } };
  assert.ok(Temporal !== undefined);
  const date = Temporal.PlainDate.from("2024-02-29");
  const back = roundTrip([date]) as [object];
  assert.equal(String(back[0]), "2024-02-29");
  assert.equal(back[0].constructor, date.constructor);
});

Deno.test("Fresh: functions, symbols, class instances and JSX within data throw and say where", () => {
  class Point {}
  assert.throws(() => encode([{ onClick: () => {} }]), /function \(props\[0\]\.onClick\)/);
  assert.throws(() => encode([{ a: [Symbol("x")] }]), /symbol \(props\[0\]\.a\[0\]\)/);
  assert.throws(() => encode({ at: new Date(NaN) }), /invalid Date \(props\.at\)/);
  assert.throws(() => encode({ at: new Point() }), /instance of Point \(props\.at\)/);
  assert.throws(
    () => encode({ at: new Error("x") }),
    /instance of Error/,
  );
  assert.throws(() => encode({ item: { icon: h("b", null) } }), /property of its own \(props\.item\.icon\)/);
});

Deno.test("Fresh: JSX travels as the number of its place", () => {
  const back = roundTrip({ children: new SlotRef(4) }) as { children: SlotRef };
  assert.ok(back.children instanceof SlotRef);
  assert.equal(back.children.id, 4);
});
