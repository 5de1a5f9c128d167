import assert from "node:assert/strict";
import { BehestClient } from "../../lib/client/mod.ts";
import { type AccessTokenMade, limits, type TokenScope, tokenScopes } from "../../lib/protocol/mod.ts";
import { operations } from "../../lib/reference/mod.ts";
import { tokenCalls } from "../../lib/web/admission.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { served } from "../fakes/served.ts";
import { until } from "../fakes/until.ts";

const day = 24 * 3600_000;

async function post(rig: AppRig, path: string, body: unknown, authorization: string) {
  return await rig.send(`/api/v1${path}`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function made(
  rig: AppRig,
  username: string,
  scopes: readonly TokenScope[],
  more: { expiresAt?: string } = {},
): Promise<AccessTokenMade> {
  const body = { name: "Doorbell", scopes, ...more };
  const response = await post(rig, "/tokens", body, rig.bearerOf(username).authorization);
  const answer = await response.json();
  assert.equal(response.status, 201, JSON.stringify(answer));
  return answer;
}

const bearer = ({ token }: { token: string }) => `Bearer ${token}`;

Deno.test("AU-11: a token is shown once and kept as a hash; it is listed with its last use, and revoked", async () => {
  await using rig = await AppRig.start();
  const token = await made(rig, "ann", ["read", "read"]);
  assert.deepEqual(token.scopes, ["read"]);
  assert.equal(token.expiresAt, null);
  const list = async () => {
    const response = await rig.send("/api/v1/tokens", { headers: rig.bearerOf("ann") });
    return await response.json();
  };
  const first = await list();
  assert.deepEqual(first.tokens.map(({ lastUsedAt }: { lastUsedAt: unknown }) => lastUsedAt), [null]);
  assert.ok(!JSON.stringify(first).includes(token.token));
  const profile = () => rig.send("/api/v1/profile", { headers: { authorization: bearer(token) } });
  assert.equal((await profile()).status, 200);
  const basic = `Basic ${btoa(`ann:${token.token}`)}`;
  assert.equal((await rig.send("/api/v1/profile", { headers: { authorization: basic } })).status, 200);
  const others = `Basic ${btoa(`bob:${token.token}`)}`;
  assert.equal((await rig.send("/api/v1/profile", { headers: { authorization: others } })).status, 401);
  await until(async () => (await list()).tokens[0].lastUsedAt !== null, "its last use");
  const sessions = await (await rig.send("/api/v1/auth/sessions", { headers: rig.bearerOf("ann") })).json();
  assert.equal(sessions.sessions.length, 1, "a token is no session to log out");
  for (const [who, status] of [["bob", 404], ["ann", 204], ["ann", 404]] as const) {
    const gone = await rig.send(`/api/v1/tokens/${token.id}`, {
      method: "DELETE",
      headers: rig.bearerOf(who),
    });
    assert.equal(gone.status, status);
  }
  assert.equal((await profile()).status, 401);
});

Deno.test("AU-11: a token ends at its time, with a new password, and when the account is suspended", async () => {
  await using rig = await AppRig.start();
  const soon = new Date(rig.clock.now() + day).toISOString();
  const [short, long, third] = [
    await made(rig, "ann", ["read"], { expiresAt: soon }),
    await made(rig, "ann", ["read"]),
    await made(rig, "bob", ["read"]),
  ];
  const statusOf = async (token: AccessTokenMade) =>
    (await rig.send("/api/v1/profile", { headers: { authorization: bearer(token) } })).status;
  assert.deepEqual([await statusOf(short), await statusOf(long)], [200, 200]);
  const changed = await post(
    rig,
    "/auth/password",
    { current: "a long enough passphrase", next: "another long enough passphrase" },
    rig.bearerOf("ann").authorization,
  );
  assert.ok(changed.ok);
  assert.deepEqual([await statusOf(short), await statusOf(long)], [401, 401]);
  const past = new Date(rig.clock.now() - 1).toISOString();
  const refused = await post(
    rig,
    "/tokens",
    { name: "x", scopes: ["read"], expiresAt: past },
    rig.bearerOf("bob").authorization,
  );
  assert.equal(refused.status, 400);
  assert.deepEqual(Object.keys((await refused.json()).fields), ["expiresAt"]);
  assert.equal(await statusOf(third), 200);
  const wrong = `${third.token.slice(0, -1)}${third.token.endsWith("A") ? "B" : "A"}`;
  for (const token of [wrong, "behest_", `behest_${"0".repeat(26)}_${"A".repeat(43)}`, `${third.token}x`]) {
    assert.equal(await statusOf({ ...third, token }), 401, token);
  }
});

Deno.test("AU-11: with every scope, and of an administrator, a token makes only the calls of the table", async () => {
  await using rig = await AppRig.start();
  await rig.setRole("bob", "admin");
  const token = await made(rig, "bob", tokenScopes);
  let refusals = 0;
  for (const [name, operation] of Object.entries(operations)) {
    if (operation.open) continue;
    const [method, path] = name.split(" ") as [string, string];
    const route = name.replaceAll(/\{(\w+)\}/g, (_, part) => `:${part === "group" ? "name" : part}`);
    const response = await rig.send(`/api/v1${path.replaceAll(/\{\w+\}/g, "x")}`, {
      method,
      headers: { authorization: bearer(token), "content-type": "application/json" },
      ...(method === "GET" ? {} : { body: "{}" }),
    });
    if (Object.hasOwn(tokenCalls, route)) {
      assert.notEqual(response.status, 403, name);
      assert.notEqual(response.status, 401, name);
    } else {
      refusals++;
      assert.equal(response.status, path.startsWith("/admin") ? 404 : 403, name);
    }
  }
  assert.ok(refusals > 50);
});

Deno.test("AU-11: each scope opens what it names and nothing else; pages take no token", async () => {
  await using rig = await AppRig.start();
  for (const scope of tokenScopes) {
    const token = await made(rig, "ann", [scope]);
    for (const [name, scopes] of Object.entries(tokenCalls)) {
      const [method, path] = name.split(" ") as [string, string];
      const response = await rig.send(`/api/v1${path.replaceAll(/:\w+/g, "x")}`, {
        method,
        headers: { authorization: bearer(token), "content-type": "application/json" },
        ...(method === "GET" ? {} : { body: "{}" }),
      });
      assert.equal(response.status === 403, !scopes.includes(scope), `${scope}: ${name}`);
    }
    const page = await rig.send("/", {
      headers: { cookie: `behest_session=${token.token}`, accept: "text/html" },
      redirect: "manual",
    });
    assert.equal(page.status, 403);
  }
});

Deno.test("AU-11: one request of a script sends a command; a person has a bounded number of tokens", async () => {
  await using rig = await AppRig.start();
  await rig.befriend("ann", "bob");
  const token = await made(rig, "ann", ["send"]);
  const draft = {
    key: "deploy-7",
    audience: { kind: "user", to: ["bob"] },
    kind: "task",
    title: "Water the plants",
  };
  const sent = await post(rig, "/commands", draft, bearer(token));
  const { command } = await sent.json();
  assert.equal(sent.status, 201);
  const again = await (await post(rig, "/commands", draft, bearer(token))).json();
  assert.equal(again.command.id, command.id);
  const listed = await rig.send("/api/v1/commands?box=inbox", { headers: rig.bearerOf("bob") });
  assert.equal((await listed.json()).items[0].command.id, command.id);
  for (let count = 1; count < limits.tokensPerPerson; count++) await made(rig, "ann", ["read"]);
  const full = await post(
    rig,
    "/tokens",
    { name: "x", scopes: ["read"] },
    rig.bearerOf("ann").authorization,
  );
  assert.equal(full.status, 409);
});

Deno.test("AU-11: on the socket a token stops but never resumes, hears only with receive, and ends when revoked", async () => {
  await using rig = await AppRig.start();
  await rig.befriend("ann", "bob");
  await using app = await served(rig.services);
  const client = (token: string, device: string) =>
    new BehestClient({ url: `ws://127.0.0.1:${app.port}/api/ws`, token, device });
  const [sending, receiving] = [
    await made(rig, "bob", ["send"]),
    await made(rig, "bob", ["receive"]),
  ];
  const [sender, receiver, ann] = [
    client(sending.token, "script"),
    client(receiving.token, "screen"),
    client(rig.tokenOf("ann"), "phone"),
  ];
  try {
    const heard: string[] = [];
    let ended = "";
    sender.on("connection", ({ kind }) => ended = kind);
    for (const [name, one] of [["script", sender], ["screen", receiver]] as const) {
      one.on("deliver", () => void heard.push(name));
    }
    for (const one of [sender, receiver, ann]) one.connect();
    const kindOf = (asked: Promise<unknown>) => asked.then(() => "ok", (error) => error.kind);
    assert.equal(await kindOf(sender.request("category.list", {})), "ok");
    assert.equal(await kindOf(receiver.request("command.list", { box: "inbox" })), "ok");
    const draft = (key: string) => ({
      key,
      audience: { kind: "user" as const, to: ["bob"] },
      kind: "task" as const,
      title: "Water the plants",
    });
    await ann.request("command.send", draft("one"));
    await until(() => heard.length > 0, "the delivery to the screen");
    // A token that only sends learns nothing of what waits (AU-11).
    const counts = new Map<string, number>();
    for (const [name, scopes] of [["asker", ["send"]], ["reader", ["read"]]] as const) {
      const late = client((await made(rig, "bob", [...scopes])).token, name);
      late.connect();
      counts.set(name, (await late.whenOnline()).pending);
      late.close();
    }
    assert.deepEqual([...counts], [["asker", 0], ["reader", 1]]);
    await ann.request("command.send", draft("two"));
    await until(() => heard.length > 1, "the second delivery");
    assert.deepEqual(new Set(heard), new Set(["screen"]));
    for (
      const [one, method, params] of [
        [sender, "inbox.list", {}],
        [sender, "preferences.get", {}],
        [receiver, "preferences.set", { acceptFrom: "anyone" }],
        [receiver, "command.send", draft("three")],
        [receiver, "contact.request", { username: "ann" }],
      ] as const
    ) assert.equal(await kindOf(one.request(method, params as never)), "forbidden", method);
    assert.equal(await kindOf(sender.request("safety.stop", {})), "ok");
    assert.equal(await kindOf(sender.request("safety.resume", { confirm: true })), "forbidden");
    assert.equal(await kindOf(receiver.request("safety.resume", { confirm: true })), "forbidden");
    const gone = await rig.send(`/api/v1/tokens/${sending.id}`, {
      method: "DELETE",
      headers: rig.bearerOf("bob"),
    });
    assert.equal(gone.status, 204);
    await until(async () => {
      await rig.later(limits.closeQuietMs);
      return ended === "login";
    }, "the end of the revoked token's socket");
  } finally {
    for (const one of [sender, receiver, ann]) one.close();
  }
});
