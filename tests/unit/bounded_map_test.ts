import assert from "node:assert/strict";
import { BoundedMap } from "../../lib/platform/mod.ts";

Deno.test("A bounded map drops the entry that was set first, whatever was deleted or set again meanwhile", () => {
  const map = new BoundedMap<string, number>(3);
  for (const [at, key] of ["a", "b", "c"].entries()) assert.equal(map.set(key, at), undefined);
  assert.equal(map.set("d", 3), "a");
  // Set again: the newest.
  assert.equal(map.set("b", 4), undefined);
  assert.equal(map.set("e", 5), "c");
  assert.ok(map.delete("d"));
  assert.equal(map.set("f", 6), undefined);
  assert.equal(map.set("g", 7), "b");
  // One that was dropped and came back.
  assert.equal(map.set("a", 8), "e");
  assert.deepEqual([...map.keys()], ["f", "g", "a"]);
  assert.deepEqual([map.size, map.get("g"), map.has("e")], [3, 7, false]);
  for (const key of ["f", "g", "a"]) map.delete(key);
  for (const key of ["h", "i", "j", "k"]) map.set(key, 0);
  assert.deepEqual([...map.keys()], ["i", "j", "k"]);
});

Deno.test("A bounded map of nothing keeps nothing", () => {
  const map = new BoundedMap<string, number>(0);
  assert.equal(map.set("a", 1), "a");
  assert.equal(map.size, 0);
});
