import assert from "node:assert/strict";
import { generate } from "otplib";
import { limits } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { png } from "../fakes/account_world.ts";
import { annsLogin, type AppRig, password, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { Authenticator } from "../fakes/authenticator.ts";
import { joined } from "../fakes/form_bodies.ts";

/** A German reader. */
const german = (cookie: string) => ({ headers: { cookie, "accept-language": "de" } });

async function adminCookie(app: AppRig): Promise<string> {
  await app.setRole("ann", "admin");
  return app.cookieOf("ann");
}

const codeNow = (app: AppRig, secret: string) =>
  generate({ secret, epoch: Math.floor(app.clock.now() / 1000) });

const recoveryCodes = (html: string) => html.match(/>[0-9A-Z]{5}(-[0-9A-Z]{5})+</g) ?? [];

async function setUpApp(app: AppRig, who: string): Promise<void> {
  const { twoFactor } = app.services;
  const caller = await app.caller(who);
  const { secret } = must(await twoFactor.beginTotp(caller, { password }));
  must(await twoFactor.confirmTotp(caller, { code: await codeNow(app, secret) }));
}

/** What ann's browser makes of the challenge that the server gives it. */
async function newPasskey(app: AppRig) {
  const place = { rpId: "localhost", origin: "http://localhost:8000" };
  const { challenge } = must(
    await app.services.twoFactor.passkeyOptions(await app.caller("ann"), place, { password }),
  );
  return { response: await (await Authenticator.make()).create(challenge, place.origin) };
}

Deno.test("AU-7: the page sets up an app with a picture of its secret, and shows the codes once", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const post = (fields: Record<string, string>) => send("/two-factor", form(fields, cookie));
    const first = await (await send("/two-factor", as(cookie))).text();
    assert.match(first, /<title>Two-factor · Behest<\/title>/);
    const begun = await post({ action: "app", appPassword: password });
    const html = await begun.text();
    const [secret = ""] = /[A-Z2-7]{32}/.exec(html) ?? [];
    assert.match(html, /<svg class="qr"[^>]*role="img"[^>]*aria-label="[^"]+"/);
    assert.notEqual(secret, "");
    assert.ok(!/<[^>]+ (style|on[a-z]+)=/i.test(html), "attributes that the policy does not allow");
    const wrong = await post({ action: "confirm", appCode: "000000" });
    const again = await wrong.text();
    assert.equal(wrong.status, 400);
    assert.match(again, /name="appCode"[^>]*aria-describedby="appCode-error"/);
    assert.ok(!again.includes(secret), "the secret is shown to who gave the password, once");
    const appCode = await codeNow(app, secret);
    const codes = recoveryCodes(await (await post({ action: "confirm", appCode })).text());
    assert.equal(codes.length, limits.recoveryCodes);
    const later = await (await send("/two-factor", as(cookie))).text();
    assert.deepEqual(recoveryCodes(later), []);
    assert.match(later, new RegExp(`${codes.length} left\\. Each replaces`));
  });
});

Deno.test("AU-7: each form of the page says what is wrong beside its own field", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { twoFactor } = app.services;
    const caller = await app.caller("ann");
    await setUpApp(app, "ann");
    const { response } = await newPasskey(app);
    must(await twoFactor.addPasskey(caller, { name: "Laptop", response }));
    const { id } = response;
    const cases = [
      ["remove-app", "offPassword"],
      ["codes", "codesPassword"],
      ["remove-passkey", "removePassword"],
    ] as const;
    for (const [action, field] of cases) {
      const response = await send(
        "/two-factor",
        form({ action, id, [field]: "wrong", offCode: "1" }, cookie),
      );
      const html = await response.text();
      assert.equal(response.status, 403, action);
      assert.deepEqual(
        [...html.matchAll(/id="([a-zA-Z]+)-error"/g)].map(([, name]) => name),
        [field],
        action,
      );
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, `${action}: an id that is there twice`);
    }
    const removed = await send(
      "/two-factor",
      form({ action: "remove-passkey", id, removePassword: password }, cookie),
    );
    assert.equal(removed.headers.get("location"), "/two-factor?notice=passkey-removed");
    const unknown = await send("/two-factor", form({ action: "everything" }, cookie));
    assert.equal(unknown.status, 400);
  });
});

Deno.test("AU-7: a passkey comes with a form of its own, and what is none is refused", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { response } = await newPasskey(app);
    const fields = { action: "passkey", passkeyName: "Laptop", passkey: JSON.stringify(response) };
    const added = await send("/two-factor", form(fields, cookie));
    assert.equal(recoveryCodes(await added.text()).length, limits.recoveryCodes);
    const { passkeys } = await app.services.twoFactor.state(await app.caller("ann"));
    assert.equal(passkeys[0]?.name, "Laptop");
    for (const broken of ["", "{", "null", "[]", '{"id":5}']) {
      const refused = await send("/two-factor", form({ ...fields, passkey: broken }, cookie));
      assert.equal(refused.status, 400, broken);
    }
  });
});

Deno.test("AU-7: administrators choose the roles and reset; nobody else finds the page", async () => {
  await withApp(async (send, app) => {
    assert.equal((await send("/admin/two-factor", as(app.cookieOf("bob")))).status, 404);
    const cookie = await adminCookie(app);
    const html = await (await send("/admin/two-factor", as(cookie))).text();
    assert.match(html, /<title>Two-factor · /);
    await setUpApp(app, "ann");
    const saved = await send(
      "/admin/two-factor",
      form([["action", "roles"], ["role", "admin"], ["role", "moderator"]], cookie),
    );
    assert.equal(saved.headers.get("location"), "/admin/two-factor?notice=saved");
    const roles = async () => must(await app.services.twoFactor.policy(await app.caller("ann"))).roles;
    assert.deepEqual(await roles(), ["moderator", "admin"]);
    const none = await send("/admin/two-factor", form({ action: "roles" }, cookie));
    assert.equal(none.status, 303);
    assert.deepEqual(await roles(), []);
    const bob = await app.caller("bob");
    await setUpApp(app, "bob");
    const wrong = await send(
      "/admin/two-factor",
      form({ action: "reset", username: "bob", reason: " " }, cookie),
    );
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /id="reason-error"/);
    const reset = await send(
      "/admin/two-factor",
      form({ action: "reset", username: "@Bob", reason: "Lost." }, cookie),
    );
    assert.equal(reset.status, 303);
    assert.equal((await app.services.twoFactor.state(bob)).totp, false);
  });
});

Deno.test("AU-9: leaving takes a tick and the password, ends the cookie, and says good-bye", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const html = await (await send("/account", as(cookie))).text();
    assert.match(html, /name="action" value="download"/);
    const unsure = await send("/account", form({ password }, cookie));
    assert.equal(unsure.status, 400);
    assert.equal((await send("/account", as(cookie))).status, 200);
    const sure = await send("/account", form({ password, sure: "yes", code: " " }, cookie));
    assert.equal(sure.headers.get("location"), "/login?notice=removed");
    assert.match(sure.headers.get("set-cookie") ?? "", /behest_session=;.*1970/);
    assert.equal((await send("/login", form(annsLogin))).status, 401);
    assert.match(await (await send("/login?notice=removed")).text(), /Your account was deleted/);
  });
});

Deno.test("AU-8: the profile offers one's own clean pictures, and none is a choice", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const picture = await app.file("ann", { name: "me.png", content: png() });
    await app.file("ann", { name: "letter.txt" });
    await app.file("ann", { name: "me.svg", content: "<svg xmlns='http://www.w3.org/2000/svg'></svg>" });
    await app.file("ann", { name: "new.png", content: joined([png(), "x"]), state: "scanning" });
    const html = await (await send("/profile", as(cookie))).text();
    const options = [...html.matchAll(/<option value(?:="([^"]*)")?[^>]*>([^<]+)</g)].map(([, , name]) =>
      name
    );
    assert.deepEqual(options.filter((name) => /\.|No picture/.test(name!)), ["No picture", "me.png"]);
    const fields = { displayName: "Ann", bio: "", pronouns: "", timeZone: "UTC", language: "en" };
    assert.equal((await send("/profile", form({ ...fields, avatar: picture.id }, cookie))).status, 303);
    const avatar = async () => must(await app.services.profiles.get(await app.caller("ann"))).avatar;
    assert.equal(await avatar(), picture.id);
    assert.match(await (await send("/profile", as(cookie))).text(), /src="\/api\/v1\/avatars\/ann[?"]/);
    assert.equal((await send("/profile", form({ ...fields, avatar: "" }, cookie))).status, 303);
    assert.equal(await avatar(), null);
  });
});

Deno.test("UI-6: the pages about the account speak German too", async () => {
  await withApp(async (send, app) => {
    const cookie = await adminCookie(app);
    for (
      const [path, words] of [
        ["/two-factor", "Zweiter Faktor"],
        ["/account", "Deine Daten"],
        ["/sessions", "Beende Sitzungen, die du nicht kennst"],
        ["/profile", "lässt sich nicht ändern"],
        ["/admin/two-factor", "Pflicht für"],
      ] as const
    ) {
      const html = await (await send(path, german(cookie))).text();
      assert.ok(html.includes(words), path);
    }
  });
});

Deno.test("AU-8: contacts show the pictures of those who have one", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const username of ["bob", "carl"]) await app.befriend("ann", username);
    await app.profile("bob", { avatar: (await app.file("bob", { content: png() })).id });
    const html = await (await send("/contacts", as(cookie))).text();
    assert.deepEqual([...html.matchAll(/\/api\/v1\/avatars\/([a-z]+)/g)].map(([, name]) => name), ["bob"]);
  }, { people: ["ann", "bob", "carl"] });
});
