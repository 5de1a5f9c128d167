import assert from "node:assert/strict";
import { type Log, silentLog } from "../../lib/platform/mod.ts";
import { addressOf } from "../../lib/web/edge.ts";
import { peerOf } from "../../lib/web/forwarded.ts";
import { AppRig, withApp } from "../fakes/app_rig.ts";
import { served } from "../fakes/served.ts";
import { trusting } from "../fakes/trusting.ts";
import { answerNext, callsOf } from "../fakes/replaced_calls.ts";

/** A log that remembers what went wrong, by its events. */
function complaints(): { log: Log; events: string[] } {
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  const log: Log = { ...silentLog, warn: note, error: note, with: () => log };
  return { log, events };
}

/** The status line, headers and body that a raw request gets. */
async function raw(port: number, head: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}

Deno.test("API: an address that cannot be decoded is 404 for everybody, and no error is logged", async () => {
  const { log, events } = complaints();
  await withApp(async (send) => {
    for (const path of ["/api/v1/files/%E0%A4%A", "/api/%zz", "/api/v1/admin/users/%ff"]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        const response = await send(path, { method });
        assert.equal(response.status, 404, path);
        assert.equal(response.headers.get("content-type"), "application/problem+json");
        assert.equal((await response.json()).kind, "not_found");
      }
    }
    for (const path of ["/history/%zz", "/%ff", "/login%", "/sw.js%E0"]) {
      const response = await send(path, { headers: { accept: "text/html" } });
      assert.equal(response.status, 404, path);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      await response.body?.cancel();
    }
  }, { log });
  assert.deepEqual(events, []);
});

Deno.test("API: a Host that is none is 400, a method that HTTP does not know 405; no error is logged", async () => {
  const { log, events } = complaints();
  await using rig = await AppRig.start({ log });
  await using app = await served(rig.services);
  for (const host of ["a b", "[::", "x/y", "ho%st", "user@h", "h?x", "h:99999"]) {
    const answer = await raw(app.port, `GET /login HTTP/1.1\r\nHost: ${host}`);
    assert.match(answer, /^HTTP\/1\.1 400 /, host);
    assert.match(answer, /content-type: application\/problem\+json/i, host);
    assert.match(answer, /"kind":"invalid_params"/, host);
  }
  for (const method of ["BREW", "TRACE"]) {
    const answer = await raw(app.port, `${method} /api/v1/profile HTTP/1.1\r\nHost: a`);
    assert.match(answer, /^HTTP\/1\.1 405 /, method);
    assert.match(answer, /allow: GET, HEAD, POST/i, method);
  }
  assert.match(await raw(app.port, "GET /healthz HTTP/1.1\r\nHost: a"), /^HTTP\/1\.1 200 /);
  assert.deepEqual(events, []);
});

/** What the server makes of a request's address and sender. */
function seen(trusted: string, headers: Record<string, string>, hostname = "::ffff:127.0.0.1") {
  const request = new Request("http://127.0.0.1:8000/login?next=%2F", { headers });
  const peer = { transport: "tcp", hostname, port: 1 } as const;
  const trust = { trustProxy: trusting(trusted) };
  return { url: addressOf(request, peer, trust)?.href, address: peerOf(request, peer, trust) };
}

const seenFor = (trusted: string, list: string, hostname?: string) =>
  seen(trusted, { "x-forwarded-for": list }, hostname).address;

Deno.test("OP-10: of one trusted proxy's lists the last value counts, for scheme, host and address alike", () => {
  const headers = {
    "x-forwarded-proto": "http, https",
    "x-forwarded-host": "evil.example, behest.example:8443",
    "x-forwarded-for": "203.0.113.9, 198.51.100.7",
  };
  const told = { url: "https://behest.example:8443/login?next=%2F", address: "198.51.100.7" };
  assert.deepEqual(seen("1", headers), told);
  const direct = { url: "http://127.0.0.1:8000/login?next=%2F", address: "127.0.0.1" };
  assert.deepEqual(seen("0", headers), direct);
  assert.deepEqual(seen("127.0.0.0/8", headers), told);
  assert.deepEqual(seen("10.0.0.0/8", headers), direct, "a peer that is no proxy is not believed");
  const junk = { "x-forwarded-proto": "javascript", "x-forwarded-host": "a/b@c" };
  assert.deepEqual(seen("1", junk), direct);
});

Deno.test("OP-10: the port of a sender is no part of the address, and IPv6 may stand in brackets", () => {
  assert.equal(seenFor("1", "192.0.2.7:5123"), "192.0.2.7");
  assert.equal(seenFor("1", "192.0.2.7"), "192.0.2.7");
  assert.equal(seenFor("1", "[2001:DB8::7]:5123"), "2001:db8::7");
  assert.equal(seenFor("1", "[2001:db8:0:0::7]"), "2001:db8::7");
  assert.equal(seenFor("1", "2001:db8::7"), "2001:db8::7");
  assert.equal(seenFor("1", "fe80::1%eth0"), "fe80::1");
  assert.equal(seenFor("1", "::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(seenFor("1", "[::ffff:c000:207]:80"), "192.0.2.7");
});

Deno.test("OP-10: proxies in a row are counted from the server, and what stands before them is not believed", () => {
  const list = "6.6.6.6, 203.0.113.9, 10.0.0.2";
  assert.equal(seenFor("1", list), "10.0.0.2");
  assert.equal(seenFor("2", list), "203.0.113.9");
  assert.equal(seenFor("2", "203.0.113.9"), "203.0.113.9", "a shorter list ends with its first");
  assert.equal(seenFor("127.0.0.1, 10.0.0.0/8", list), "203.0.113.9");
  assert.equal(seenFor("::1,10.0.0.0/8", list, "::1"), "203.0.113.9");
  assert.equal(seenFor("10.0.0.0/8", list, "192.0.2.1"), "192.0.2.1");
  assert.equal(seenFor("127.0.0.1,10.0.0.0/8", "<x>, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
  assert.equal(seenFor("1", ""), "127.0.0.1", "a request without a list is the proxy's own");
  const both = { "x-forwarded-proto": "https, http", "x-forwarded-for": "203.0.113.9, 10.0.0.2" };
  assert.match(seen("2", both).url ?? "", /^https:/);
  assert.match(seen("1", both).url ?? "", /^http:/);
});

Deno.test("OP-10: a proxy that names no address gets 400, so that nobody shares one limit with everybody", async () => {
  for (
    const junk of [
      "unknown",
      "<x>",
      "_hidden",
      "203.0.113.9, 1.2.3",
      "1.2.3.4:99999999",
      "[1.2.3.4]",
      "[::1",
      "a:b",
      "999.1.1.1",
    ]
  ) {
    assert.equal(seenFor("1", junk), null, junk);
    assert.equal(seenFor("0", junk), "127.0.0.1", junk);
  }
  const { log, events } = complaints();
  await withApp(async (send) => {
    const call = await send("/api/v1/profile", { headers: { "x-forwarded-for": "unknown" } });
    assert.equal(call.status, 400);
    assert.match((await call.json()).detail, /X-Forwarded-For/);
    assert.ok(call.headers.has("content-security-policy"));
    const good = await send("/login", { headers: { "x-forwarded-for": "junk, 192.0.2.7:1" } });
    assert.equal(good.status, 200);
  }, { env: { BEHEST_TRUST_PROXY: "1" }, log });
  assert.deepEqual(events, ["proxy.unreadable"]);
});

Deno.test("OP-1: cookies, HSTS and origins follow the same last value of a proxy's list", async () => {
  await withApp(async (send, app) => {
    const response = await send("/discreet", {
      method: "POST",
      headers: {
        "cookie": app.cookieOf("ann"),
        "content-type": "application/x-www-form-urlencoded",
        "x-forwarded-proto": "http, https",
        "x-forwarded-host": "evil.example, behest.example",
        "origin": "https://behest.example",
      },
      body: "on=yes",
    });
    assert.equal(response.status, 303);
    assert.match(response.headers.get("set-cookie") ?? "", /; Secure$/);
    assert.ok(response.headers.has("strict-transport-security"));
  }, { env: { BEHEST_TRUST_PROXY: "1" } });
});

Deno.test("AU-9: HEAD of the export begins none, and leaves the way free for the next", async () => {
  await withApp(async (send, app) => {
    const headers = app.bearerOf("ann");
    const begun = callsOf(app.services.accountData, "export");
    const head = await send("/api/v1/account/export", { method: "HEAD", headers });
    assert.deepEqual([head.status, await head.text(), head.headers.get("content-type")], [
      200,
      "",
      "application/zip",
    ]);
    assert.equal(begun.length, 0);
    const whole = await send("/api/v1/account/export", { headers });
    assert.equal(whole.status, 200);
    assert.ok((await whole.bytes()).length > 0);
    assert.equal((await send("/api/v1/account/export", { method: "HEAD" })).status, 401);
  });
});

Deno.test("API: what a HEAD made for its body is let go of", async () => {
  await withApp(async (send, app) => {
    let held = 0;
    answerNext(app.services.profiles, "avatar", {
      file: await app.file(),
      open: () =>
        Promise.resolve(new ReadableStream({ start: () => void held++, cancel: () => void held-- })),
    });
    const headers = app.bearerOf("ann");
    const head = await send("/api/v1/avatars/ann", { method: "HEAD", headers });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal(held, 0);
    for (const path of ["/login", "/healthz", "/api/v1/profile", "/styles.css", "/nowhere"]) {
      assert.equal(await (await send(path, { method: "HEAD", headers })).text(), "", path);
    }
  });
});

Deno.test("UI-8: a 304 of what may be kept does not say that nothing may be kept", async () => {
  await withApp(async (send) => {
    const sheet = /href="([^"]*\/styles\.css[^"]*)"/.exec(await (await send("/login")).text())?.[1] ?? "";
    const whole = await send(sheet);
    assert.match(whole.headers.get("cache-control") ?? "", /immutable/);
    const etag = whole.headers.get("etag") ?? "";
    await whole.body?.cancel();
    const same = await send(sheet, { headers: { "if-none-match": etag } });
    assert.deepEqual([same.status, same.headers.get("cache-control")], [304, null]);
  });
});
