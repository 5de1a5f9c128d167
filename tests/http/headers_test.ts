import assert from "node:assert/strict";
import { WholeServer } from "../fakes/whole_server.ts";

interface Served extends AsyncDisposable {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, headers: Record<string, string>): Promise<Response>;
}

async function serve(env: Record<string, string> = {}): Promise<Served> {
  const server = await WholeServer.start(env);
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(server.origin + path, { redirect: "manual", ...init });
    // Read here, so that no body stays open.
    return new Response(await response.arrayBuffer(), response);
  };
  return {
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, headers) =>
      ask(path, { method: "POST", headers, body: new URLSearchParams({ username: "x" }) }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function policyOf(response: Response): Map<string, string> {
  const header = response.headers.get("content-security-policy") ?? "";
  return new Map(
    header.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values.join(" ")];
    }),
  );
}

Deno.test("UI-8: a page has a policy with a nonce of its own, and nothing inline without it", async () => {
  await using served = await serve();
  const [first, second] = [await served.get("/login"), await served.get("/login")];
  const policy = policyOf(first);
  assert.match(policy.get("script-src")!, /^'self' 'nonce-[\w+/=-]{16,}'$/);
  assert.match(policy.get("style-src")!, /^'self' 'nonce-[\w+/=-]{16,}' 'sha256-[\w+/=]{44}'$/);
  assert.equal(policy.get("frame-ancestors"), "'none'");
  assert.equal(
    policy.has("upgrade-insecure-requests"),
    false,
    "plain http would be sent to an https that is not there",
  );
  assert.notEqual(policy.get("script-src"), policyOf(second).get("script-src"));
  const html = await first.text();
  assert.doesNotMatch(html, /<[^>]+\son\w+=/i, "an inline handler");
  for (const [tag] of html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>/g)) assert.match(tag, /nonce=/);
});

Deno.test("UI-8: what is no page of the app can run no script", async () => {
  await using served = await serve();
  for (const path of ["/healthz", "/api/nowhere", "/nowhere", "/favicon.svg", "/%E0%A4%A", "/"]) {
    const response = await served.get(path);
    const policy = policyOf(response);
    const script = policy.get("script-src") ?? policy.get("default-src");
    const nonced = response.headers.get("content-type")?.startsWith("text/html") &&
      /^'self' 'nonce-/.test(script ?? "");
    assert.ok(script === "'none'" || nonced, `${path}: ${script}`);
    assert.equal(policy.get("frame-ancestors"), "'none'", path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    assert.ok(response.headers.has("referrer-policy"), path);
    assert.equal(response.headers.has("strict-transport-security"), false, path);
    assert.ok(response.headers.has("cache-control"), path);
  }
});

Deno.test("UI-8: behind a trusted proxy with TLS the browser is told to stay with TLS", async () => {
  await using served = await serve({ BEHEST_TRUST_PROXY: "yes" });
  const response = await served.get("/login", { "x-forwarded-proto": "https" });
  assert.match(response.headers.get("strict-transport-security") ?? "", /^max-age=\d+/);
  assert.equal(policyOf(response).has("upgrade-insecure-requests"), true);
  assert.equal((await served.get("/login")).headers.has("strict-transport-security"), false);
});

Deno.test("OP-1: without BEHEST_TRUST_PROXY nobody's forwarding headers are believed", async () => {
  await using served = await serve();
  const response = await served.get("/login", {
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.9",
  });
  assert.equal(response.headers.has("strict-transport-security"), false);
});

Deno.test("AU-5: another site's page cannot post with somebody's cookie; configured origins can", async () => {
  await using served = await serve({ BEHEST_ORIGINS: "https://app.example.org" });
  const foreign = await served.post("/login", {
    origin: "https://evil.example.org",
    "sec-fetch-site": "cross-site",
  });
  assert.equal(foreign.status, 403);
  const api = await served.post("/api/v1/auth/logout", { origin: "https://evil.example.org" });
  assert.equal(api.status, 403);
  assert.equal(api.headers.get("content-type"), "application/problem+json");
  assert.equal((await api.json()).kind, "forbidden");
  const configured = await served.post("/login", { origin: "https://app.example.org" });
  assert.notEqual(configured.status, 403);
});

Deno.test("WS-1: what the API does not have is a problem with a kind, not a page", async () => {
  await using served = await serve();
  const missing = await served.get("/api/v1/nowhere");
  assert.equal(missing.status, 404);
  assert.equal(missing.headers.get("content-type"), "application/problem+json");
  assert.equal((await missing.json()).kind, "not_found");
  const method = await served.post("/healthz", {});
  assert.equal(method.status, 405);
  assert.equal((await method.json()).kind, "method_not_allowed");
  const page = await served.get("/nowhere");
  assert.equal(page.status, 404);
  assert.match(page.headers.get("content-type")!, /^text\/html/);
});
