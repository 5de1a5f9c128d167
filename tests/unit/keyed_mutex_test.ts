import assert from "node:assert/strict";
import { KeyedMutex } from "../../lib/platform/mod.ts";

Deno.test("FI-1: work given together shares a turn, and no turn with other work", async () => {
  const locks = new KeyedMutex();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const shared = Promise.withResolvers<void>();
  const all = [
    locks.run("a", async () => {
      await first.promise;
      told.push("first");
    }),
    ...["one", "two"].map((name) =>
      locks.runTogether("a", async () => {
        told.push(`${name} begins`);
        await shared.promise;
        told.push(`${name} ends`);
        return name;
      })
    ),
    locks.run("a", () => Promise.resolve(told.push("last"))),
  ];
  // Given after `last`, and still in the turn that waits before it.
  const failing = assert.rejects(locks.runTogether("a", () => Promise.reject(new Error("no"))), /no/);
  first.resolve();
  await failing;
  assert.deepEqual(told, ["first", "one begins", "two begins"]);
  shared.resolve();
  assert.deepEqual((await Promise.all(all)).slice(1, 3), ["one", "two"]);
  assert.deepEqual(told.slice(3), ["one ends", "two ends", "last"]);
  assert.equal(await locks.runTogether("a", () => Promise.resolve("later")), "later");
});
