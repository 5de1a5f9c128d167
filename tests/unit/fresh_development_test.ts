import assert from "node:assert/strict";
import { App, csp, HttpError } from "fresh";
import { h } from "preact";
import { applyBuild } from "../../lib/fresh/app.ts";
import { placeOf } from "../../lib/fresh/development.ts";
import { get, hushed } from "../fixtures/fresh/site_app.ts";

const html = { headers: { accept: "text/html,*/*" } };
const broken = () => {
  throw new TypeError("broken <here>");
};

function appIn(mode: "development" | "production"): (req: Request) => Promise<Response> {
  const app = new App<unknown>().use(csp({ useNonce: true }))
    .onError("*", () => new Response("error page", { status: 500 }))
    .get("/", (ctx) => ctx.render(h("p", null, "page")))
    .get("/broken", broken)
    .get("/gone", () => {
      throw new HttpError(410);
    });
  applyBuild(app as App<never>, {
    id: "test",
    mode,
    root: Deno.cwd(),
    client: { url: "/client.js", imports: [] },
    islands: new Map(),
    routes: [],
    staticFile: () => null,
  });
  return app.handler();
}

Deno.test("Fresh: in development a page has a script that loads it again, allowed by the page's policy", async () => {
  const response = await appIn("development")(get("/"));
  const [, src, nonce] = /<script type="module" src="([^"]+)" nonce="(\w+)">/.exec(await response.text()) ??
    [];
  assert.ok(response.headers.get("content-security-policy")?.includes(`'nonce-${nonce}'`));
  const script = await appIn("development")(get(src ?? "/none"));
  assert.match(await script.text(), /location\.reload\(\)/);
});

Deno.test("Fresh: in development a process says its own name for as long as it runs", async () => {
  const ask = async (handler: ReturnType<typeof appIn>) => {
    const response = await handler(get("/_frsh/alive"));
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return /^data: (\S+)$/m.exec(new TextDecoder().decode(value as Uint8Array))?.[1];
  };
  const handler = appIn("development");
  const name = await ask(handler);
  assert.match(name ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(await ask(handler), name);
  assert.notEqual(await ask(appIn("development")), name);
});

Deno.test("Fresh: in development a browser is shown what broke, with file, line and code", async () => {
  const handler = appIn("development");
  const response = await handler(get("/broken", html));
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.match(text, /<h1>TypeError<\/h1><pre class="message">broken &lt;here><\/pre>/);
  const source = await Deno.readTextFile(new URL(import.meta.url));
  const line = source.split("\n").findIndex((row) => row.includes('throw new TypeError("broken')) + 1;
  assert.ok(text.includes(`<p class="place">tests/unit/fresh_development_test.ts:${line}:9</p>`), text);
  assert.match(text, new RegExp(`^> +${line} \\| +throw new TypeError`, "m"));
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'nonce-\w+'; script-src 'nonce-\w+';/);
});

Deno.test("Fresh: in development programs, and refusals that are meant, get the app's own answer", async () => {
  const handler = appIn("development");
  const { result } = await hushed(() => handler(get("/broken")));
  assert.equal(await result.text(), "error page");
  assert.equal(await (await handler(get("/gone", html))).text(), "error page");
  assert.equal((await handler(get("/nowhere", html))).status, 500);
});

Deno.test("Fresh: in production nothing of this is there, and no error says where it was", async () => {
  const handler = appIn("production");
  assert.doesNotMatch(await (await handler(get("/"))).text(), /<script/);
  assert.equal(await (await handler(get("/broken", html))).text(), "error page");
  const bare = new App().get("/", broken).handler();
  const { result } = await hushed(() => bare(get("/", html)));
  assert.equal(await result.text(), "Internal server error");
  const unknown = new App().handler();
  for (const path of ["/_frsh/alive", "/_frsh/reload.js"]) {
    assert.equal((await unknown(get(path))).status, 404);
  }
});

Deno.test("Fresh: the place of an error is the first of the project's own files, in stacks and in what the bundler says", () => {
  const root = "/srv/site";
  const stack = "Error: x\n    at q (file:///cache/npm/index.js:1:2)\n" +
    "    at Page (file:///srv/site/routes/(door)/%5Bid%5D.tsx:51:9)\n    at file:///srv/site/main.ts:1:1";
  assert.deepEqual(placeOf(stack, root), { file: "routes/(door)/[id].tsx", line: 51, column: 9 });
  const bundler = "✘ [ERROR] no such thing\n\n    srv/site/islands/A.tsx:3:14:\n";
  assert.deepEqual(placeOf(bundler, root), { file: "islands/A.tsx", line: 3, column: 14 });
  assert.equal(placeOf("Error: at noon 12:30:10", root), null);
});
