import assert from "node:assert/strict";
import { jwtVerify } from "jose";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { loadVapidKeys, vapidKeys, WebPush } from "../../lib/adapters/push/web_push.ts";
import type { PushOutcome, PushSender } from "../../lib/push/mod.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { openTestServices, person } from "../fakes/open_services.ts";
import { served } from "../fakes/served.ts";
import { until } from "../fakes/until.ts";

const keys = vapidKeys(new Uint8Array(32).fill(9));
const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/secret-token";

interface Took {
  path: string;
  headers: Headers;
  body: Uint8Array;
}

/** A push service on this computer, and a sender whose requests end up there, whatever host they are for. */
function pushService(
  answer: (took: Took) => Response | Promise<Response> = () => new Response(null, { status: 201 }),
) {
  const took: Took[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const one = {
      path: new URL(request.url).pathname,
      headers: request.headers,
      body: await request.bytes(),
    };
    took.push(one);
    return await answer(one);
  });
  const sender = new WebPush({
    keys,
    contact: "mailto:admin@example.org",
    fetch: (url, init) => {
      const { pathname, search } = new URL(url);
      return fetch(`http://127.0.0.1:${server.addr.port}${pathname}${search}`, init);
    },
  });
  return { took, sender, [Symbol.asyncDispose]: () => server.shutdown() };
}

const never = new AbortController().signal;

Deno.test("UI-7: a push has no content, and is signed for its push service alone", async () => {
  await using service = pushService();
  assert.deepEqual(await service.sender.send(endpoint, never), { kind: "sent" });
  const [{ path, headers, body } = assert.fail()] = service.took;
  assert.equal(path, "/wpush/v2/secret-token");
  assert.equal(body.length, 0);
  assert.equal(headers.get("content-encoding"), null);
  assert.ok(Number(headers.get("ttl")) > 0);
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.get("authorization") ?? "") ??
    [];
  assert.equal(key, keys.publicKey);
  const point = Uint8Array.fromBase64(key, { alphabet: "base64url" });
  const publicKey = await crypto.subtle.importKey(
    "raw",
    point,
    { name: "ECDSA", namedCurve: "P-256" },
    true,
    ["verify"],
  );
  const { payload } = await jwtVerify(token, publicKey);
  assert.equal(payload.aud, "https://updates.push.services.mozilla.com");
  assert.equal(payload.sub, "mailto:admin@example.org");
  assert.ok(payload.exp! * 1000 - Date.now() <= 24 * 3600_000);
});

Deno.test("UI-7: what a push service answers is understood, and nothing unknown counts as sent", async () => {
  const expected: [Response, PushOutcome][] = [
    [new Response("ok", { status: 200 }), { kind: "sent" }],
    [new Response(null, { status: 202 }), { kind: "sent" }],
    [new Response("gone", { status: 410 }), { kind: "gone" }],
    [new Response("no", { status: 404 }), { kind: "gone" }],
    [new Response("other key", { status: 403 }), { kind: "gone" }],
    [new Response("bad", { status: 400 }), { kind: "refused", why: "HTTP 400" }],
    [new Response("big", { status: 413 }), { kind: "refused", why: "HTTP 413" }],
    [
      new Response(null, { status: 307, headers: { location: "http://127.0.0.1:1/" } }),
      { kind: "refused", why: "HTTP 307" },
    ],
    [new Response("down", { status: 503 }), { kind: "later", waitMs: null, why: "HTTP 503" }],
    [
      new Response("slow down", { status: 429, headers: { "retry-after": "120" } }),
      { kind: "later", waitMs: 120_000, why: "HTTP 429" },
    ],
    [
      new Response("slow down", { status: 429, headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" } }),
      { kind: "later", waitMs: null, why: "HTTP 429" },
    ],
  ];
  const answers = expected.map(([response]) => response);
  await using service = pushService(() => answers.shift()!);
  for (const [, outcome] of expected) {
    const found = await service.sender.send(endpoint, never);
    assert.deepEqual(found, outcome);
  }
  assert.equal(service.took.length, expected.length, "a redirect is not followed");
});

Deno.test("UI-7: nothing is sent to an address that is no push service's, however it came there", async () => {
  await using service = pushService();
  assert.deepEqual(await service.sender.send("https://127.0.0.1/", never), { kind: "gone" });
  assert.deepEqual(await service.sender.send("http://fcm.googleapis.com/x", never), { kind: "gone" });
  assert.equal(service.took.length, 0);
});

Deno.test("UI-7: a push service that hangs or is not there may do better later", async () => {
  const hung = Promise.withResolvers<Response>();
  await using service = pushService(() => hung.promise);
  const tooLong = new AbortController();
  const sending = service.sender.send(endpoint, tooLong.signal);
  await until(() => service.took.length === 1);
  tooLong.abort();
  const outcome = await sending;
  assert.equal(outcome.kind, "later");
  assert.ok(!JSON.stringify(outcome).includes("secret-token"));
  hung.resolve(new Response());
});

Deno.test("UI-7: the server's keys are made once, and any 32 bytes lead to some", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const made = await loadVapidKeys(dir);
    assert.deepEqual(await loadVapidKeys(dir), made);
    assert.equal((await Deno.stat(`${dir}/push.key`)).mode! & 0o077, 0);
    assert.equal(Uint8Array.fromBase64(made.publicKey, { alphabet: "base64url" }).length, 65);
    for (const byte of [0, 0xff]) {
      const odd = vapidKeys(new Uint8Array(32).fill(byte));
      assert.equal(Uint8Array.fromBase64(odd.privateKey, { alphabet: "base64url" }).length, 32);
    }
    await Deno.writeFile(`${dir}/push.key`, new Uint8Array(31));
    await assert.rejects(loadVapidKeys(dir), /32 bytes/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

/** Counts pushes; all of them are taken. */
function countingSender(): PushSender & { sent: string[] } {
  const sent: string[] = [];
  return {
    publicKey: keys.publicKey,
    sent,
    send: (to) => {
      sent.push(to);
      return Promise.resolve({ kind: "sent" });
    },
  };
}

Deno.test("UI-7: the REST calls switch it on and off for their caller", async () => {
  const pushes = countingSender();
  await using open = await openTestServices({ pushes });
  await using server = await served(open.services);
  const ann = await person(open, "demo-ann");
  const call = async (method: string, path: string, body?: unknown, token = ann.token) => {
    const response = await fetch(`${server.origin}/api/v1/push${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? null : JSON.parse(text) };
  };
  assert.deepEqual(await call("GET", ""), { status: 200, json: { key: keys.publicKey } });
  assert.equal((await call("GET", "", undefined, "nonsense")).status, 401);
  assert.equal((await call("POST", "/subscriptions", { endpoint }, "nonsense")).status, 401);
  assert.equal((await call("POST", "/subscriptions", { endpoint })).status, 204);
  for (
    const bad of [
      {},
      { endpoint: 1 },
      { endpoint: "x" },
      { endpoint: `https://fcm.googleapis.com/${"x".repeat(1024)}` },
      { endpoint, keys: {} },
      { endpoint: "http://127.0.0.1:8000/api/v1/auth/logout" },
      { endpoint: "https://internal.example/" },
    ]
  ) {
    const { status, json } = await call("POST", "/subscriptions", bad);
    assert.equal(status, 400, JSON.stringify(bad));
    assert.equal(json.kind, "invalid_params");
  }
  assert.equal((await call("DELETE", "/subscriptions", { endpoint })).status, 204);
  assert.equal((await call("DELETE", "/subscriptions", { endpoint })).status, 204);
  assert.deepEqual(pushes.sent, []);
});

Deno.test("CO-4 CO-6 UI-7: only what the person takes is told, when they take it, and nothing after the logout", async () => {
  const pushes = countingSender();
  // Noon, so that the quiet hours below are those of a night.
  const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
  await using store = await openStore(":memory:");
  await using open = await openTestServices({ pushes, clock, store });
  const { commands, preferences, safety, push, accounts } = open.services;
  const { caller: ann } = await person(open, "demo-ann");
  const { caller: bob } = await person(open, "demo-bob");
  const { caller: eve } = await person(open, "eve");
  let key = 0;
  const send = async (from: typeof bob, categories = ["general"]) => {
    const sent = await commands.send(from, {
      key: `key ${++key}`,
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "message",
      body: "Hello",
      categories,
    });
    assert.ok("command" in sent, JSON.stringify(sent));
    return sent.command.id;
  };
  /** Lets what nobody waits for come to its end. */
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await store.kv.get(["nothing"]);
      await settle();
    }
    await store.committer.idle();
  };
  /** How often somebody is told within the next while. */
  const told = async (ms = 15_000) => {
    for (let step = 0; step < 5; step++) {
      await turns();
      clock.advance(ms / 5);
      await open.runDueJobs();
    }
    await turns();
    return pushes.sent.splice(0).length;
  };
  assert.equal(await push.subscribe(ann, { endpoint }), true);
  await send(eve);
  assert.equal(await told(), 0, "she does not take anything from eve");
  await send(bob, ["feet"]);
  assert.equal(await told(), 0, "nor that");
  await send(bob);
  assert.equal(await told(), 1);

  await preferences.set(ann, { quietHours: { from: "13:00", to: "20:00" } });
  clock.advance(2 * 3600_000);
  await send(bob);
  assert.equal(await told(), 0);
  assert.equal(await told(6 * 3600_000), 1, "when the quiet hours are over");

  clock.advance(2 * 3600_000);
  await safety.stop(ann);
  await send(bob);
  assert.equal(await told(3 * 3600_000), 0, "stopped");
  await safety.resume(ann);

  await send(bob);
  assert.equal(await told(), 1);
  clock.advance(2 * 3600_000);
  await accounts.logout(ann);
  await send(bob);
  assert.equal(await told(), 0, "logged out");
});
