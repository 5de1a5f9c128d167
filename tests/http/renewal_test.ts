import assert from "node:assert/strict";
import { loginAnswer, renewAnswer, sessionList } from "../../lib/protocol/mod.ts";
import { alice, cookieSite } from "../fakes/cookie_browser.ts";

const hourMs = 3600_000;
const person = alice;
const rig = cookieSite;
const login = { ...person, stay: "yes", zone: "Europe/Berlin" };

Deno.test("AU-13: a client renews by its credential, and the answer has the next one", async () => {
  await using site = await rig();
  const answer = loginAnswer.parse(
    await (await site.post("/api/v1/auth/login", { ...person, stay: true })).json(),
  );
  site.clock.advance(23 * hourMs);
  const renewed = await site.post("/api/v1/auth/renew", { credential: answer.renewal?.credential });
  assert.equal(renewed.status, 200);
  assert.equal(renewed.headers.get("cache-control"), "no-store");
  assert.deepEqual(renewed.headers.getSetCookie(), []);
  const next = renewAnswer.strict().parse(await renewed.json());
  assert.equal(Date.parse(next.expiresAt), site.clock.now() + 24 * hourMs);
  site.clock.advance(23 * hourMs);
  const list = await site.send("/api/v1/auth/sessions", {
    headers: { authorization: `Bearer ${next.token}` },
  });
  assert.deepEqual(sessionList.parse(await list.json()).sessions.map(({ stays }) => stays), [true]);
  // The one before is spent now.
  const again = await site.post("/api/v1/auth/renew", { credential: answer.renewal?.credential });
  assert.equal(again.status, 401);
  assert.equal((await site.post("/api/v1/auth/renew", next.renewal)).status, 400, "an unknown field");
  assert.equal((await site.post("/api/v1/auth/renew", { credential: next.renewal?.credential })).status, 401);
});

Deno.test("AU-13: what is no credential is refused, and nothing but the renewal takes one", async () => {
  await using site = await rig();
  for (const body of [{}, { credential: 7 }, { credential: "x".repeat(2049) }, []]) {
    assert.equal((await site.post("/api/v1/auth/renew", body)).status, 400);
  }
  assert.equal((await site.post("/api/v1/auth/renew", { credential: "nonsense" })).status, 401);
  assert.equal((await site.send("/api/v1/auth/renew")).status, 405);
  const { renewal } = loginAnswer.parse(
    await (await site.post("/api/v1/auth/login", { ...person, stay: true })).json(),
  );
  const headers = { authorization: `Bearer ${renewal?.credential}` };
  assert.equal((await site.send("/api/v1/profile", { headers })).status, 401);
});

Deno.test("AU-13: a browser's credential is in a cookie of its own path that no script reads", async () => {
  await using site = await rig();
  const browser = site.browser();
  await browser.go("/login", login);
  const cookie = browser.jar.get("behest_renewal");
  assert.equal(cookie?.path, "/api/v1/auth/renew");
  assert.ok(cookie?.httpOnly && browser.jar.get("behest_session")?.httpOnly);
  assert.equal(browser.jar.get("behest_stay")?.value, "1");
  const page = await (await browser.once("/sessions")).text();
  assert.ok(page.includes("Firefox on Windows") && page.includes("Europe/Berlin"));
  assert.ok(!page.includes(cookie!.value));
  site.clock.advance(12 * hourMs);
  const response = await browser.once("/api/v1/auth/renew", {});
  assert.deepEqual(Object.keys(await response.json()), ["expiresAt"]);
  assert.notEqual(browser.jar.get("behest_renewal")?.value, cookie!.value);
});

Deno.test("AU-13: a browser that was not asked to stay keeps nothing that renews", async () => {
  await using site = await rig();
  const browser = site.browser();
  await browser.go("/login", person);
  assert.ok(!browser.jar.has("behest_renewal") && !browser.jar.has("behest_stay"));
  site.clock.advance(25 * hourMs);
  assert.equal((await browser.go("/sessions")).at, "/login?next=%2Fsessions");
});

Deno.test("AU-13: a page comes back after a week without scripts, and a form goes through with what is in it", async () => {
  await using site = await rig();
  const browser = site.browser();
  await browser.go("/login", login);
  site.clock.advance(7 * 24 * hourMs);
  const { response, at } = await browser.go("/sessions");
  assert.equal(at, "/sessions");
  assert.equal(response.status, 200);
  site.clock.advance(25 * hourMs);
  const change = { displayName: "Alice Again", timeZone: "UTC", language: "en", bio: "", pronouns: "" };
  const posted = await browser.go("/profile", change);
  assert.ok(posted.at.startsWith("/profile?notice="), posted.at);
  assert.ok((await posted.response.text()).includes("Alice Again"));
  site.clock.advance(25 * hourMs);
  assert.ok((await browser.go("/stop", {})).response.ok, "a Stop works too");
});

Deno.test("AU-13: ten pages that are opened at once after a night stay logged in", async () => {
  await using site = await rig();
  const browser = site.browser();
  await browser.go("/login", login);
  for (let night = 0; night < 3; night++) {
    site.clock.advance(30 * hourMs);
    const pages = await Promise.all(Array.from({ length: 10 }, () => browser.go("/profile")));
    for (const { at } of pages) assert.equal(at, "/profile");
    site.clock.advance(hourMs);
    assert.equal((await browser.go("/profile")).at, "/profile");
  }
  assert.ok(!(await (await browser.go("/sessions")).response.text()).includes("for your safety"));
});

Deno.test("AU-13: log out all others ends them, and each goes to the login", async () => {
  await using site = await rig();
  const [here, there] = [site.browser(), site.browser()];
  await here.go("/login", login);
  await there.go("/login", login);
  assert.ok((await here.go("/sessions", { action: "others" })).at.endsWith("notice=others"));
  assert.equal((await there.go("/sessions")).at, "/login?next=%2Fsessions");
  assert.equal(there.jar.get("behest_renewal")?.value, "", "the browser forgets it");
  assert.equal((await here.go("/sessions")).at, "/sessions");
});

Deno.test("AU-13: a new password and log out all others give this browser another session, and its copy is out", async () => {
  await using site = await rig();
  const here = site.browser();
  await here.go("/login", login);
  const next = "eight blue kettles";
  const ways = [
    { action: "others" },
    { action: "password", current: person.password, next },
  ];
  for (const fields of ways) {
    const thief = site.browser();
    for (const [name, cookie] of here.jar) thief.jar.set(name, { ...cookie });
    const { at } = await here.go("/sessions", fields);
    assert.ok(at.endsWith(`notice=${fields.action}`), at);
    for (const name of ["behest_session", "behest_renewal"]) {
      assert.notEqual(here.jar.get(name)?.value, thief.jar.get(name)?.value, name);
    }
    assert.equal((await here.go("/sessions")).at, "/sessions");
    // What was under way with the old cookies must not make the browser forget the new ones.
    const late = await thief.once("/sessions");
    assert.deepEqual(late.headers.getSetCookie(), []);
    assert.equal(late.headers.get("location"), "/api/v1/auth/renew?next=%2Fsessions");
    assert.equal((await thief.once("/api/v1/auth/renew", {})).status, 409);
    const { at: out } = await thief.go("/sessions");
    assert.equal(out, "/login?next=%2Fsessions");
    assert.notEqual(thief.jar.get("behest_renewal")?.value, "", "nor later on the way");
    site.clock.advance(60_000);
    await thief.go("/sessions");
    assert.equal(thief.jar.get("behest_renewal")?.value, "");
  }
  site.clock.advance(7 * 24 * hourMs);
  assert.equal((await here.go("/sessions")).at, "/sessions");
  assert.ok(!(await (await here.go("/sessions")).response.text()).includes("for your safety"));
});

Deno.test("AU-13: log out all others asks for a fresh proof, as it gives a new credential", async () => {
  await using site = await rig();
  const here = site.browser();
  await here.go("/login", login);
  site.clock.advance(hourMs);
  const { at, response } = await here.go("/sessions", { action: "others" });
  assert.ok(at.startsWith("/prove?next=%2Fsessions"), at);
  assert.match(await response.text(), /name="carried"[^>]*others/, "the form goes along");
});

Deno.test("AU-13: a client's new password and log out all others answer its new tokens; a cookie's stay cookies", async () => {
  await using site = await rig();
  let { token, renewal } = loginAnswer.parse(
    await (await site.post("/api/v1/auth/login", { ...person, stay: true })).json(),
  );
  const sessions = (bearer: string, method = "GET") =>
    site.send("/api/v1/auth/sessions", { method, headers: { authorization: `Bearer ${bearer}` } });
  const body = { current: person.password, next: "eight blue kettles" };
  for (
    const replace of [
      () => sessions(token, "DELETE"),
      () => site.post("/api/v1/auth/password", body, { authorization: `Bearer ${token}` }),
    ]
  ) {
    const before = { token, renewal };
    const response = await replace();
    assert.equal(response.status, 200);
    assert.deepEqual(response.headers.getSetCookie(), []);
    const now = renewAnswer.strict().parse(await response.json());
    assert.equal((await sessions(before.token)).status, 401);
    assert.notEqual((await site.post("/api/v1/auth/renew", before.renewal)).status, 200);
    assert.equal((await sessions(now.token!)).status, 200);
    ({ token, renewal } = { token: now.token!, renewal: now.renewal });
  }
  site.clock.advance(30 * hourMs);
  const { credential } = renewal!;
  assert.equal((await site.post("/api/v1/auth/renew", { credential })).status, 200);
  const browser = site.browser();
  await browser.go("/login", { ...login, password: body.next });
  const cookie = `behest_session=${browser.jar.get("behest_session")?.value}`;
  const response = await site.send("/api/v1/auth/sessions", {
    method: "DELETE",
    headers: { cookie, "sec-fetch-site": "same-origin" },
  });
  assert.deepEqual(Object.keys(await response.json()), ["expiresAt"]);
  assert.equal(response.headers.getSetCookie().length, 3);
});

Deno.test("AU-13: a stolen cookie ends the session, and the person is told until they have read it", async () => {
  await using site = await rig();
  const [here, thief] = [site.browser(), site.browser()];
  await here.go("/login", login);
  for (const [name, cookie] of here.jar) thief.jar.set(name, { ...cookie });
  site.clock.advance(30 * hourMs);
  assert.equal((await here.go("/sessions")).at, "/sessions");
  site.clock.advance(hourMs);
  await here.go("/sessions");
  assert.equal((await thief.go("/sessions")).at, "/login?next=%2Fsessions");
  assert.equal((await here.go("/sessions")).at, "/login?next=%2Fsessions");
  await here.go("/login", login);
  const page = await (await here.go("/sessions")).response.text();
  assert.ok(page.includes("The session of Firefox on Windows was ended for your safety."));
  const id = /name="id" value="([^"]+)"[^>]*>\s*<button[^>]*value="read"/.exec(page)?.[1] ?? "";
  await here.go("/sessions", { action: "read", id });
  assert.ok(!(await (await here.go("/sessions")).response.text()).includes("for your safety"));
});

Deno.test("AU-13: the way through a renewal leads to this site alone", async () => {
  await using site = await rig();
  const browser = site.browser();
  await browser.go("/login", login);
  for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    const response = await browser.once(`/api/v1/auth/renew?next=${encodeURIComponent(next)}`);
    assert.equal(response.headers.get("location"), "/", next);
  }
});
