import assert from "node:assert/strict";
import { generate } from "otplib";
import { AppRig, password } from "../fakes/app_rig.ts";
import { must } from "../fakes/accounts_rig.ts";
import { OidcIssuerServer } from "../fakes/oidc_issuer.ts";
import { base, form } from "../fakes/page_forms.ts";

const minuteMs = 60_000;

/** One browser: keeps cookies, follows nothing by itself. */
class Browser {
  readonly #rig: AppRig;
  readonly #there: OidcIssuerServer;
  readonly cookies = new Map<string, string>();

  constructor(rig: AppRig, there: OidcIssuerServer, username?: string) {
    this.#rig = rig;
    this.#there = there;
    if (username !== undefined) this.cookies.set("behest_session", rig.tokenOf(username));
  }

  async get(path: string): Promise<Response> {
    return this.#kept(
      await this.#rig.send(path, {
        headers: { cookie: this.#cookie(), accept: "text/html" },
        redirect: "manual",
      }),
    );
  }

  async post(path: string, fields: Record<string, string>): Promise<Response> {
    return this.#kept(await this.#rig.send(path, { ...form(fields, this.#cookie()), redirect: "manual" }));
  }

  /** Goes to the issuer and comes to the address that it sends the browser back to. */
  async there(begin: string): Promise<string> {
    const begun = await this.get(begin);
    assert.equal(begun.status, 303, begin);
    const address = begun.headers.get("location")!;
    assert.ok(address.startsWith(this.#there.url), address);
    const back = await this.#there.visit(address);
    assert.equal(back.origin + back.pathname, `${base}/login/sso`);
    return back.pathname + back.search;
  }

  async thereAndBack(begin: string): Promise<Response> {
    return await this.get(await this.there(begin));
  }

  /** Links the account of the session with whoever is logged in at the issuer. */
  async link(): Promise<Response> {
    const confirm = (await this.thereAndBack("/login/sso/begin?for=link")).headers.get("location")!;
    const state = new URL(confirm, base).searchParams.get("sso")!;
    return await this.post("/two-factor", { action: "sso-link", state });
  }

  #cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #kept(response: Response): Response {
    for (const text of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
      this.cookies.set(name!, value!);
    }
    return response;
  }
}

async function world(env: Record<string, string> = {}) {
  const there = await OidcIssuerServer.start(`${base}/login/sso`);
  const rig = await AppRig.start({ env: { ...there.env, ...env } });
  // Tokens of the issuer have the real time.
  await rig.later(Date.now() - rig.clock.now());
  return {
    rig,
    there,
    browser: (username?: string) => new Browser(rig, there, username),
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}

Deno.test("AU-12: a person links their login of the issuer, and logs in with it from then on", async () => {
  await using all = await world();
  const { there, browser } = all;
  const login = await (await browser().get("/login")).text();
  assert.match(login, /href="\/login\/sso\/begin"/);
  const stranger = await browser().thereAndBack("/login/sso/begin");
  assert.equal(stranger.status, 403, "nobody is linked yet, whatever the issuer calls them");
  assert.match(await stranger.text(), /No account here is linked/);

  const ann = browser("ann");
  const confirm = await ann.thereAndBack("/login/sso/begin?for=link");
  const asked = confirm.headers.get("location")!;
  const page = await (await ann.get(asked)).text();
  assert.match(page, /<strong>ann@example\.org<\/strong>/);
  const state = new URL(asked, base).searchParams.get("sso")!;
  assert.doesNotMatch(await (await browser("bob").get(asked)).text(), /ann@example/);
  const done = await ann.post("/two-factor", { action: "sso-link", state });
  assert.equal(done.headers.get("location"), "/two-factor?notice=sso-linked");
  assert.match(await (await ann.get("/two-factor?notice=sso-linked")).text(), /Linked since/);

  // Names and addresses move at an issuer; its own id does not.
  there.person = { sub: "u-1", name: "annabel@example.org" };
  const other = browser();
  const entered = await other.thereAndBack("/login/sso/begin?next=%2Fhistory");
  assert.equal(entered.headers.get("location"), "/history");
  assert.equal((await other.get("/history")).status, 200);
  there.person = { sub: "u-2", name: "ann" };
  assert.equal((await browser().thereAndBack("/login/sso/begin")).status, 403, "a name is nobody");

  // The same person there has one account here, and an account one person.
  there.person = { sub: "u-1", name: "ann@example.org" };
  assert.equal((await browser("bob").link()).status, 409);
  there.person = { sub: "u-3", name: "x" };
  assert.equal((await ann.link()).status, 409);
});

Deno.test("AU-12: an answer counts once, for the browser, the session and the way that it was for", async () => {
  await using all = await world();
  const { rig, browser } = all;
  await browser("ann").link();
  const refused = async (by: Browser, path: string, what: string) => {
    const response = await by.get(path);
    assert.equal(response.status, 401, what);
    assert.equal(by.cookies.has("behest_session"), false, what);
  };
  const ann = browser();
  const back = await ann.there("/login/sso/begin");
  const thief = browser();
  await thief.there("/login/sso/begin");
  await refused(thief, back, "another browser");
  await refused(ann, back, "its state was used up by the other browser");
  const again = await ann.there("/login/sso/begin");
  assert.equal((await ann.get(again)).status, 303);
  ann.cookies.delete("behest_session");
  await refused(ann, again, "twice");
  const [one, two] = [browser(), browser()];
  const [first, second] = [await one.there("/login/sso/begin"), await two.there("/login/sso/begin")];
  const mixed = new URL(first, base);
  mixed.searchParams.set("code", new URL(second, base).searchParams.get("code")!);
  await refused(one, mixed.pathname + mixed.search, "somebody else's code");
  const third = new URL(await two.there("/login/sso/begin"), base);
  third.searchParams.set("iss", "https://elsewhere.example");
  await refused(two, third.pathname + third.search, "another issuer");
  const late = browser();
  const tooLate = await late.there("/login/sso/begin");
  rig.clock.advance(6 * minuteMs);
  await refused(late, tooLate, "too late");
  // A link is for the session that asked for it.
  await rig.later(0);
  const bob = browser("bob");
  const link = await bob.there("/login/sso/begin?for=link");
  bob.cookies.set("behest_session", rig.tokenOf("ann"));
  assert.equal((await bob.get(link)).status, 401);
  assert.equal((await browser().get("/login/sso/begin?for=link")).headers.get("location"), "/login");
});

Deno.test("AU-12: with the issuer away or on another time nobody gets in that way, and passwords go on; new keys count at once", async () => {
  await using all = await world();
  const { rig, there, browser } = all;
  there.before = (_path, response) => {
    response.writeHead(503).end();
    return true;
  };
  const away = await browser().get("/login/sso/begin");
  const told = await browser().get(away.headers.get("location")!);
  assert.equal(told.status, 503);
  assert.match(await told.text(), /cannot be reached/);
  const typed = await browser().post("/login", { username: "ann", password });
  assert.equal(typed.status, 303);
  there.before = null;
  await browser("ann").link();
  const ann = browser();
  const back = await ann.there("/login/sso/begin");
  there.before = (path, response) => path === "/token" && (response.writeHead(502).end(), true);
  assert.equal((await ann.get(back)).status, 503, "the issuer went away in between");
  there.before = null;
  await there.newKeys();
  assert.equal((await browser().thereAndBack("/login/sso/begin")).status, 303);
  rig.clock.advance(2 * 60 * minuteMs);
  assert.equal((await browser().thereAndBack("/login/sso/begin")).status, 401, "a token of another time");
});

Deno.test("AU-7, AU-12: an account with a second factor asks for its code after the issuer's login too", async () => {
  await using all = await world();
  const { rig, browser } = all;
  await browser("ann").link();
  const { twoFactor } = rig.services;
  const caller = await rig.caller("ann");
  const { secret } = must(await twoFactor.beginTotp(caller, { password }));
  const codeAt = () => generate({ secret, epoch: Math.floor(rig.clock.now() / 1000) });
  must(await twoFactor.confirmTotp(caller, { code: await codeAt() }));
  rig.clock.advance(minuteMs);
  const ann = browser();
  const asks = await ann.thereAndBack("/login/sso/begin");
  assert.equal(asks.status, 200);
  assert.equal(ann.cookies.has("behest_session"), false);
  const [, state] = /name="state" value="([^"]+)"/.exec(await asks.text())!;
  const wrong = await ann.post("/login/sso", { state: state!, code: "000000" });
  assert.equal(wrong.status, 401);
  const stolen = await browser().post("/login/sso", { state: state!, code: await codeAt() });
  assert.equal(stolen.status, 401, "another browser, which uses the state up");
  const [, next] = /name="state" value="([^"]+)"/.exec(
    await (await ann.thereAndBack("/login/sso/begin")).text(),
  )!;
  assert.equal((await ann.post("/login/sso", { state: next!, code: await codeAt() })).status, 303);
  assert.equal(ann.cookies.has("behest_session"), true);
});

Deno.test("AU-12, AU-13: the issuer's login is a fresh proof for its own account; link and its end need one", async () => {
  await using all = await world();
  const { rig, there, browser } = all;
  const ann = browser("ann");
  await ann.link();
  rig.clock.advance(11 * minuteMs);
  const led = await ann.post("/two-factor", { action: "sso-unlink" });
  assert.match(led.headers.get("location")!, /^\/prove\?/);
  assert.match(await (await ann.get("/prove?next=%2Ftwo-factor")).text(), /\/login\/sso\/begin\?for=prove/);
  // The issuer has the time of this process.
  const { now } = Date;
  using _time = { [Symbol.dispose]: () => void (Date.now = now) };
  Date.now = () => now() + 11 * minuteMs;
  const person = there.person;
  there.person = { sub: "u-9", name: "somebody" };
  const other = await ann.thereAndBack("/login/sso/begin?for=prove&next=%2Ftwo-factor");
  assert.equal(other.status, 401, "somebody else's login");
  there.person = person;
  const proven = await ann.thereAndBack("/login/sso/begin?for=prove&next=%2Ftwo-factor");
  assert.equal(proven.headers.get("location"), "/two-factor");
  const ended = await ann.post("/two-factor", { action: "sso-unlink" });
  assert.equal(ended.headers.get("location"), "/two-factor?notice=sso-unlinked");
  assert.equal((await browser().thereAndBack("/login/sso/begin")).status, 403);
});

Deno.test("AU-9, AU-12: a removed account leaves no link", async () => {
  await using all = await world();
  const { rig, browser } = all;
  await browser("ann").link();
  must(await rig.services.accountData.remove(await rig.caller("ann"), { password }));
  await rig.open.runDueJobs();
  assert.equal((await browser().thereAndBack("/login/sso/begin")).status, 403);
  assert.equal((await browser("bob").link()).headers.get("location"), "/two-factor?notice=sso-linked");
});

Deno.test("AU-12: without an issuer there is no such way, and the login page does not speak of it", async () => {
  await using rig = await AppRig.start();
  const response = await rig.send("/login/sso/begin", {
    headers: { accept: "text/html" },
    redirect: "manual",
  });
  const told = await rig.send(response.headers.get("location")!, { headers: { accept: "text/html" } });
  assert.equal(told.status, 503);
  const login = await (await rig.send("/login", { headers: { accept: "text/html" } })).text();
  assert.doesNotMatch(login, /sso/);
});
