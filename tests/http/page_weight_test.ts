import assert from "node:assert/strict";
import { Builder } from "../../lib/fresh/dev.ts";

/** UI-7. */
const mostBytes = 60 * 1024;

Deno.test("UI-7: all scripts of all pages together stay under 60 KiB gzipped, without the validator", async () => {
  const builder = new Builder();
  await builder.build({ snapshot: "memory" });
  const total = builder.bundles.reduce((sum, { gzippedBytes }) => sum + gzippedBytes, 0);
  assert.ok(builder.bundles.length > 0);
  assert.ok(total < mostBytes, `${total} bytes`);
  // The validator alone would be larger than the largest bundle may be.
  const largest = Math.max(...builder.bundles.map(({ gzippedBytes }) => gzippedBytes));
  assert.ok(largest < 15 * 1024, `${largest} bytes`);
});
