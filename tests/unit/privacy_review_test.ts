import assert from "node:assert/strict";
import { methods } from "../../lib/protocol/mod.ts";
import { notifications } from "../../lib/protocol/methods.ts";

const review = Deno.readTextFileSync("docs/privacy.md");

Deno.test("CO-10: the privacy review names every call, event and folder of REST", () => {
  const folders = [...Deno.readDirSync("routes/api/v1")].map(({ name }) => name.replace(/\.ts$/, ""))
    .filter((name) => !name.startsWith("_"));
  const everything = [...Object.keys(methods), ...Object.keys(notifications), ...folders];
  assert.ok(everything.length > 35, String(everything.length));
  assert.deepEqual(everything.filter((name) => !review.includes(`\`${name}\``)), []);
});
