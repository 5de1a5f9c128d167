import assert from "node:assert/strict";
import { App, staticFiles } from "fresh";
import { asset, assetSrcSet } from "fresh/runtime";
import { signal } from "@preact/signals";
import { h } from "preact";
import { loadBuild, readSnapshot } from "../../lib/fresh/build.ts";
import { bundle, readGraph } from "../../lib/fresh/bundle.ts";
import { Builder } from "fresh/dev";
import { builtSite, get, hushed, siteHandler, siteRoot } from "../fixtures/fresh/site_app.ts";

// Building starts esbuild, which ends by itself after the test's last turn.
const buildTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

async function scripts(): Promise<{ urls: string[]; buildId: string }> {
  const page = await (await siteHandler())(get("/islands"));
  const html = await page.text();
  const link = page.headers.get("link") ?? "";
  const urls = [...link.matchAll(/<([^>]+)>/g)].map((match) => match[1] ?? "");
  return { urls, buildId: /\/_fresh\/js\/([0-9a-f]+)\//.exec(html)?.[1] ?? "" };
}

buildTest("Fresh: bundles hold one copy of preact and of signals, and nothing of the server", async () => {
  const config = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
  const client = decodeURIComponent(new URL("../../lib/fresh/client.ts", import.meta.url).pathname);
  const island = (name: string) => `${siteRoot}/islands/${name}.tsx`;
  const entries = { client, Counter: island("Counter"), Frame: island("Frame") };
  const graph = await readGraph(Object.values(entries), config);
  const { inputs, files, entries: built } = await bundle(entries, graph, {
    buildId: "id",
    mode: "production",
  });
  const copies = (pattern: RegExp) => inputs.filter((input) => pattern.test(input)).length;
  assert.equal(copies(/\/preact\/[^/]+\/dist\//), 1, "preact");
  assert.equal(copies(/\/preact\/[^/]+\/hooks\/dist\//), 1, "its hooks");
  assert.equal(copies(/\/signals\/[^/]+\/dist\//), 1, "signals for preact");
  assert.equal(copies(/\/signals-core\/[^/]+\/dist\//), 1, "signals");
  assert.equal(copies(/server_hooks|document\.ts|render-to-string|esbuild/), 0, "the server's");
  const codes = [...files.values()].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(codes.filter((code) => code.includes("Cycle detected")).length, 1, "signals in one file");
  assert.equal(codes.filter((code) => code.includes("createElementNS")).length, 1, "preact in one file");
  assert.doesNotMatch(
    codes.join("\n"),
    /\bDeno\.|from"(?!\.\/)/,
    "bundles import one another and nothing else",
  );
  assert.deepEqual(Object.keys(built).sort(), ["Counter", "Frame", "client"]);
});

buildTest("Fresh: an island that imports what no browser has fails the build and says so", async () => {
  const root = await copySite();
  try {
    await Deno.writeTextFile(`${root}/islands/Bad.ts`, 'import "node:fs";\nexport default () => null;\n');
    await assert.rejects(new Builder({ root }).build({ snapshot: "memory" }), /cannot import "node:fs"/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

buildTest("Fresh: bundles are immutable under the build's id, and are gone under another", async () => {
  const handler = await siteHandler();
  const { urls, buildId } = await scripts();
  assert.ok(urls.length > 0);
  for (const url of urls) {
    const response = await handler(get(url));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/javascript; charset=UTF-8");
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    await response.body?.cancel();
  }
  assert.equal((await handler(get((urls[0] ?? "").replace(buildId, "0123456789abcdef")))).status, 404);
});

buildTest(
  "Fresh: static files have an ETag, answer 304, and are not cached without the build's id",
  async () => {
    const handler = await siteHandler();
    const plain = await handler(get("/site.css"));
    const tag = plain.headers.get("etag") ?? "";
    assert.match(tag, /^W\/"[0-9a-f]{64}"$/);
    assert.equal(plain.headers.get("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert.equal(plain.headers.get("content-type"), "text/css; charset=UTF-8");
    const body = await plain.text();
    assert.equal(plain.headers.get("content-length"), String(new TextEncoder().encode(body).length));
    const same = await handler(get("/site.css", { headers: { "if-none-match": tag } }));
    assert.deepEqual([same.status, same.body, same.headers.get("cache-control")], [304, null, null]);
    // Fresh compares the whole header and knows no lists.
    const list = await handler(get("/site.css", { headers: { "if-none-match": `"other", ${tag}` } }));
    assert.equal(list.status, 200);
    await list.body?.cancel();
    const head = await handler(get("/site.css", { method: "HEAD" }));
    assert.deepEqual([head.status, head.headers.get("etag"), head.body], [200, tag, null]);
    assert.equal((await handler(get("/site.css", { method: "POST" }))).status, 405);
  },
);

buildTest(
  "Fresh: asset() URLs are cached for a year; those of another build lead to the plain one",
  async () => {
    const handler = await siteHandler();
    const url = asset("/site.css");
    const { buildId } = await scripts();
    assert.equal(url, `/site.css?__frsh_c=${buildId}`);
    const response = await handler(get(url));
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    await response.body?.cancel();
    const old = await handler(get("/site.css?a=1&__frsh_c=old"));
    assert.deepEqual([old.status, old.headers.get("location")], [307, "/site.css?a=1"]);
  },
);

buildTest(
  "Fresh: asset() leaves other sites and relative paths alone, assetSrcSet() does a whole set",
  async () => {
    const { buildId } = await scripts();
    for (
      const path of ["https://x.example/a", "//x.example/a", "a.png", "data:image/png,x", "/a?__frsh_c=1"]
    ) {
      assert.equal(asset(path), path);
    }
    assert.equal(asset("/a?b=1#c"), `/a?b=1&__frsh_c=${buildId}#c`);
    assert.equal(
      assetSrcSet("/a.png 1x, /b.png 2x"),
      `/a.png?__frsh_c=${buildId} 1x, /b.png?__frsh_c=${buildId} 2x`,
    );
    assert.equal(assetSrcSet("/a.png 1x, "), "/a.png 1x, ");
    assert.equal(assetSrcSet("/a(1).png 1x"), "/a(1).png 1x");
  },
);

buildTest("Fresh: no path leads out of the static folder", async () => {
  const handler = await siteHandler();
  const paths = [
    "/..%2fdefine.ts",
    "/%2e%2e/define.ts",
    "/..%5cdefine.ts",
    "/static/site.css",
    "/site.css%00",
  ];
  for (const path of [...paths, "/__proto__", "/constructor", "/.%2fsite.css"]) {
    const response = await handler(get(path));
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
});

buildTest("Fresh: a function given to an island fails the page", async () => {
  const { default: Counter } = await import("../fixtures/fresh/site/islands/Counter.tsx");
  const app = new App().get("/", (ctx) => ctx.render(h(Counter, { id: "x", count: (() => {}) as never })));
  (await builtSite()).apply(app);
  const { result: response, said } = await hushed(() => app.handler()(get("/")));
  assert.deepEqual([response.status, await response.text()], [500, "Internal server error"]);
  assert.match(String(said[0]), /function \(props\[0\]\.count\)/);
});

buildTest("Fresh: an island element made once at module level renders for every request", async () => {
  const { default: Counter } = await import("../fixtures/fresh/site/islands/Counter.tsx");
  const hoisted = h("div", null, h(Counter, { id: "x", count: signal(1) }));
  const app = new App().get("/", (ctx) => ctx.render(hoisted));
  (await builtSite()).apply(app);
  const handler = app.handler();
  const ask = async () => (await (await handler(get("/"))).text()).replace(/nonce="[0-9a-f]+"/, "");
  const first = await ask();
  assert.match(first, /<div><!--frsh:island:Counter:0--><button .*<script type="module"/);
  assert.equal(await ask(), first);
});

async function copySite(): Promise<string> {
  const root = await Deno.makeTempDir();
  const copy = async (from: string, to: string): Promise<void> => {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name, isDirectory } of Deno.readDir(from)) {
      if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
      else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    }
  };
  await copy(`${siteRoot}/static`, `${root}/static`);
  await Deno.mkdir(`${root}/routes`);
  await Deno.mkdir(`${root}/islands`);
  const route = 'export const handler = () => new Response("written");';
  await Deno.writeTextFile(`${root}/routes/index.ts`, route);
  const island = 'import { word } from "../words.js";\nexport default function Plain() { return word; }\n';
  await Deno.writeTextFile(`${root}/islands/Plain.js`, island);
  await Deno.writeTextFile(`${root}/words.js`, "export const word = 'one';");
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const ours = Object.fromEntries(
    Object.entries<string>(config.imports).map(([name, target]) => [
      name,
      target.startsWith("./") ? new URL(`../../${target.slice(2)}`, import.meta.url).href : target,
    ]),
  );
  await Deno.writeTextFile(
    `${root}/deno.json`,
    JSON.stringify({ imports: ours, compilerOptions: config.compilerOptions, nodeModulesDir: "none" }),
  );
  return root;
}

buildTest(
  "Fresh: a build on the disk serves, and is stale only when what it is made from changed",
  async () => {
    const root = await copySite();
    try {
      const builder = new Builder({ root, sources: ["extra"] });
      assert.equal(await builder.isStale(), true);
      await builder.build();
      assert.equal(await builder.isStale(), false);

      const app = new App().use(staticFiles()).fsRoutes();
      (await loadBuild(root))(app);
      const handler = app.handler();
      assert.equal(await (await handler(get("/"))).text(), "written");
      // A start imports all code by the build's own script: what is imported later costs it more.
      const script = await Deno.readTextFile(`${root}/_fresh/server.js`);
      assert.ok(script.includes('from "../routes/index.ts";'), script);
      const written = { handler: () => new Response("given") };
      const other = new App().use(staticFiles()).fsRoutes();
      (await loadBuild(root, { "routes/index.ts": written }))(other);
      assert.equal(await (await other.handler()(get("/"))).text(), "given");
      const snapshot = await readSnapshot(root);
      const bundle = await handler(get(snapshot?.islands[0]?.url ?? "/none"));
      assert.deepEqual([bundle.status, /function|=>/.test(await bundle.text())], [200, true]);

      const css = await Deno.readTextFile(`${root}/static/site.css`);
      await Deno.utime(`${root}/static/site.css`, new Date(0), new Date(0));
      assert.equal(await builder.isStale(), false, "another time with the same content");
      await Deno.writeTextFile(`${root}/static/site.css`, `${css}/* more */`);
      assert.equal(await builder.isStale(), true, "changed");
      await builder.build();
      assert.equal(await builder.isStale(), false);
      await Deno.writeTextFile(`${root}/words.js`, "export const word = 'two';");
      assert.equal(await builder.isStale(), true, "an import of an island changed");
      await builder.build();
      await Deno.mkdir(`${root}/extra`);
      await Deno.writeTextFile(`${root}/extra/new.ts`, "");
      assert.equal(await builder.isStale(), true, "added");
      const dirs = [...Deno.readDirSync(`${root}/_fresh/js`)].map(({ name }) => name);
      assert.deepEqual(dirs, [(await readSnapshot(root))?.buildId]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
);

buildTest("Fresh: without a build, or with half of one, serving says what to run", async () => {
  const root = await Deno.makeTempDir();
  try {
    await assert.rejects(loadBuild(root), /deno task build/);
    await Deno.mkdir(`${root}/_fresh`);
    await Deno.writeTextFile(`${root}/_fresh/snapshot.json`, '{"version": 1, "rou');
    await assert.rejects(loadBuild(root), /deno task build/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
