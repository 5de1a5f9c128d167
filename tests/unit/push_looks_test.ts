import assert from "node:assert/strict";
import { WholeLooks } from "../../lib/push/whole_looks.ts";

Deno.test("UI-12: what devices show is looked at when something changed, and else once a minute", () => {
  const looks = new WholeLooks();
  assert.equal(looks.isDue("ann", 0, false), true, "the first");
  assert.equal(looks.isDue("ann", 59_999, false), false);
  assert.equal(looks.isDue("bob", 59_999, false), true, "another person");
  assert.equal(looks.isDue("ann", 60_000, false), true);
  assert.equal(looks.isDue("ann", 60_001, true), true, "a change");
  assert.equal(looks.isDue("ann", 60_002, false), false);
  assert.equal(looks.isDue("ann", 0, false), true, "a clock that was set back");
});
