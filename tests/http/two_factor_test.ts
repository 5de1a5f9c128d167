import assert from "node:assert/strict";
import { generate } from "otplib";
import { AccountWorld, password } from "../fakes/account_world.ts";
import { Authenticator } from "../fakes/authenticator.ts";
import { form } from "../fakes/page_forms.ts";
import { RawSocket } from "../fakes/raw_socket.ts";
import type { WholePerson } from "../fakes/whole_server.ts";

type World = AccountWorld;

/** What the app shows now; steps are numbered so that each is used once. */
function codeOf(world: World, secret: string, step = 0): Promise<string> {
  return generate({ secret, epoch: Math.floor(world.clock.now() / 1000) + 30 * step });
}

async function withApp(world: World, who: WholePerson): Promise<{ secret: string; recoveryCodes: string[] }> {
  const begun = await world.server.post<{ secret: string; uri: string }>(who, "/auth/totp", { password });
  assert.equal(begun.status, 200);
  const { secret, uri } = begun.body;
  assert.ok(uri.startsWith("otpauth://totp/Behest"));
  const confirmed = await world.server.post<{ recoveryCodes: string[] }>(who, "/auth/totp/confirm", {
    code: await codeOf(world, secret, -1),
  });
  assert.equal(confirmed.status, 200);
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}

/** Passkeys need a name: the server is the same, its address another. */
function atLocalhost(world: World, path: string, who: WholePerson | null, body: object, method = "POST") {
  return fetch(`http://localhost:${world.server.port}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json", ...who?.headers },
    body: JSON.stringify(body),
  });
}

const origin = (world: World) => `http://localhost:${world.server.port}`;

async function withPasskey(world: World, who: WholePerson): Promise<Authenticator> {
  const key = await Authenticator.make();
  const options = await (await atLocalhost(world, "/auth/passkeys/options", who, { password })).json();
  assert.equal(options.rp.id, "localhost");
  assert.deepEqual(options.authenticatorSelection.residentKey, "required");
  const response = await key.create(options.challenge, origin(world));
  const added = await atLocalhost(world, "/auth/passkeys", who, { name: "Laptop", response });
  assert.equal(added.status, 201);
  const body = await added.json();
  assert.equal(body.passkey.name, "Laptop");
  return key;
}

Deno.test("AU-7: by REST: state, app, recovery codes, login with a code, removal", async () => {
  await using world = await AccountWorld.start();
  const { server, ann } = world;
  const none = { totp: false, recoveryCodes: 0, passkeys: [], required: false };
  assert.deepEqual((await server.ask(ann, "/auth/two-factor")).body, none);
  const { secret, recoveryCodes } = await withApp(world, ann);
  assert.deepEqual((await server.ask(ann, "/auth/two-factor")).body, {
    ...none,
    totp: true,
    recoveryCodes: 10,
  });
  const login = (code?: string) => server.post(ann, "/auth/login", { username: "ann", password, code });
  const without = await login();
  assert.deepEqual([without.status, Object.keys(without.body.fields as object)], [401, ["code"]]);
  const code = await codeOf(world, secret);
  assert.deepEqual([(await login(code)).status, (await login(code)).status], [200, 401]);
  assert.equal((await login(recoveryCodes[0])).status, 200);
  const renewed = await server.post<{ recoveryCodes: string[] }>(ann, "/auth/recovery-codes", { password });
  assert.equal(renewed.body.recoveryCodes.length, 10);
  const headers = { "content-type": "application/json" };
  const remove = (body: object) =>
    server.ask(ann, "/auth/totp", { method: "DELETE", headers, body: JSON.stringify(body) });
  assert.equal((await remove({ password })).status, 400);
  assert.equal((await remove({ password, code: "000000" })).status, 403);
  assert.equal((await remove({ password, code: renewed.body.recoveryCodes[0] })).status, 204);
  assert.deepEqual((await server.ask(ann, "/auth/two-factor")).body, none);
});

Deno.test("AU-7: by REST: a passkey is added, opens the account, and is removed", async () => {
  await using world = await AccountWorld.start();
  const { server, ann } = world;
  const key = await withPasskey(world, ann);
  const options = await (await atLocalhost(world, "/auth/passkey/options", null, {})).json();
  assert.deepEqual([options.rpId, options.userVerification], ["localhost", "required"]);
  const response = await key.get(options.challenge, origin(world));
  const login = await atLocalhost(world, "/auth/passkey", null, { response });
  assert.equal(login.status, 200);
  const { token, user, expiresAt } = await login.json();
  assert.deepEqual([user.username, typeof expiresAt], ["ann", "string"]);
  assert.equal(
    (await server.ask({ ...ann, headers: { authorization: `Bearer ${token}` } }, "/profile")).status,
    200,
  );
  const again = await atLocalhost(world, "/auth/passkey", null, { response });
  assert.equal(again.status, 401);
  const elsewhere = await server.post(ann, "/auth/passkeys/options", { password });
  assert.equal(elsewhere.status, 409, "an address without a name has no passkeys");
  const path = `/auth/passkeys/${key.id}`;
  assert.equal((await atLocalhost(world, path, ann, { password: "wrong password" }, "DELETE")).status, 403);
  assert.equal((await atLocalhost(world, path, ann, { password }, "DELETE")).status, 204);
  assert.equal((await atLocalhost(world, path, ann, { password }, "DELETE")).status, 404);
});

Deno.test("AU-7: bad bodies are refused one by one", async () => {
  await using world = await AccountWorld.start();
  const { server, ann } = world;
  const cases: [string, unknown][] = [
    ["/auth/totp", {}],
    ["/auth/totp", { password, extra: 1 }],
    ["/auth/totp/confirm", { code: 123456 }],
    ["/auth/totp/confirm", { code: "1".repeat(65) }],
    ["/auth/recovery-codes", []],
    ["/auth/passkeys", { name: "x" }],
    ["/auth/passkeys", { name: "", response: {} }],
    ["/auth/passkeys", { name: "x", response: { id: "!", rawId: "!", type: "public-key", response: {} } }],
    ["/auth/passkey", { response: null }],
    ["/auth/passkey", { response: { id: "a", rawId: "a", type: "password", response: {} } }],
    ["/auth/passkey", {
      response: {
        id: "a",
        rawId: "a",
        type: "public-key",
        response: { clientDataJSON: "x".repeat(5000), authenticatorData: "x", signature: "x" },
      },
    }],
  ];
  for (const [path, body] of cases) {
    assert.equal(
      (await server.post(ann, path, body)).status,
      400,
      `${path} ${JSON.stringify(body)}`.slice(0, 120),
    );
  }
  const garbage = { clientDataJSON: "AAAA", authenticatorData: "AAAA", signature: "AAAA" };
  const response = { id: "AAAA", rawId: "AAAA", type: "public-key", response: garbage };
  assert.equal((await server.post(ann, "/auth/passkey", { response })).status, 401);
  const created = { clientDataJSON: "AAAA", attestationObject: "AAAA" };
  const add = { name: "x", response: { ...response, response: created } };
  assert.equal((await server.post(ann, "/auth/passkeys", add)).status, 400);
});

Deno.test("AU-7: a role that must have a second factor gets nowhere without one, by REST, socket and page", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, bob, root } = world;
  await withApp(world, bob);
  const headers = { "content-type": "application/json" };
  const put = (who: WholePerson, roles: unknown) =>
    server.ask(who, "/admin/two-factor", { method: "PUT", headers, body: JSON.stringify({ roles }) });
  assert.equal((await put(ann, ["member"])).status, 404);
  assert.equal((await put(root, ["nobody"])).status, 400);
  assert.deepEqual((await put(root, ["member", "member"])).body, { roles: ["member"] });
  assert.deepEqual((await server.ask(root, "/admin/two-factor")).body, { roles: ["member"] });
  for (const path of ["/profile", "/auth/sessions", "/files", "/account/export", "/avatars/ann"]) {
    const refused = await server.ask(ann, path);
    assert.deepEqual([refused.status, refused.body.kind], [403, "forbidden"], path);
    assert.match(String(refused.body.detail), /second factor/);
    const taken = await server.fetch(bob, path);
    await taken.body?.cancel();
    assert.notEqual(taken.status, 403, path);
  }
  assert.equal((await server.post(ann, "/auth/ticket", {})).status, 403);
  await using closed = await RawSocket.open(server.port, "/api/ws", ann.headers);
  await using opened = await RawSocket.open(server.port, "/api/ws", bob.headers);
  assert.deepEqual([closed.status, opened.status], [403, 101]);
  const page = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(server.origin + path, {
      redirect: "manual",
      ...init,
      headers: { cookie: `behest_session=${ann.token}`, ...init.headers as Record<string, string> },
    });
    await response.body?.cancel();
    return [response.status, response.headers.get("location")];
  };
  for (const path of ["/", "/send", "/profile", "/account", "/resume", "/admin"]) {
    assert.deepEqual(await page(path), [303, "/two-factor"], path);
  }
  assert.deepEqual(await page("/two-factor"), [200, null]);
  const post = { method: "POST", headers: { "sec-fetch-site": "same-origin" }, body: new URLSearchParams() };
  assert.deepEqual(await page("/stop", post), [303, "/"], "nothing is in the way of a stop");
  assert.notEqual(await server.open.services.safety.stoppedSince(world.annId), null);
  await withApp(world, ann);
  assert.equal((await server.ask(ann, "/profile")).status, 200);
  assert.equal((await server.post(ann, "/auth/logout", {})).status, 204);
});

Deno.test("AU-7: an administrator who lacks the factor of the role is told so; others still find nothing", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, root } = world;
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ roles: ["admin", "member"] });
  assert.equal((await server.ask(root, "/admin/two-factor", { method: "PUT", headers, body })).status, 200);
  assert.equal((await server.ask(root, "/admin/users")).status, 403);
  assert.equal((await server.ask(ann, "/admin/users")).status, 404);
});

Deno.test("AU-7: an administrator resets somebody's second factor, with a reason that the audit log keeps", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, root } = world;
  await withApp(world, ann);
  const headers = { "content-type": "application/json" };
  const reset = (who: WholePerson, body: object) =>
    server.ask(who, "/admin/users/ann/two-factor", { method: "DELETE", headers, body: JSON.stringify(body) });
  assert.equal((await reset(ann, { reason: "x" })).status, 404);
  assert.equal((await reset(root, {})).status, 400);
  assert.equal((await reset(root, { reason: "Lost phone." })).status, 204);
  assert.equal((await server.ask(ann, "/profile")).status, 401, "the lost device is logged out");
  assert.equal((await server.post(ann, "/auth/login", { username: "ann", password })).status, 200);
  const { entries } = (await server.ask<{ entries: Record<string, unknown>[] }>(root, "/admin/audit")).body;
  assert.deepEqual([entries[0]?.action, entries[0]?.subject, entries[0]?.reason], [
    "user.two_factor_reset",
    "ann",
    "Lost phone.",
  ]);
});

Deno.test("AU-7: the login page asks for a code after the right password, and keeps no password", async () => {
  await using world = await AccountWorld.start();
  const { server, ann } = world;
  const { secret } = await withApp(world, ann);
  const login = (fields: Record<string, string>) =>
    fetch(`${server.origin}/login?next=%2Fsent`, { redirect: "manual", ...form(fields) });
  const wrong = await login({ username: "ann", password: "not the password" });
  assert.equal(wrong.status, 401);
  assert.doesNotMatch(await wrong.text(), /name="code"/);
  const second = await login({ username: "ann", password });
  const html = await second.text();
  assert.equal(second.status, 401);
  assert.match(html, /name="code"/);
  assert.match(html, /value="ann"/);
  assert.ok(!html.includes(password));
  assert.equal(second.headers.get("set-cookie"), null);
  const right = await login({ username: "ann", password, code: await codeOf(world, secret) });
  assert.deepEqual([right.status, right.headers.get("location")], [303, "/sent"]);
  assert.match(right.headers.get("set-cookie") ?? "", /^behest_session=.*HttpOnly/);
  const key = await (await login({ passkey: "{not json" })).text();
  assert.match(key, /role="alert"/);
});
