import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/mod.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, base, form } from "../fakes/page_forms.ts";
import { must } from "../fakes/accounts_rig.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

const saved = async (app: AppRig) => await app.services.preferences.get(await app.caller("ann"));
const account = { username: "cleo", password: "long enough for this", adult: "yes" };

Deno.test("UI-1: a new account begins with its first minutes, the first administrator's too", async () => {
  await withApp(async (send, { open }) => {
    const member = await send("/register", form(account));
    assert.equal(member.headers.get("location"), "/welcome");
    const admin = await send(open.setupLink!, form({ ...account, username: "root" }));
    assert.equal(admin.headers.get("location"), "/welcome");
  }, { admin: false });
});

Deno.test("UI-1: three steps lead on, say where one is, and can be skipped each and all", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const before = await saved(app);
    const paths = ["/welcome", "/welcome/who", "/welcome/when", "/welcome/ready"];
    for (const [at, path] of paths.slice(0, 3).entries()) {
      const html = await (await send(path, as(cookie))).text();
      assert.ok(html.includes(`${at + 1} of 3</strong>`), path);
      assert.match(html, new RegExp(`<progress max="3" value="${at + 1}"`));
      assert.ok(html.includes(`href="${paths[at + 1]}"`), "the step cannot be skipped");
      const [, out = ""] = /<a class="button button-quiet" href="([^"]*)">Skip setup/.exec(html) ?? [];
      assert.equal(new URL(out, base + path).href, `${base}/`);
      assert.equal(html.includes(">Back</a>"), at > 0);
      assert.match(html, /<title>Welcome · Behest<\/title>/);
    }
    for (const path of ["/welcome/limits", "/welcome/4", "/welcome/__proto__"]) {
      assert.equal((await send(path, as(cookie))).status, 404, path);
    }
    assert.deepEqual(await saved(app), before);
  });
});

Deno.test("CO-1: what stands in the steps is what a new account has", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const checked = (html: string) =>
      [...html.matchAll(/<input[^>]*type="(?:radio|checkbox)"[^>]* checked[^>]*>/g)].map(([input]) =>
        `${/name="([^"]*)"/.exec(input)?.[1]}=${/value="([^"]*)"/.exec(input)?.[1]}`
      );
    const limits = checked(await (await send("/welcome", as(cookie))).text());
    assert.deepEqual(limits.sort(), [
      "category-censored=block",
      "category-feet=block",
      "category-general=allow",
    ]);
    assert.deepEqual(checked(await (await send("/welcome/who", as(cookie))).text()), [
      "acceptFrom=contacts",
      "broadcasts=yes",
    ]);
    assert.deepEqual(checked(await (await send("/welcome/when", as(cookie))).text()), []);
  });
});

Deno.test("CO-1: each step saves what it asks, and leaves the rest as it is", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const before = await saved(app);
    const limits = await send(
      "/welcome",
      form({ "category-general": "ask", "category-feet": "block" }, cookie),
    );
    assert.equal(limits.headers.get("location"), "/welcome/who");
    const categories = { ...before.categories, general: "ask", feet: "block" } as const;
    assert.deepEqual(await saved(app), { ...before, categories });
    const who = await send("/welcome/who", form({ acceptFrom: "nobody", quiet: "yes" }, cookie));
    assert.equal(who.headers.get("location"), "/welcome/when");
    const asked = { acceptFrom: "nobody", broadcasts: false } as const;
    assert.deepEqual(await saved(app), { ...before, categories, ...asked });
    const when = { quiet: "yes", quietFrom: "23:00", quietTo: "06:30", zone: "UTC", acceptFrom: "anyone" };
    const last = await send("/welcome/when", form(when, cookie));
    assert.equal(last.headers.get("location"), "/welcome/ready");
    const quietHours = [{ from: "23:00", to: "06:30" }];
    assert.deepEqual(await saved(app), { ...before, categories, ...asked, quietHours });
    assert.equal((await send("/welcome/ready", form({}, cookie))).status, 405);
  });
});

Deno.test("CO-4: quiet hours take their zone into the profile, and none without quiet hours", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const zone = async () => must(await app.services.profiles.get(await app.caller("ann"))).timeZone;
    const hours = { quietFrom: "23:00", quietTo: "06:30" };
    await send("/welcome/when", form({ ...hours, zone: "Europe/Vienna" }, cookie));
    assert.equal(await zone(), "UTC");
    await send("/welcome/when", form({ ...hours, quiet: "yes", zone: "Europe/Vienna" }, cookie));
    assert.equal(await zone(), "Europe/Vienna");
    const wrong = await send("/welcome/when", form({ ...hours, quiet: "yes", zone: "Mars/Base" }, cookie));
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /id="zone-error"/);
    assert.equal(await zone(), "Europe/Vienna");
  });
});

Deno.test("UI-1: a refused step says why, keeps what was chosen and does not lead on", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const wrong = await send("/welcome/who", form({ acceptFrom: "martians" }, cookie));
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /id="acceptFrom-error"/);
    const hours = { quiet: "yes", quietFrom: "late", quietTo: "07:00", zone: "UTC" };
    const late = await (await send("/welcome/when", form(hours, cookie))).text();
    assert.match(late, /id="quietFrom-error"/);
    assert.match(late, /<input[^>]*name="quiet"[^>]* checked/);
    const refusal = new Refusal("unavailable", told("Try again in a moment."));
    answerNext(app.services.preferences, "set", refusal);
    const down = await send("/welcome/who", form({ acceptFrom: "anyone" }, cookie));
    assert.equal(down.status, 503);
    const html = await down.text();
    assert.match(html, /role="alert"[^>]*>Try again in a moment\./);
    assert.match(html, /<input[^>]*value="anyone"[^>]* checked/);
  });
});

Deno.test("UI-1: the sample says what it is, can be answered, and asks no service for anything", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const look = async (path: string) => await (await send(path, as(cookie))).text();
    const fresh = await look("/welcome/ready");
    assert.ok(fresh.includes("Nobody sent you this."));
    assert.match(fresh, /<form[^>]*method="get"[^>]*action="\/welcome\/ready#sample"/);
    assert.match(fresh, /value="accepted"[^]*value="declined"/);
    const accepted = await look("/welcome/ready?sample=accepted");
    assert.ok(accepted.includes("would now see that you accepted"));
    assert.match(accepted, /value="done"/);
    assert.ok((await look("/welcome/ready?sample=done")).includes("leave your inbox"));
    assert.ok((await look("/welcome/ready?sample=declined")).includes("with no reason"));
    const main = (html: string) => html.slice(html.indexOf("<main"), html.indexOf("</main"));
    assert.equal(main(await look("/welcome/ready?sample=%3Cscript%3E")), main(fresh));
    assert.deepEqual(await app.sentBy("ann"), []);
    for (const path of ["/preferences", "/contacts", "/profile", "/keys"]) {
      assert.ok(fresh.includes(`href="${path}"`), path);
    }
  });
});

Deno.test("UI-6: the first minutes are told in the reader's language", async () => {
  await withApp(async (send, app) => {
    const headers = { cookie: app.cookieOf("ann"), "accept-language": "de" };
    const html = await (await send("/welcome", { headers })).text();
    assert.ok(html.includes("Was möchtest du bekommen?") && html.includes("1 von 3"));
  });
});

Deno.test("CO-9 CO-12: the end of the first steps says what can reach the person, as their choices decide", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const said = async () => {
      const html = await (await send("/welcome/ready", as(cookie))).text();
      const [, list = ""] = /What can reach you now<\/h2><dl[^>]*>(.*?)<\/dl>/s.exec(html) ?? [];
      return [...list.matchAll(/<dt>(.*?)<\/dt><dd[^>]*>(.*?)<\/dd>/g)].map(([, from, text]) =>
        `${from}: ${text}`
      );
    };
    assert.deepEqual(await said(), [
      "Any contact: Only General can arrive.",
      "Anyone else: Nothing arrives.",
      "Broadcasts: Only General can arrive.",
    ]);
    const step = (path: string, fields: Record<string, string>) => send(path, form(fields, cookie));
    await step("/welcome", {
      "category-general": "allow",
      "category-feet": "ask",
      "category-censored": "block",
    });
    await step("/welcome/who", { acceptFrom: "anyone" });
    assert.deepEqual(await said(), [
      "Any contact: Only General and Feet can arrive.",
      "Anyone else: Only General and Feet can arrive.",
      "Broadcasts: Nothing arrives.",
    ]);
  });
});
