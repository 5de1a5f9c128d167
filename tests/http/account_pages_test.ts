import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";

/** A German reader. */
const german = (cookie: string) => ({ headers: { cookie, "accept-language": "de" } });

async function adminCookie(app: AppRig): Promise<string> {
  await app.setRole("ann", "admin");
  return app.cookieOf("ann");
}

Deno.test("AU-7: the page sets up an app with a picture of its secret, and shows the codes once", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const post = (fields: Record<string, string>) => send("/two-factor", form(fields, cookie));
    const first = await (await send("/two-factor", as(cookie))).text();
    assert.match(first, /<title>Two-factor · Behest<\/title>/);
    const begun = await post({ action: "app", appPassword: password });
    const html = await begun.text();
    assert.match(html, /<svg class="qr"[^>]*role="img"[^>]*aria-label="[^"]+"/);
    assert.match(html, /JBSWY3DPEHPK3PXP/);
    assert.ok(!/<[^>]+ (style|on[a-z]+)=/i.test(html), "attributes that the policy does not allow");
    const wrong = await post({ action: "confirm", appCode: "000000" });
    const again = await wrong.text();
    assert.equal(wrong.status, 400);
    assert.match(again, /name="appCode"[^>]*aria-describedby="appCode-error"/);
    assert.ok(!again.includes("JBSWY3DPEHPK3PXP"), "the secret is shown to who gave the password, once");
    const confirmed = await (await post({ action: "confirm", appCode: fakeCode })).text();
    for (const code of fakeRecoveryCodes) assert.ok(confirmed.includes(code));
    const later = await (await send("/two-factor", as(cookie))).text();
    for (const code of fakeRecoveryCodes) assert.ok(!later.includes(code));
    assert.match(later, /2 left\. Each replaces/);
  });
});

Deno.test("AU-7: each form of the page says what is wrong beside its own field", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const passkey = { id: "AAAA", name: "Laptop", createdAt: "2026-01-01T00:00:00.000Z", lastUsedAt: null };
    fake.world.twoFactor.set("ann", { totp: true, recoveryCodes: 3, passkeys: [passkey], required: true });
    const wrong = () =>
      new Refusal("forbidden", told("The password is wrong."), { fields: { password: told("is wrong") } });
    const cases = [
      ["remove-app", "totp.remove", "offPassword"],
      ["codes", "recovery-codes", "codesPassword"],
      ["remove-passkey", "passkey.remove", "removePassword"],
    ] as const;
    for (const [action, method, field] of cases) {
      fake.world.refuse.set(method, wrong());
      const response = await send("/two-factor", form({ action, id: "AAAA" }, cookie));
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
    const removed = await send("/two-factor", form({ action: "remove-passkey", id: "AAAA" }, cookie));
    assert.equal(removed.headers.get("location"), "/two-factor?notice=passkey-removed");
    const unknown = await send("/two-factor", form({ action: "everything" }, cookie));
    assert.equal(unknown.status, 400);
  });
});

Deno.test("AU-7: a passkey comes with a form of its own, and what is none is refused", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const passkey = {
      id: "AAAA",
      rawId: "AAAA",
      type: "public-key",
      response: { clientDataJSON: "AAAA", attestationObject: "AAAA" },
    };
    const fields = { action: "passkey", passkeyName: "Laptop", passkey: JSON.stringify(passkey) };
    const added = await send("/two-factor", form(fields, cookie));
    assert.match(await added.text(), new RegExp(fakeRecoveryCodes[0]!));
    assert.equal(fake.world.twoFactor.get("ann")?.passkeys[0]?.name, "Laptop");
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
    const saved = await send(
      "/admin/two-factor",
      form([["action", "roles"], ["role", "admin"], ["role", "moderator"]], cookie),
    );
    assert.equal(saved.headers.get("location"), "/admin/two-factor?notice=saved");
    assert.deepEqual(fake.world.policy.roles, ["admin", "moderator"]);
    const none = await send("/admin/two-factor", form({ action: "roles" }, cookie));
    assert.equal(none.status, 303);
    assert.deepEqual(fake.world.policy.roles, []);
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
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "two-factor.reset",
      params: { username: "bob", reason: "Lost." },
    });
  });
});

Deno.test("AU-9: leaving takes a tick and the password, ends the cookie, and says good-bye", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const html = await (await send("/account", as(cookie))).text();
    assert.match(html, /href="\/api\/v1\/account\/export"/);
    const unsure = await send("/account", form({ password: password }, cookie));
    assert.equal(unsure.status, 400);
    assert.equal(fake.world.calls.filter(({ method }) => method === "account.remove").length, 0);
    const sure = await send("/account", form({ password: password, sure: "yes", code: " " }, cookie));
    assert.equal(sure.headers.get("location"), "/login?notice=removed");
    assert.match(sure.headers.get("set-cookie") ?? "", /behest_session=;.*1970/);
    assert.deepEqual(fake.world.calls.at(-1)?.params, { password: password, code: undefined });
    assert.match(await (await send("/login?notice=removed")).text(), /Your account was deleted/);
  });
});

Deno.test("AU-8: the profile offers one's own clean pictures, and none is a choice", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const picture = fake.file({ type: "image/png", name: "me.png" });
    fake.file({ type: "text/plain", name: "letter.txt" });
    fake.file({ type: "image/svg+xml", name: "me.svg" });
    fake.file({ type: "image/png", name: "new.png", state: "scanning" });
    const html = await (await send("/profile", as(cookie))).text();
    const options = [...html.matchAll(/<option value(?:="([^"]*)")?[^>]*>([^<]+)</g)].map(([, , name]) =>
      name
    );
    assert.deepEqual(options.filter((name) => /\.|No picture/.test(name!)), ["No picture", "me.png"]);
    const fields = { displayName: "Ann", bio: "", pronouns: "", timeZone: "UTC", language: "en" };
    assert.equal((await send("/profile", form({ ...fields, avatar: picture.id }, cookie))).status, 303);
    assert.equal(fake.world.profiles.get("ann")?.avatar, picture.id);
    assert.match(await (await send("/profile", as(cookie))).text(), /src="\/api\/v1\/avatars\/ann[?"]/);
    assert.equal((await send("/profile", form({ ...fields, avatar: "" }, cookie))).status, 303);
    assert.equal(fake.world.profiles.get("ann")?.avatar, null);
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
    for (const username of ["bob", "carl"]) {
      fake.world.contacts.contacts.push({ username, displayName: username });
    }
    fake.world.profiles.set("bob", {
      username: "bob",
      displayName: "bob",
      bio: "",
      pronouns: "",
      timeZone: "UTC",
      language: "en",
      avatar: "01JGFJJZ00000000000000000A",
    });
    const html = await (await send("/contacts", as(cookie))).text();
    assert.deepEqual([...html.matchAll(/\/api\/v1\/avatars\/([a-z]+)/g)].map(([, name]) => name), ["bob"]);
  });
});
