import assert from "node:assert/strict";
import { Builder } from "../../lib/fresh/dev.ts";
import { as, type Send, withPages } from "../fakes/pages.ts";

/** UI-7. */
const mostBytes = 60 * 1024;

async function gzippedBytes(text: string): Promise<number> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).bytes()).length;
}

/** Bytes of all scripts that a page loads, or may load later, as far as they are named in it or in one another. */
async function weigh(send: Send, path: string, cookie: string): Promise<number> {
  const html = await (await send(path, as(cookie))).text();
  const waiting = [...html.matchAll(/"(\/_fresh\/js\/[^"]+\.js)"/g)].map(([, url = ""]) => url);
  assert.ok(waiting.length > 0, path);
  const seen = new Set<string>();
  let total = 0;
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await send(url);
    assert.equal(response.status, 200, url);
    const code = await response.text();
    total += await gzippedBytes(code);
    const folder = url.slice(0, url.lastIndexOf("/") + 1);
    for (const [, name = ""] of code.matchAll(/"\.\/([\w-]+\.js)"/g)) waiting.push(folder + name);
  }
  return total;
}

Deno.test("UI-7: each page's scripts stay under 60 KiB gzipped, those that load on demand included", async () => {
  await withPages(async (send, fake) => {
    fake.world.inbox.push(fake.item(fake.command("bob", { requires: "proof" }), "accepted"));
    const cookie = fake.cookieOf("ann");
    const weights: Record<string, number> = {};
    for (const path of ["/", "/send", "/sent", "/files", "/history"]) {
      weights[path] = await weigh(send, path, cookie);
    }
    for (const [path, bytes] of Object.entries(weights)) {
      assert.ok(bytes < mostBytes, `${path}: ${bytes} bytes`);
    }
    // What uploads is there where one can upload, and nowhere else.
    assert.ok((weights["/files"] ?? 0) > (weights["/sent"] ?? 0) + 15_000);
  });
});

Deno.test("UI-7: no page brings the validator", async () => {
  const builder = new Builder();
  await builder.build({ snapshot: "memory" });
  // The validator alone would be larger than the largest bundle may be: the library that uploads.
  const largest = Math.max(...builder.bundles.map(({ gzippedBytes }) => gzippedBytes));
  assert.ok(largest < 17 * 1024, `${largest} bytes`);
});
