import assert from "node:assert/strict";
import { Tokens } from "../../lib/accounts/mod.ts";
import { limits, loginAnswer, registerAnswer, sessionList, ticketAnswer } from "../../lib/protocol/mod.ts";
import { authenticateRequest } from "../../lib/web/authentication.ts";
import { goodPassword, KeptLog, kindOf, must, origin } from "../fakes/accounts_rig.ts";
import { AppRig } from "../fakes/app_rig.ts";

/** The app without anybody but its administrator. */
async function authRig(mode: "evaluation" | "production" = "evaluation") {
  const log = new KeptLog();
  const app = await AppRig.start({ env: { BEHEST_MODE: mode }, log, people: [] });
  const { clock, services } = app;
  const call = (method: string, path: string, init: RequestInit = {}) => app.send(path, { ...init, method });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call("POST", `/api/v1/auth/${path}`, {
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  return {
    app,
    accounts: services.accounts,
    clock,
    log,
    services,
    call,
    post,
    /** A new account and its token. */
    async loggedIn(username = "alice"): Promise<{ token: string; bearer: { authorization: string } }> {
      const body = { username, password: goodPassword };
      assert.equal((await post("register", { ...body, adult: true })).status, 201);
      const { token } = loginAnswer.parse(await (await post("login", body)).json());
      return { token, bearer: { authorization: `Bearer ${token}` } };
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

async function problemOf(response: Response, status: number, kind: string): Promise<Record<string, unknown>> {
  assert.equal(response.status, status);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const problem = await response.json();
  assert.equal(problem.status, status);
  assert.equal(problem.kind, kind);
  return problem;
}

const sessions = "/api/v1/auth/sessions";

Deno.test("AU-1: register answers 201 with the user, and nothing secret", async () => {
  await using rig = await authRig();
  const response = await rig.post("register", { username: "Alice", password: goodPassword, adult: true });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const text = await response.text();
  assert.equal(registerAnswer.parse(JSON.parse(text)).user.username, "alice");
  assert.ok(!text.includes("scrypt"));
  const again = await rig.post("register", { username: "aLICE", password: goodPassword, adult: true });
  await problemOf(again, 409, "conflict");
});

Deno.test("AU-1: wrong fields are named, each with what to do", async () => {
  await using rig = await authRig();
  const good = { username: "alice", password: goodPassword, adult: true };
  const cases: [unknown, string][] = [
    [{ ...good, username: "аlice" }, "username"],
    [{ ...good, username: "al\u0000ice" }, "username"],
    [{ ...good, username: "al\ud800ice" }, "username"],
    [{ ...good, password: "short" }, "password"],
    [{ ...good, password: "1234567890987654321" }, "password"],
    [{ ...good, password: "nul\u0000nul\u0000nul" }, "password"],
    [{ ...good, password: "half\ud800pairs" }, "password"],
    [{ ...good, adult: false }, "adult"],
    [{ username: "alice", password: goodPassword }, "adult"],
    [{ ...good, role: "admin" }, "role"],
    [{ ...good, username: ["alice"] }, "username"],
    [[], "body"],
    ["text", "body"],
    [null, "body"],
  ];
  for (const [body, field] of cases) {
    const problem = await problemOf(await rig.post("register", body), 400, "invalid_params");
    assert.ok(
      typeof (problem.fields as Record<string, string>)[field] === "string",
      `${field}: ${JSON.stringify(problem)}`,
    );
  }
});

Deno.test("AU-1: a body that is no JSON, of another type, too large or with many unknown fields is refused", async () => {
  await using rig = await authRig();
  const send = (body: BodyInit | null, type = "application/json") =>
    rig.call("POST", "/api/v1/auth/register", {
      headers: { "content-type": type },
      ...(body === null ? {} : { body }),
    });
  for (const body of ["", "{", "not json", '{"a":1} x', "[".repeat(10_000), null]) {
    await problemOf(await send(body), 400, "invalid_params");
  }
  await problemOf(await send(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), 400, "invalid_params");
  await problemOf(await send("username=alice", "application/x-www-form-urlencoded"), 400, "invalid_params");
  await problemOf(
    await send(JSON.stringify({ username: "x".repeat(limits.restBodyBytes) })),
    413,
    "too_large",
  );
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(32)),
  });
  await problemOf(await send(endless), 413, "too_large");
  const unknown = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`${"field".repeat(30)}${at}`, 1]),
  );
  const problem = await problemOf(await send(JSON.stringify(unknown)), 400, "invalid_params");
  assert.ok(JSON.stringify(problem).length < 4096, "what is said of it is bounded");
});

Deno.test("AU-3: login answers token, end and user; the token opens what needs one", async () => {
  await using rig = await authRig();
  await rig.loggedIn();
  const response = await rig.post("login", { username: "ALICE", password: goodPassword });
  assert.equal(response.status, 200);
  const { token, expiresAt, user } = loginAnswer.parse(await response.json());
  assert.equal(user.username, "alice");
  assert.equal(Date.parse(expiresAt) - rig.clock.now(), limits.sessionMs);
  const listed = await rig.call("GET", sessions, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(listed.status, 200);
  assert.equal(sessionList.parse(await listed.json()).sessions.length, 2);
});

Deno.test("AU-4: 30 wrong passwords: the same body five times, then 429 with a growing Retry-After", async () => {
  for (const username of ["alice", "nobody-here", "аlice"]) {
    await using rig = await authRig();
    await rig.loggedIn();
    const bodies = new Set<string>();
    const waits: number[] = [];
    for (let count = 0; count < 30; count++) {
      const response = await rig.post("login", { username, password: `guess number ${count}` });
      if (count < 5) {
        assert.equal(response.status, 401);
        bodies.add(await response.text());
        continue;
      }
      waits.push(Number(response.headers.get("retry-after")));
      const problem = await problemOf(response, 429, "rate_limited");
      assert.equal(Math.ceil(Number(problem.retryAfterMs) / 1000), waits.at(-1));
    }
    assert.deepEqual([...bodies], [JSON.stringify({
      type: "about:blank",
      title: "Log in first",
      status: 401,
      detail: "Wrong username or password.",
      kind: "unauthorized",
    })]);
    assert.deepEqual(waits.slice(0, 6), [30, 60, 120, 240, 480, 900]);
    assert.ok(waits.every((wait, at) => at === 0 || wait >= waits[at - 1]!));
  }
});

Deno.test("AU-4: a client sends back the token of its last login, and strangers with the name do not lock it out", async () => {
  await using rig = await authRig();
  await rig.loggedIn();
  const right = { username: "alice", password: goodPassword };
  const login = await rig.post("login", right);
  const token = login.headers.get("behest-device-token") ?? "";
  assert.notEqual(token, "");
  const body = await login.json();
  assert.deepEqual(Object.keys(body).sort(), ["expiresAt", "token", "user"], "the body is the contract's");
  for (let at = 0; at < 6; at++) await rig.post("login", { ...right, password: `guess ${at}` });
  await problemOf(await rig.post("login", right), 429, "rate_limited");
  const known = await rig.post("login", right, { "behest-device-token": token });
  assert.equal(known.status, 200);
  const bearer = { authorization: `Bearer ${(await known.json()).token}` };
  const changed = await rig.post("password", { current: goodPassword, next: "eight blue kettles" }, bearer);
  assert.equal(changed.status, 200);
  const after = { "behest-device-token": changed.headers.get("behest-device-token") ?? "" };
  assert.equal((await rig.post("login", { ...right, password: "eight blue kettles" }, after)).status, 200);
});

Deno.test("AU-4: what is malformed in a login is just wrong, and unknown fields are refused", async () => {
  await using rig = await authRig();
  for (const username of ["", "al\u0000ice", "al\ud800ice", "a b", "x".repeat(256)]) {
    await problemOf(await rig.post("login", { username, password: "\ud800\u0000" }), 401, "unauthorized");
  }
  await problemOf(await rig.post("login", { username: "alice", password: 1 }), 400, "invalid_params");
  const extra = await rig.post("login", { username: "alice", password: "x", admin: true });
  await problemOf(extra, 400, "invalid_params");
});

Deno.test("WS-9: the 21st registration of an hour from an address is 429 in production", async () => {
  await using rig = await authRig("production");
  const register = (at: number) =>
    rig.post("register", { username: `person-${at}`, password: goodPassword, adult: true });
  for (let at = 0; at < 20; at++) assert.equal((await register(at)).status, 201);
  const refused = await register(20);
  assert.equal(refused.headers.get("retry-after"), "3600");
  await problemOf(refused, 429, "rate_limited");
});

Deno.test("AU-5: a token is taken as Bearer, as Basic with its username, and from the cookie", async () => {
  await using rig = await authRig();
  const { token } = await rig.loggedIn();
  const basic = (username: string, secret: string) => `Basic ${btoa(`${username}:${secret}`)}`;
  const status = async (headers: Record<string, string>) => {
    const response = await rig.call("GET", sessions, { headers });
    await response.body?.cancel();
    return response.status;
  };
  const good: Record<string, string>[] = [
    { authorization: `Bearer ${token}` },
    { authorization: `bearer ${token}` },
    { authorization: basic("alice", token) },
    { authorization: basic("ALICE", token) },
    { cookie: `other=1; behest_session=${token}; more=2` },
  ];
  for (const headers of good) assert.equal(await status(headers), 200, JSON.stringify(headers));
  const bad: Record<string, string>[] = [
    {},
    { authorization: token },
    { authorization: "Bearer" },
    { authorization: "Bearer not.a.token" },
    { authorization: `Digest ${token}` },
    { authorization: basic("bob", token) },
    { authorization: basic("alice", goodPassword) },
    { authorization: `Basic ${btoa(token)}` },
    { authorization: "Basic ????" },
    { cookie: `Behest_Session=${token}` },
    { cookie: `xbehest_session=${token}` },
    // The first that is there decides: a good cookie does not make up for a bad header.
    { authorization: "Bearer not.a.token", cookie: `behest_session=${token}` },
  ];
  for (const headers of bad) assert.equal(await status(headers), 401, JSON.stringify(headers));
  await problemOf(await rig.call("GET", `${sessions}?token=${token}`), 401, "unauthorized");
});

Deno.test("AU-5: the socket also takes a token and a single-use ticket in the query", async () => {
  await using rig = await authRig();
  const { token, bearer } = await rig.loggedIn();
  const response = await rig.call("POST", "/api/v1/auth/ticket", { headers: bearer });
  assert.equal(response.status, 200);
  const { ticket, expiresAt } = ticketAnswer.parse(await response.json());
  assert.equal(Date.parse(expiresAt) - rig.clock.now(), 30_000);
  const by = async (query: string, headers: Record<string, string> = {}) => {
    const url = new URL(`http://localhost/api/ws?${query}`);
    const caller = await authenticateRequest(rig.services, new Headers(headers), origin(), url);
    return "by" in caller ? caller.by : kindOf(caller);
  };
  assert.equal(await by(`token=${token}`), "query");
  assert.equal(await by(`ticket=${ticket}`), "ticket");
  assert.equal(await by(`ticket=${ticket}`), "unauthorized");
  assert.equal(await by("", { cookie: `behest_session=${token}` }), "cookie");
  assert.equal(await by("token=", { cookie: `behest_session=${token}` }), "unauthorized");
  assert.equal(await by(""), "unauthorized");
});

Deno.test("AU-3: tokens of another server, expired and revoked ones are refused", async () => {
  await using rig = await authRig();
  const { bearer, token } = await rig.loggedIn();
  const caller = must(await rig.accounts.authenticate(token, origin()));
  const foreign = await new Tokens(new Uint8Array(32).fill(1), rig.clock)
    .issue(caller.userId, caller.sessionId, rig.clock.now() + limits.sessionMs);
  const list = (authorization: string) => rig.call("GET", sessions, { headers: { authorization } });
  await problemOf(await list(`Bearer ${foreign}`), 401, "unauthorized");
  const second = loginAnswer.parse(
    await (await rig.post("login", { username: "alice", password: goodPassword })).json(),
  );
  const { sessionId } = must(await rig.accounts.authenticate(second.token, origin()));
  const revoked = await rig.call("DELETE", `${sessions}/${sessionId}`, { headers: bearer });
  assert.equal(revoked.status, 204);
  assert.equal(revoked.body, null);
  await problemOf(await list(`Bearer ${second.token}`), 401, "unauthorized");
  await problemOf(
    await rig.call("DELETE", `${sessions}/${sessionId}`, { headers: bearer }),
    404,
    "not_found",
  );
  rig.clock.advance(limits.sessionMs);
  await problemOf(await list(bearer.authorization), 401, "unauthorized");
});

Deno.test("AU-6: logout answers 204 and ends the session; with a cookie the browser forgets it too", async () => {
  await using rig = await authRig();
  const { token, bearer } = await rig.loggedIn();
  const cookie = { cookie: `behest_session=${token}` };
  const out = await rig.call("POST", "/api/v1/auth/logout", { headers: cookie });
  assert.equal(out.status, 204);
  assert.match(
    out.headers.get("set-cookie") ?? "",
    /^behest_session=; Path=\/; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 1970/,
  );
  await problemOf(await rig.call("GET", sessions, { headers: bearer }), 401, "unauthorized");
  await problemOf(await rig.call("POST", "/api/v1/auth/logout", { headers: cookie }), 401, "unauthorized");
});

Deno.test("AU-6, AU-13: a new password answers a new token, and ends the one before and the other sessions", async () => {
  await using rig = await authRig();
  const { bearer } = await rig.loggedIn();
  const other = loginAnswer.parse(
    await (await rig.post("login", { username: "alice", password: goodPassword })).json(),
  );
  const change = (current: string, next: string) => rig.post("password", { current, next }, bearer);
  await problemOf(await change("a wrong guess", "eight blue kettles"), 403, "forbidden");
  await problemOf(await change(goodPassword, "1234567890987654321"), 400, "invalid_params");
  const changed = await change(goodPassword, "eight blue kettles");
  assert.equal(changed.status, 200);
  const list = (authorization: string) => rig.call("GET", sessions, { headers: { authorization } });
  for (const old of [`Bearer ${other.token}`, bearer.authorization]) {
    await problemOf(await list(old), 401, "unauthorized");
  }
  assert.equal((await list(`Bearer ${(await changed.json()).token}`)).status, 200);
});

Deno.test("AU-6: a suspended account's token is forbidden", async () => {
  await using rig = await authRig();
  const { bearer } = await rig.loggedIn();
  const root = await rig.app.caller("root");
  must(await rig.services.users.sanction(root, "alice", { kind: "suspend", reason: "Spam." }));
  await problemOf(await rig.call("GET", sessions, { headers: bearer }), 403, "forbidden");
});

Deno.test("API: an unknown path is 404 and a wrong method 405, both as problems", async () => {
  await using rig = await authRig();
  await problemOf(await rig.call("GET", "/api/v1/nothing"), 404, "not_found");
  await problemOf(await rig.call("GET", "/api/v1/auth/login"), 405, "method_not_allowed");
  // Who is not let in is not told what is there.
  await problemOf(await rig.call("PUT", sessions), 401, "unauthorized");
  const { bearer } = await rig.loggedIn();
  await problemOf(await rig.call("PUT", sessions, { headers: bearer }), 405, "method_not_allowed");
});

Deno.test("API: a bug leaves as internal, without details, and is logged with the request's id", async () => {
  await using rig = await authRig();
  rig.services.accounts.login = () => Promise.reject(new Error("a secret detail"));
  const failing = await rig.post("login", { username: "alice", password: goodPassword });
  const problem = await problemOf(failing, 500, "internal");
  assert.ok(!JSON.stringify(problem).includes("secret detail"));
  const line = rig.log.lines.find(({ fields }) => fields.error instanceof Error);
  assert.match(String(line?.fields.requestId), /^[0-9A-Z]{26}$/);
});

Deno.test("AU-5: no password, token or ticket reaches a log line on its way through HTTP", async () => {
  await using rig = await authRig();
  const { token, bearer } = await rig.loggedIn();
  const { ticket } = await (await rig.call("POST", "/api/v1/auth/ticket", { headers: bearer })).json();
  await rig.call("GET", `${sessions}?token=${token}&ticket=${ticket}`, { headers: bearer });
  await rig.post("login", { username: "alice", password: "not her password" });
  const written = JSON.stringify(rig.log.lines);
  assert.ok(written.includes("login.failed"));
  for (const secret of [token, ticket, goodPassword, "not her password"]) {
    assert.ok(!written.includes(secret));
  }
});
