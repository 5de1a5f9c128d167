import assert from "node:assert/strict";
import { App, csp, csrf, type CsrfOptions } from "fresh";
import { h } from "preact";
import { get } from "../fixtures/fresh/site_app.ts";

async function csrfStatus(method: string, headers: HeadersInit, options?: CsrfOptions): Promise<number> {
  const app = new App().use(csrf(options)).all("/", (ctx) => ctx.text("in"));
  return (await app.handler()(get("/", { method, headers }))).status;
}

Deno.test("Fresh: csrf() lets GET, HEAD and OPTIONS pass from anywhere", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assert.equal(
      await csrfStatus(method, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
      200,
    );
  }
});

Deno.test("Fresh: csrf() takes a write from the same site, from no browser, or from its own origin", async () => {
  assert.equal(await csrfStatus("POST", { "sec-fetch-site": "same-origin" }), 200);
  assert.equal(await csrfStatus("POST", { "sec-fetch-site": "none" }), 200);
  assert.equal(await csrfStatus("POST", {}), 200);
  assert.equal(await csrfStatus("POST", { origin: "http://localhost" }), 200);
  assert.equal(await csrfStatus("POST", { "sec-fetch-site": "cross-site", origin: "http://localhost" }), 200);
});

Deno.test("Fresh: csrf() refuses every other write with 403", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    assert.equal(await csrfStatus(method, { "sec-fetch-site": "cross-site" }), 403);
    assert.equal(
      await csrfStatus(method, { "sec-fetch-site": "same-site", origin: "http://a.localhost" }),
      403,
    );
    assert.equal(await csrfStatus(method, { origin: "https://evil.example" }), 403);
    assert.equal(await csrfStatus(method, { origin: "null" }), 403);
  }
});

Deno.test("Fresh: csrf() takes origins as a text, a list or a function, in place of its own", async () => {
  const from = (origin: string) => ({ "sec-fetch-site": "cross-site", origin });
  const other = "https://other.example";
  assert.equal(await csrfStatus("POST", from(other), { origin: other }), 200);
  assert.equal(await csrfStatus("POST", from(other), { origin: ["https://a.example", other] }), 200);
  assert.equal(
    await csrfStatus("POST", from(other), { origin: (origin, ctx) => origin === other && !ctx.error }),
    200,
  );
  assert.equal(await csrfStatus("POST", from("http://localhost"), { origin: other }), 403);
  assert.equal(await csrfStatus("POST", from("http://localhost"), { origin: [] }), 403);
});

const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";

Deno.test("Fresh: csp() has strict defaults, and a directive of the same name replaces one", async () => {
  const app = new App().use(csp({ csp: ["connect-src 'self' wss://x.example"] })).get(
    "/",
    (ctx) => ctx.text("x"),
  );
  const directives = policyOf(await app.handler()(get("/"))).split("; ");
  assert.ok(directives.includes("default-src 'self'"));
  assert.ok(directives.includes("object-src 'none'"));
  assert.ok(directives.includes("frame-ancestors 'none'"));
  assert.ok(directives.includes("upgrade-insecure-requests"));
  assert.deepEqual(directives.filter((item) => item.startsWith("connect-src")), [
    "connect-src 'self' wss://x.example",
  ]);
});

Deno.test("Fresh: csp() can report only, and names where reports go", async () => {
  const app = new App().use(csp({ reportOnly: true, reportTo: "/reports" })).get("/", (ctx) => ctx.text("x"));
  const { headers } = await app.handler()(get("/"));
  assert.equal(headers.get("content-security-policy"), null);
  assert.match(headers.get("content-security-policy-report-only") ?? "", /report-uri \/reports/);
  assert.equal(headers.get("reporting-endpoints"), 'csp-endpoint="/reports"');
});

const pageWithScripts = h(
  "html",
  null,
  h("head", null, h("style", null, "p{}")),
  h(
    "body",
    null,
    h("script", null, "1"),
    h("script", { nonce: "mine" }, "2"),
    h("script", { src: "/x.js" }),
  ),
);

Deno.test("Fresh: with useNonce a rendered page's scripts and styles carry the nonce of the header", async () => {
  const app = new App().use(csp({ useNonce: true })).get("/", (ctx) => ctx.render(pageWithScripts));
  const handler = app.handler();
  const nonces = new Set<string>();
  // The same element is rendered for two requests: neither may see the other's nonce.
  for (const response of [await handler(get("/")), await handler(get("/"))]) {
    const policy = policyOf(response);
    const nonce = /script-src 'self' 'nonce-([0-9a-f]{32})'/.exec(policy)?.[1] ?? "";
    nonces.add(nonce);
    assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`));
    assert.ok(!policy.includes("unsafe-inline"));
    const html = await response.text();
    assert.ok(html.includes(`<style nonce="${nonce}">p{}</style>`), html);
    assert.ok(html.includes(`<script nonce="${nonce}">1</script>`), html);
    assert.ok(html.includes('<script nonce="mine">2</script>'), html);
    assert.ok(html.includes(`<script src="/x.js" nonce="${nonce}"></script>`), html);
    assert.equal([...response.headers.values()].filter((value) => value === nonce).length, 0);
  }
  assert.equal(nonces.size, 2);
});

Deno.test("Fresh: answers that were not rendered keep 'unsafe-inline'", async () => {
  const app = new App().use(csp({ useNonce: true })).get("/", (ctx) => ctx.text("x"));
  assert.match(policyOf(await app.handler()(get("/"))), /script-src 'self' 'unsafe-inline'/);
});
