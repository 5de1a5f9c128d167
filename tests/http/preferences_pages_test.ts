import assert from "node:assert/strict";
import { firstCategories } from "../../lib/consent/mod.ts";
import { wordsOf } from "../../lib/words/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form, type Send } from "../fakes/page_forms.ts";

interface Saved {
  message: string;
  effect: string | null;
  undo: string | null;
  shown: string;
  fields: Record<string, string>;
}

/** As the page's script saves one preference. */
function saver(send: Send, cookie: string) {
  return async (fields: Record<string, string>): Promise<{ status: number; json: Saved }> => {
    const posted = form(fields, cookie);
    const headers = { ...posted.headers as Record<string, string>, accept: "application/json" };
    const response = await send("/preferences", { ...posted, headers });
    return { status: response.status, json: await response.json() };
  };
}

const savedBy = async (app: AppRig, who: string) => await app.services.preferences.get(await app.caller(who));

/** What the page's hidden field says the form was filled with. */
async function shownOn(send: Send, cookie: string): Promise<string> {
  const html = await (await send("/preferences", as(cookie))).text();
  const [, shown = ""] = /<input[^>]*name="shown"[^>]*value="([^"]*)"/.exec(html) ?? [];
  return shown.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

Deno.test("CO-1, CO-4: a script saves one preference, is told what it means for the last week, and takes it back", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const categories of [["general"], ["general"]]) await app.command("bob", "ann", { categories });
    await send("/", as(cookie));
    const save = saver(send, cookie);
    const shown = await shownOn(send, cookie);
    const { status, json } = await save({ shown, only: "acceptFrom", acceptFrom: "nobody", dailyLimit: "x" });
    assert.equal(status, 200, "what is typed elsewhere is not looked at");
    assert.equal(json.message, "Saved.");
    assert.equal(json.effect, "In the last 7 days, 2 commands would not have reached you.");
    assert.equal((await savedBy(app, "ann")).acceptFrom, "nobody");
    assert.equal(JSON.parse(json.shown).acceptFrom, "nobody");
    const undone = await save({ shown: json.shown, only: "acceptFrom", undo: json.undo! });
    assert.deepEqual([undone.json.message, undone.json.undo], ["Undone.", null]);
    assert.equal((await savedBy(app, "ann")).acceptFrom, "contacts");
    const same = await save({ shown: undone.json.shown, only: "shareLimits", shareLimits: "yes" });
    assert.equal(same.json.effect, null, "it decides about no command");
    const ask = await save({ shown: same.json.shown, only: "categories", "category-general": "ask" });
    assert.equal(ask.json.effect, "In the last 7 days, 2 would have arrived sealed.");
    assert.deepEqual((await savedBy(app, "ann")).categories, {
      general: "ask",
      censored: "block",
      feet: "block",
    });
    const wrong = await save({ shown: ask.json.shown, only: "dailyLimit", dailyLimit: "x" });
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.json.fields, { dailyLimit: "Must be a number." });
    const broken = await save({ shown: "{}}", only: "broadcasts" });
    assert.equal(broken.status, 400);
    assert.equal((await savedBy(app, "ann")).broadcasts, true);
  });
});

Deno.test("CO-1: two tabs do not overwrite each other, with scripts and without", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const shown = await shownOn(send, cookie);
    const save = saver(send, cookie);
    await app.preferences("ann", { dailyLimit: 5, categories: { feet: "ask" } });
    const late = await save({ shown, only: "dailyLimit", dailyLimit: "9" });
    assert.equal(late.status, 409);
    assert.match(late.json.message, /Changed elsewhere/);
    // Said once, the person may mean it.
    assert.equal((await save({ shown: late.json.shown, only: "dailyLimit", dailyLimit: "9" })).status, 200);
    // A save of something else does not make this tab know what the other one chose: its old choice is not one anew.
    const dots = { only: "categories", "category-feet": "block", "category-censored": "block" };
    const one = await save({ ...dots, shown, "category-general": "ask" });
    assert.equal(one.status, 200);
    const two = await save({ ...dots, shown: one.json.shown, "category-general": "allow" });
    assert.equal(two.status, 200);
    assert.equal((await savedBy(app, "ann")).categories.feet, "ask");
    // The whole form of a page from before: what the person left alone stays as the other tab made it.
    const fields = {
      shown,
      acceptFrom: "anyone",
      broadcasts: "yes",
      "category-general": "allow",
      "category-censored": "ask",
      "category-feet": "block",
    };
    const done = await send("/preferences", form({ ...fields, shareOnline: "yes" }, cookie));
    assert.equal(done.status, 303);
    const now = await savedBy(app, "ann");
    assert.deepEqual([now.acceptFrom, now.dailyLimit, now.categories], ["anyone", 9, {
      general: "allow",
      censored: "ask",
      feet: "ask",
    }]);
    const again = await send("/preferences", form({ ...fields, "category-censored": "allow" }, cookie));
    assert.equal(again.status, 409);
    const html = await again.text();
    assert.match(html, /id="categories-error">Choose again: another tab or device has changed this/);
    assert.match(
      html,
      /<input[^>]*name="category-censored"[^>]*value="allow"[^>]*checked/,
      "what was chosen stays",
    );
  });
});

Deno.test("CO-1, CO-4: quiet hours are a list of windows by weekday, and each error stands beside its time", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const post = async (rows: [string, string][]) =>
      await send("/preferences", form([["acceptFrom", "contacts"], ["quiet", "yes"], ...rows], cookie));
    const night: [string, string][] = [["quietFrom", "22:00"], ["quietTo", "07:00"]];
    const weekend: [string, string][] = [
      ["quietDays1", "sa"],
      ["quietDays1", "su"],
      ["quietFrom1", "12:00"],
      ["quietTo1", "14:00"],
      ["quietFrom2", ""],
      ["quietTo2", ""],
    ];
    await post([...night, ...weekend]);
    const windows = [{ from: "22:00", to: "07:00" }, { days: ["sa", "su"], from: "12:00", to: "14:00" }];
    assert.deepEqual((await savedBy(app, "ann")).quietHours, windows);
    const html = await (await send("/preferences", as(cookie))).text();
    assert.match(html, /name="quietDays1" value="sa" checked/);
    assert.match(html, /name="quietFrom2"/, "with a row for one more");
    const bad = await post([...night, ["quietFrom1", "12:00"], ["quietTo1", ""]]);
    assert.equal(bad.status, 400);
    assert.match(await bad.text(), /id="quietTo1-error">Must be a time of day like 22:00\./);
    assert.deepEqual((await savedBy(app, "ann")).quietHours, windows);
    // Switched off, nothing is quiet, and what was drawn stays for the next time.
    await send("/preferences", form({ acceptFrom: "contacts" }, cookie));
    const off = await savedBy(app, "ann");
    assert.equal(off.quietHours, null);
    assert.ok(!("restingHours" in off), "no preference of the protocol");
    const kept = await (await send("/preferences", as(cookie))).text();
    assert.match(kept, /name="quietDays1" value="sa" checked/);
    assert.ok(!/name="quiet" value="yes" checked/.test(kept));
  });
});

Deno.test("CO-1: blocked people are found whatever the accents, page by page, and unblocked with a way back", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const look = async (query = "") => await (await send(`/preferences/blocked${query}`, as(cookie))).text();
    assert.match(await look(), /No blocked people yet/);
    const names = Array.from({ length: 30 }, (_, at) => `person-${String(at).padStart(2, "0")}`);
    await app.preferences("ann", { blockedUsers: [...names, "zoe"] });
    const listed = (html: string) =>
      [...html.matchAll(/<strong class="private">@([^<]+)<\/strong><\/span>/g)].map(([, name]) => name);
    const first = await look();
    assert.deepEqual(listed(first), names.slice(0, 25));
    assert.match(first, /31 blocked people/);
    assert.deepEqual(listed(await look("?after=person-24")), [...names.slice(25), "zoe"]);
    assert.deepEqual(listed(await look("?q=%40ZO%C3%8B")), ["zoe"]);
    assert.match(await look("?q=nobody"), /No matches/);
    const post = async (action: string, username: string) =>
      await send("/preferences/blocked", form({ action, username }, cookie));
    const done = await post("unblock", "zoe");
    const to = done.headers.get("location")!;
    assert.equal(to, "/preferences/blocked?notice=unblock&name=zoe");
    assert.match(
      await look(to.slice("/preferences/blocked".length)),
      /value="block" aria-label="Undo: @zoe"/,
    );
    assert.ok(!(await savedBy(app, "ann")).blockedUsers.includes("zoe"));
    // A link says nothing that is not so.
    assert.ok(!(await look("?notice=block&name=zoe")).includes("is blocked"));
    await app.command("bob", "ann");
    await send("/", as(cookie));
    assert.equal((await post("block", "@bob")).status, 303);
    assert.match(await look("?notice=block&name=bob"), /1 command would not have reached you\./);
    const self = await post("block", "ann");
    assert.equal(self.status, 400);
    assert.match(await self.text(), /id="username-error">Remove your own name\./);
    assert.match(
      await (await post("block", "no!")).text(),
      /value="no!"[^>]*aria-describedby="username-error"/,
    );
  });
});

Deno.test("CO-4: a browser in another zone is asked about once, and the account follows only who says so", async () => {
  await withApp(async (send, app) => {
    const session = app.cookieOf("ann");
    const from = (zone: string, more = "") =>
      `${session}; behest_times=${encodeURIComponent(`en-GB~${zone}`)}${more}`;
    const asks = async (cookie: string) =>
      /Your browser is in ([^,]+),/.exec(await (await send("/preferences", as(cookie))).text())?.[1];
    assert.equal(await asks(session), undefined, "nobody knows where it is");
    assert.equal(await asks(from("Africa/Abidjan")), undefined, "the same clock");
    assert.equal(await asks(from("Mars/Base")), undefined);
    assert.equal(await asks(from("America/New_York")), "New York");
    const answer = async (action: string, zone: string, cookie: string) =>
      await send("/preferences/zone", form({ action, zone }, cookie));
    const kept = await answer("keep", "America/New_York", from("America/New_York"));
    const [pair] = kept.headers.getSetCookie().find((one) => one.startsWith("behest_zones="))!.split(";");
    assert.equal(await asks(from("America/New_York", `; ${pair}`)), undefined);
    assert.equal(await asks(from("Asia/Tokyo", `; ${pair}`)), "Tokyo", "another zone is another question");
    assert.equal((await answer("use", "Asia/Tokyo", from("Asia/Tokyo", `; ${pair}`))).status, 303);
    assert.equal(must(await app.services.profiles.get(await app.caller("ann"))).timeZone, "Asia/Tokyo");
    assert.equal(await asks(from("Asia/Tokyo", "; behest_zones=%zz")), undefined);
    assert.equal((await answer("use", "Mars/Base", session)).status, 404);
  });
});

Deno.test("UI-6, BR-5: a first start's categories are German to German readers, and what an administrator wrote stays", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const german = async (path: string) =>
      await (await send(path, { headers: { cookie, "accept-language": "de" } })).text();
    await app.preferences("ann", { categories: { feet: "ask" } });
    await app.command("bob", "ann", { categories: ["feet"] });
    assert.match(await german("/"), /Versiegelt: Füße/);
    for (const path of ["/preferences", "/send", "/preferences/reach", "/contacts/bob", "/welcome"]) {
      assert.match(await german(path), /Füße/, path);
    }
    const root = await app.caller("root");
    must(await app.services.categories.change(root, "feet", { title: "Toes" }));
    assert.match(await german("/"), /Versiegelt: Toes/);
    const page = await german("/preferences");
    assert.ok(page.includes("Toes") && page.includes("Bilder und Aufgaben zu Füßen."));
  });
});

Deno.test("BR-5: the words of a first start's categories are those that the pages translate", () => {
  for (const { slug, title, description } of firstCategories) {
    assert.deepEqual(wordsOf("en").builtin[slug as "general"], { title, description });
  }
});
