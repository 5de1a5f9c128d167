import assert from "node:assert/strict";
import { generate } from "otplib";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { AppRig, password } from "../fakes/app_rig.ts";

async function rigOf() {
  const app = await AppRig.start();
  const call = async (method: string, path: string, body?: object, who = "root") => {
    const response = await app.wholeSend(`/api/v1${path}`, {
      method,
      headers: { ...(who === "" ? {} : app.bearerOf(who)), "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  const post = async (path: string, fields: Record<string, string>, cookie = app.cookieOf("root")) =>
    await app.send(path, {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams(fields),
    });
  /** The token of a link. */
  const tokenIn = (url: string) => new URL(url).searchParams.get("token")!;
  return { app, call, post, tokenIn, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const next = "another long passphrase";
const reason = "She asked me at the door.";
const logIn = async (app: AppRig, username: string, with_: string) =>
  kindOf(
    await app.services.accounts.login({ address: "192.0.2.8", device: "web", requestId: "test" }, {
      username,
      password: with_,
    }),
  );

Deno.test("AU-12: a link sets a new password once, ends every session, and is in the audit log and the person's notices", async () => {
  await using rig = await rigOf();
  const { app, call, tokenIn } = rig;
  const before = app.tokenOf("ann");
  const made = await call("POST", "/admin/users/ann/login-link", { reason });
  assert.equal(made.status, 201);
  assert.equal(Date.parse(made.body.expiresAt) - app.clock.now(), 24 * 3600_000);
  const token = tokenIn(made.body.url);
  const ann = await app.caller("ann");
  const kinds = async () => must(await app.services.notices.list(ann, {})).notices.map(({ kind }) => kind);
  assert.deepEqual(await kinds(), ["login_link"]);

  const weak = await call("POST", "/auth/login-link", { token, password: "ann" }, "");
  assert.equal(weak.status, 400);
  assert.equal((await call("POST", "/auth/login-link", { token, password: next }, "")).status, 200);
  assert.deepEqual(await kinds(), ["login_link_used", "login_link"], "passkeys stay, and she is told");
  assert.equal(await logIn(app, "ann", next), "answered");
  assert.equal(await logIn(app, "ann", password), "unauthorized");
  const old = await app.wholeSend("/api/v1/profile", { headers: { authorization: `Bearer ${before}` } });
  assert.equal(old.status, 401);
  assert.equal((await call("POST", "/auth/login-link", { token, password }, "")).status, 403, "used");

  const { entries } = must(await app.services.audit.page(await app.caller("root"), {}));
  const ours = entries.filter(({ action }) => action.startsWith("user.login_link"));
  assert.deepEqual(ours.map(({ action, actor, subject, reason }) => [action, actor, subject, reason]), [
    ["user.login_link_used", "ann", "ann", null],
    ["user.login_link", "root", "ann", reason],
  ]);
  assert.ok(!JSON.stringify(entries).includes(token));
});

Deno.test("AU-12: a link is over when it is old, replaced, or the password changed; only administrators make one, for others", async () => {
  await using rig = await rigOf();
  const { app, call, tokenIn } = rig;
  await app.person("mod", "moderator");
  assert.equal((await call("POST", "/admin/users/ann/login-link", { reason }, "mod")).status, 404);
  assert.equal((await call("POST", "/admin/users/ann/login-link", { reason }, "ann")).status, 404);
  assert.equal((await call("POST", "/admin/users/ann/login-link", {})).status, 400);
  assert.equal((await call("POST", "/admin/users/nobody/login-link", { reason })).status, 404);
  assert.equal((await call("POST", "/admin/users/root/login-link", { reason })).status, 409);
  const link = async () => tokenIn((await call("POST", "/admin/users/ann/login-link", { reason })).body.url);
  const use = async (token: string) =>
    (await call("POST", "/auth/login-link", { token, password: next }, "")).status;
  const first = await link();
  const second = await link();
  assert.equal(await use(first), 403, "replaced");
  assert.equal(await use(`${second}x`), 403);
  assert.equal(await use(second.replace(/^[^.]*/, "nobody")), 403);
  const ann = await app.caller("ann");
  const changed = { current: password, next: "a password of her own" };
  must(await app.services.accounts.changePassword(ann, changed));
  assert.equal(await use(second), 403, "she knew it after all");
  await app.logIn({ username: "ann", password: changed.next });
  const third = await link();
  app.clock.advance(24 * 3600_000);
  assert.equal(await use(third), 403, "too old");
});

Deno.test("AU-13: an administrator's link and a log-out need a fresh proof", async () => {
  await using rig = await rigOf();
  const { app, call } = rig;
  app.clock.advance(11 * 60_000);
  for (
    const [method, path] of [["POST", "/admin/users/ann/login-link"], [
      "DELETE",
      "/admin/users/ann/sessions",
    ]] as const
  ) {
    const asked = await call(method, path, { reason });
    assert.deepEqual([asked.status, asked.body.proof], [403, true], path);
  }
});

Deno.test("AU-12, AU-7: a link does not go around a second factor", async () => {
  await using rig = await rigOf();
  const { app, post, tokenIn, call } = rig;
  const ann = await app.caller("ann");
  const { secret } = must(await app.services.twoFactor.beginTotp(ann, { password }));
  const epoch = Math.floor(app.clock.now() / 1000);
  must(await app.services.twoFactor.confirmTotp(ann, { code: await generate({ secret, epoch }) }));
  const { url } = (await call("POST", "/admin/users/ann/login-link", { reason })).body;
  const used = await post(`/login/link?token=${tokenIn(url)}`, { password: next }, "");
  assert.deepEqual([used.status, used.headers.get("location")], [303, "/login?notice=password"]);
  assert.equal(used.headers.get("set-cookie"), null);
  assert.ok((await (await app.send("/login?notice=password")).text()).includes("Your new password is set."));
  assert.equal(await logIn(app, "ann", next), "unauthorized", "a code is missing");
});

Deno.test("AU-12, MO-4: the link works by pages alone, and looking at it spends nothing", async () => {
  await using rig = await rigOf();
  const { app, post, tokenIn } = rig;
  const empty = await post("/admin/users/ann", { action: "link", why: "" });
  assert.equal(empty.status, 400);
  assert.ok((await empty.text()).includes("Enter a reason."));
  const made = await post("/admin/users/ann", { action: "link", why: reason });
  assert.equal(made.status, 200);
  const url = /value="(http[^"]*\/login\/link\?token=[^"]+)"/.exec(await made.text())![1]!;
  const path = `/login/link?token=${encodeURIComponent(tokenIn(url))}`;
  for (let look = 0; look < 2; look++) {
    const page = await (await app.send(path)).text();
    assert.ok(page.includes("For the account @ann.") && !page.includes(tokenIn(url)));
  }
  assert.equal((await post(path, { password: "short" }, "")).status, 400);
  const used = await post(path, { password: next }, "");
  assert.deepEqual([used.status, used.headers.get("location")], [303, "/"]);
  assert.match(used.headers.get("set-cookie")!, /behest_session=/);
  assert.ok((await (await app.send(path)).text()).includes("This link no longer works"));
  assert.ok((await (await app.send("/login/link")).text()).includes("This link no longer works"));
});

Deno.test("MO-4: an administrator sees sessions, groups, files and reports of a person; each look is in the audit log and the person's data", async () => {
  await using rig = await rigOf();
  const { app, call, post } = rig;
  await app.person("mod", "moderator");
  await app.group("readers", { ann: "owner", bob: "member" }, "Readers");
  await app.file("ann", { content: "some bytes" });
  must(
    await app.services.reports.create(await app.caller("bob"), { about: { user: "ann" }, reason: "spam" }),
  );
  const { status, body: { facts } } = await call("GET", "/admin/users/ann/facts");
  assert.equal(status, 200);
  assert.deepEqual(facts.sessions.map(({ address }: { address: string }) => address), ["192.0.2.1"]);
  assert.deepEqual(
    facts.groups.map(({ name, title, role }: Record<string, string>) => [name, title, role]),
    [["readers", "Readers", "owner"]],
  );
  assert.deepEqual([facts.files.used, facts.secondFactor, facts.reports.total], [10, false, 1]);
  for (const who of ["mod", "ann"]) {
    assert.equal((await call("GET", "/admin/users/ann/facts", undefined, who)).status, 404, who);
  }
  assert.equal((await call("GET", "/admin/users/root/facts")).body.facts.reports, null);

  const cookie = { headers: { cookie: app.cookieOf("root") } };
  const plain = await (await app.send("/admin/users/ann", cookie)).text();
  assert.ok(plain.includes("show=facts") && !plain.includes("192.0.2.1"));
  const shown = await (await app.send("/admin/users/ann?show=facts", cookie)).text();
  for (const text of ["192.0.2.1", "Readers", "Has no second factor."]) assert.ok(shown.includes(text), text);
  const { entries } = must(await app.services.audit.page(await app.caller("root"), {}));
  const looks = entries.filter(({ action, subject }) => action === "user.look" && subject === "ann");
  assert.equal(looks.length, 2, "one by the API, one by the page");

  const ended = await post("/admin/users/ann", { action: "logout", why: "Her phone was stolen." });
  assert.equal(ended.status, 303);
  const gone = await app.wholeSend("/api/v1/profile", { headers: app.bearerOf("ann") });
  assert.equal(gone.status, 401);
  assert.equal((await call("DELETE", "/admin/users/root/sessions", { reason })).status, 409);
  assert.equal(await logIn(app, "ann", password), "answered", "the password stays");
});

Deno.test("AU-8, MO-4: the search finds names whatever their accents and case", async () => {
  await using rig = await rigOf();
  const { app, call } = rig;
  await app.profile("ann", { displayName: "Zoë Ångström" });
  for (const q of ["zoe angstrom", "ÅNGSTRÖM", "Zoe\u0308"]) {
    const { body } = await call("GET", `/admin/users?${new URLSearchParams({ q })}`);
    assert.deepEqual(body.users.map(({ username }: { username: string }) => username), ["ann"], q);
  }
});
