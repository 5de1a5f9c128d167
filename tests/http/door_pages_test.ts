import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { annsLogin, type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, base, form } from "../fakes/page_forms.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

Deno.test("UI-1: every page behind the login sends others to it, with the way back", async () => {
  await withApp(async (send) => {
    for (const path of ["/send?to=bob", "/sent", "/contacts", "/preferences", "/sessions", "/resume"]) {
      const response = await send(path);
      assert.equal(response.status, 303, path);
      assert.equal(response.headers.get("location"), `/login?next=${encodeURIComponent(path)}`);
    }
    assert.equal((await send("/")).headers.get("location"), "/login");
    const posted = await send("/send", form({ to: "bob" }));
    assert.equal(posted.headers.get("location"), "/login?next=%2Fsend&form=1");
  });
});

Deno.test("AU-5: the login sets the cookie, the page never holds the token", async () => {
  await withApp(async (send) => {
    const response = await send("/login?next=%2Fsend%3Fto%3Dbob", form(annsLogin));
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/send?to=bob");
    const cookie = response.headers.get("set-cookie") ?? "";
    const [session = ""] = /^behest_session=[^;]+(?=; )/.exec(cookie) ?? [];
    const [, token = ""] = session.split("=");
    assert.ok(token.length > 20);
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Lax/);
    assert.match(cookie, /Path=\//);
    for (const path of ["/", "/send", "/sent", "/contacts", "/preferences", "/sessions"]) {
      const page = await send(path, as(session));
      assert.equal(page.status, 200, path);
      assert.equal(page.headers.get("cache-control"), "no-store");
      assert.ok(!(await page.text()).includes(token), path);
    }
  });
});

Deno.test("AU-5: a dead session is forgotten by the browser", async () => {
  await withApp(async (send) => {
    const response = await send("/sent", as("behest_session=gone"));
    assert.equal(response.status, 303);
    assert.match(response.headers.get("set-cookie") ?? "", /^behest_session=; .*1970/);
  });
});

Deno.test("UI-1: a login leads only to pages of this site", async () => {
  await withApp(async (send) => {
    const elsewhere = [
      "https://evil.example/",
      "//evil.example/",
      "/\\evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "/.//evil.example",
      "/x/..//evil.example",
      "javascript:alert(1)",
      "evil.example",
    ];
    for (const next of elsewhere) {
      const response = await send(`/login?next=${encodeURIComponent(next)}`, form(annsLogin));
      const location = response.headers.get("location") ?? "";
      assert.equal(new URL(location, base).origin, base, next);
      assert.ok(!location.startsWith("//"), next);
    }
  });
});

Deno.test("AU-4: a wrong login says the same for a wrong name and a wrong password, and keeps the name", async () => {
  await withApp(async (send) => {
    const wrongPassword = await send("/login", form({ username: "ann", password: "wrong" }));
    const wrongName = await send("/login", form({ username: "who", password: "wrong" }));
    assert.equal(wrongPassword.status, 401);
    assert.equal(wrongName.status, 401);
    assert.equal(wrongPassword.headers.get("set-cookie"), null);
    const plain = (html: string, name: string) =>
      html.replace(`value="${name}"`, "").replace(/nonce(-|=")[\w-]+/g, "");
    const page = await wrongPassword.text();
    assert.ok(page.includes('value="ann"'));
    assert.equal(plain(page, "ann"), plain(await wrongName.text(), "who"));
  });
});

Deno.test("AU-4: a browser keeps a token of its login for the login page alone, and sends it with the next", async () => {
  await withApp(async (send) => {
    const cookies = (await send("/login", form(annsLogin))).headers.getSetCookie();
    assert.equal(cookies.filter((one) => one.startsWith("behest_session=")).length, 1);
    const device = cookies.find((one) => one.startsWith("behest_device=")) ?? "";
    assert.match(device, /^behest_device=[^;]+; Path=\/login; HttpOnly; SameSite=Lax; Expires=/);
    // Strangers with ann's name are slowed down; her own browser is known.
    for (let at = 0; at < 6; at++) await send("/login", form({ ...annsLogin, password: `guess ${at}` }));
    assert.equal((await send("/login", form(annsLogin))).status, 429);
    assert.equal((await send("/login", form(annsLogin, device.split(";", 1)[0]!))).status, 303);
  });
});

Deno.test("AU-4: too many logins answer 429 with Retry-After in whole seconds", async () => {
  await withApp(async (send, app) => {
    const wrong = { ...annsLogin, password: "wrong" };
    for (let at = 0; at < 5; at++) assert.equal((await send("/login", form(wrong))).status, 401);
    app.clock.advance(500);
    const response = await send("/login", form(annsLogin));
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("retry-after"), "30");
    assert.match(await response.text(), /role="alert"[^>]*>Too many/);
  });
});

Deno.test("AU-1: registering says what is wrong beside the field, and logs in when it is right", async () => {
  await withApp(async (send) => {
    const short = await send("/register", form({ username: "Cleo!", password: "short" }));
    assert.equal(short.status, 400);
    const html = await short.text();
    for (const name of ["username", "password", "adult"]) {
      assert.ok(html.includes(`id="${name}-error"`), name);
    }
    assert.match(
      html,
      /id="username"[^>]*aria-describedby="username-hint username-error"|aria-describedby="username-hint username-error"[^>]*id="username"/,
    );
    assert.ok(!html.includes("short"), "a typed password came back");
    const made = await send(
      "/register",
      form({ username: "cleo", password: "long enough for this", adult: "yes" }),
    );
    assert.equal(made.status, 303);
    assert.match(made.headers.get("set-cookie") ?? "", /^behest_session=[^;]+;/);
  });
});

Deno.test("AU-2: the setup link makes the first administrator, a wrong one does not", async () => {
  await withApp(async (send, { open }) => {
    const link = open.setupLink!;
    const fields = { username: "root", password: "long enough for this", adult: "yes" };
    const page = await (await send(link)).text();
    assert.ok(!page.includes(link.split("=")[1]!), "the token is in the page");
    assert.equal((await send("/setup?token=wrong", form(fields))).status, 403);
    const made = await send(link, form(fields));
    assert.equal(made.status, 303);
    const [cookie = ""] = /^behest_session=[^;]+/.exec(made.headers.get("set-cookie") ?? "") ?? [];
    assert.equal((await send("/admin", as(cookie))).status, 200);
    assert.match(await (await send(link)).text(), /Already set up/);
  }, { admin: false });
});

Deno.test("SC-7: evaluation mode shows the demo people and a banner, production neither", async () => {
  await withApp(async (send, app) => {
    const html = await (await send("/login")).text();
    assert.ok(html.includes("demo-ann") && html.includes(app.services.demo!.password));
    assert.match(await (await send("/", as(app.cookieOf("ann")))).text(), /Evaluation mode/);
  });
  await withApp(async (send, app) => {
    assert.ok(!(await (await send("/login")).text()).includes("demo"));
    assert.ok(!(await (await send("/", as(app.cookieOf("ann")))).text()).includes("Evaluation mode"));
  }, { env: { BEHEST_MODE: "production" } });
});

Deno.test("AU-6: logging out ends the session and the cookie, by POST only", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.equal((await send("/logout", as(cookie))).headers.get("location"), "/");
    assert.equal((await send("/", as(cookie))).status, 200);
    const response = await send("/logout", form({}, cookie));
    assert.equal(response.headers.get("location"), "/login");
    assert.match(response.headers.get("set-cookie") ?? "", /^behest_session=;/);
    assert.equal((await send("/", as(cookie))).headers.get("location"), "/login");
  });
});

const stoppedSince = async (app: AppRig) =>
  await app.services.safety.stoppedSince((await app.caller("ann")).userId);

Deno.test("UI-4 CO-6: Stop and Resume work without scripts; Resume asks for a confirmation", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const path of ["/", "/send", "/sent", "/contacts", "/preferences", "/sessions"]) {
      assert.match(await (await send(path, as(cookie))).text(), /action="\/stop"/, path);
    }
    const stopped = await send("/stop", form({ back: "/contacts" }, cookie));
    assert.equal(stopped.headers.get("location"), "/contacts");
    const html = await (await send("/contacts", as(cookie))).text();
    assert.match(html, /Stopped\. Nothing is delivered to you\./);
    assert.match(html, /action="\/resume"/);
    assert.ok(!html.includes('action="/stop"'));
    const unconfirmed = await send("/resume", form({ back: "/contacts" }, cookie));
    assert.equal(unconfirmed.status, 400);
    assert.notEqual(await stoppedSince(app), null);
    const resumed = await send("/resume", form({ back: "//evil.example", confirm: "yes" }, cookie));
    assert.equal(resumed.headers.get("location"), "/");
    assert.equal(await stoppedSince(app), null);
  });
});

Deno.test("UI-4: a form that cannot be read does not keep Stop from stopping", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const body = "x".repeat(limits.restBodyBytes + 1);
    const response = await send("/stop", {
      method: "POST",
      body,
      headers: { cookie, "sec-fetch-site": "same-origin" },
    });
    assert.equal(response.status, 303);
    assert.notEqual(await stoppedSince(app), null);
  });
});

Deno.test("AU-6: sessions are ended and the password changed", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { sessionId: id } = await app.caller("ann");
    const other = await app.logIn(annsLogin);
    const ended = await send("/sessions", form({ action: "revoke", id }, other));
    assert.equal(ended.headers.get("location"), "/sessions?notice=revoked");
    assert.equal((await send("/", as(cookie))).status, 303);
    const change = { action: "password", current: annsLogin.password, next: "seven green kettles" };
    const changed = await send("/sessions", form(change, other));
    assert.equal(changed.headers.get("location"), "/sessions?notice=password");
    const now = changed.headers.getSetCookie().find((text) => text.startsWith("behest_session="))!
      .split(";")[0]!;
    const short = await send("/sessions", form({ ...change, next: "short" }, now));
    assert.equal(short.status, 400);
    assert.match(await short.text(), /id="next-error"/);
  });
});

Deno.test("UI-8: a form from another site is refused", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const foreign = {
      method: "POST",
      body: new URLSearchParams({ to: "bob" }),
      headers: { cookie, "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    };
    assert.equal((await send("/send", foreign)).status, 403);
    assert.deepEqual(await app.sentBy("ann"), []);
  });
});

Deno.test("UI-1: a path that leads nowhere is a 404 page, a fault a 500 page without details", async () => {
  await withApp(async (send, app) => {
    const missing = await send("/no/such/page");
    assert.equal(missing.status, 404);
    assert.match(await missing.text(), /<h1>Page not found<\/h1>/);
    answerNext(app.services.contacts, "list", new Error("secret of the house"));
    const response = await send("/contacts", as(app.cookieOf("ann")));
    assert.equal(response.status, 500);
    const html = await response.text();
    assert.match(html, /Server error/);
    assert.ok(!html.includes("secret of the house"));
  });
});

Deno.test("UI-4: Stop is on the pages of errors too, and works from there", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const foreign = { ...form({}, cookie), headers: { cookie, "sec-fetch-site": "cross-site" } };
    const answers = [
      await send("/no/such/page"),
      await send("/no/such/page", as(cookie)),
      await send("/admin", as(cookie)),
      await send("/send", foreign),
      await send("/stop", { method: "PUT", headers: { cookie, "sec-fetch-site": "same-origin" } }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 403, 405]);
    for (const answer of answers) {
      const policy = answer.headers.get("content-security-policy") ?? "";
      assert.match(policy, /form-action 'self'/);
      assert.match(
        await answer.text(),
        /<form [^>]*method="post" action="\/stop"><p><button type="submit"[^>]*>Stop</,
      );
    }
    assert.equal((await send("/stop", form({}))).headers.get("location"), "/login");
    assert.equal(await stoppedSince(app), null);
    assert.equal((await send("/stop", form({}, cookie))).headers.get("location"), "/");
    assert.notEqual(await stoppedSince(app), null);
  });
});

Deno.test("UI-8: pages carry no inline style and no inline handler", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.command("bob", "ann");
    for (
      const path of ["/login", "/register", "/", "/send", "/sent", "/contacts", "/preferences", "/sessions"]
    ) {
      const html = await (await send(path, as(cookie))).text();
      assert.ok(!/<[^>]+ (style|on[a-z]+)=/i.test(html), path);
      assert.match(html, /<html lang="en">/);
      assert.match(html, /<title>[^<]+ · Behest<\/title>/);
    }
  });
});

Deno.test("UI-6: the door speaks the language that the browser asks for", async () => {
  await withApp(async (send) => {
    const german = { headers: { "accept-language": "de-AT,de;q=0.9,en;q=0.5" } };
    for (
      const [path, words] of [["/login", "Anmelden"], ["/register", "Registrieren"], [
        "/nowhere",
        "Seite nicht gefunden",
      ]]
    ) {
      const html = await (await send(path!, german)).text();
      assert.match(html, /<html lang="de">/, path);
      assert.ok(html.includes(words!), path);
    }
  });
});
