import assert from "node:assert/strict";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import type { Command } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

const draft = {
  key: "form-1",
  to: "bob, @carl",
  kind: "message",
  body: "Hello",
  requires: "none",
  zone: "UTC",
};

Deno.test("UI-1: the inbox shows open commands and takes answers as plain forms", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.match(await (await send("/", as(cookie))).text(), /Nothing to do/);
    const open = await app.command("bob", "ann");
    const done = await app.command("bob", "ann", { title: "Long done" });
    await app.answer("ann", done.id, "completed");
    const html = await (await send("/", as(cookie))).text();
    assert.ok(html.includes("Water the plants"));
    assert.ok(!html.includes("Long done"));
    const later = await send(
      "/",
      form({ id: open.id, state: "deferred", minutes: "60", note: "begun" }, cookie),
    );
    assert.equal(later.status, 303);
    const until = new Date(app.clock.now() + 3600_000).toISOString();
    const { state } = await app.commandOf("ann", open.id);
    assert.deepEqual([state?.state, state?.until, state?.note], ["deferred", until, null]);
  });
});

Deno.test("UI-1: a refused answer is shown beside its command", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const { id } = await app.command("bob", "ann", { requires: "proof" });
    const response = await send("/", form({ id, state: "completed" }, cookie));
    assert.equal(response.status, 400);
    assert.match(await response.text(), /<article[^]*Add at least one file\.[^]*<\/article>/);
    const nonsense = await send("/", form({ id, state: "exploded" }, cookie));
    assert.equal(nonsense.status, 400);
  });
});

Deno.test("CO-2: a sealed command shows its sender, categories and times, and can be opened, put off or declined", async () => {
  await withApp(async (send, app) => {
    await app.preferences("ann", { categories: { feet: "ask" } });
    const { id } = await app.command("bob", "ann", { categories: ["feet"] });
    const html = await (await send("/", as(app.cookieOf("ann")))).text();
    assert.match(html, />Sealed: Feet</);
    const open = await (await send(`/?open=${id}`, as(app.cookieOf("ann")))).text();
    assert.ok(!open.includes("Water the plants") && !html.includes("Water the plants"));
    const [row = ""] = /<article[^]*<\/article>/.exec(open) ?? [];
    const offered = [...row.matchAll(/name="state" value="(\w+)"/g)].map(([, state]) => state);
    // The last two in one press, and with a time or a note.
    assert.deepEqual(offered.sort(), ["declined", "declined", "deferred", "deferred", "seen"]);
  });
});

Deno.test("CM-2: only https becomes a link, and it gives the other site nothing", async () => {
  await withApp(async (send, app) => {
    const open = async (kind: string, href: string) => {
      const { id } = await app.command("bob", "ann", { kind, data: { href } });
      await send("/", as(app.cookieOf("ann")));
      return await (await send(`/?open=${id}`, as(app.cookieOf("ann")))).text();
    };
    assert.match(
      await open("link", "https://example.org/a?b=1&c=2"),
      /<a href="https:\/\/example\.org\/a\?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">/,
    );
    // What is no link may have anything in its data.
    for (const href of ["javascript:alert(1)", "http://plain.example"]) {
      const html = await open("x-link", href);
      assert.match(html, /class="item-whole"/);
      assert.ok(!/href="(javascript|http):/i.test(html));
    }
  });
});

Deno.test("UI-8: what people write is text on every page", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    for (const who of ["ann", "bob", "carl", "dora"]) await app.profile(who, { displayName: nasty });
    const command = await app.command("bob", "ann", { title: nasty, body: nasty, data: { [nasty]: nasty } });
    const sent = await app.command("ann", "bob", { title: nasty, body: nasty, requires: "review" });
    await app.answer("bob", sent.id, "declined", { note: nasty });
    for (const [asks, asked] of [["carl", "ann"], ["ann", "dora"]] as const) {
      must(await app.services.contacts.request(await app.caller(asks), { username: asked, note: nasty }));
    }
    const query = encodeURIComponent(nasty);
    const paths = [
      "/",
      `/send?to=${query}`,
      `/sent?notice=${query}`,
      "/contacts",
      "/preferences",
      "/sessions",
      "/history",
      `/history?box=outbox&state=${query}&category=${query}&before=${query}`,
      "/history?box=outbox",
      `/history/${command.id}`,
      `/sent/${sent.id}`,
      `/history/${query}`,
      `/${query}`,
    ];
    for (const path of paths) assertNoMarkup(await (await send(path, as(cookie))).text());
    for (const path of ["/send", "/contacts", "/preferences", "/register", "/login", "/sessions"]) {
      const names = [
        "username",
        "to",
        "kind",
        "title",
        "body",
        "href",
        "zone",
        "key",
        "dueAt",
        "blockedUsers",
        "quietFrom",
      ];
      const fields = {
        ...Object.fromEntries(names.map((name) => [name, nasty])),
        action: "request",
        quiet: "yes",
      };
      const response = await send(path, form(fields, cookie));
      assert.ok(response.status >= 400, path);
      assertNoMarkup(await response.text());
    }
  }, { people: ["ann", "bob", "carl", "dora"] });
});

Deno.test("CM-1: the send form sends one command for its key, to everybody named", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.befriend("ann", "bob");
    await app.befriend("ann", "carl");
    const page = await (await send("/send?to=bob", as(cookie))).text();
    assert.match(page, /name="key" value="[A-Za-z0-9_-]{22}"/);
    const times = { zone: "Europe/Berlin", dueAt: "2026-03-29T12:00" };
    const response = await send(
      "/send",
      form([...Object.entries({ ...draft, ...times }), ["categories", "feet"]], cookie),
    );
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/sent?notice=sent");
    const [item, ...others] = await app.sentBy("ann");
    assert.equal(others.length, 0);
    const { kind, body, categories, dueAt, requires } = item!.command as Command;
    assert.deepEqual({ kind, body, categories, dueAt, requires }, {
      kind: "message",
      body: "Hello",
      categories: ["feet"],
      // Berlin went to summer time that morning.
      dueAt: "2026-03-29T10:00:00.000Z",
      requires: "none",
    });
    const { recipients } = await app.commandOf("ann", item!.command.id);
    assert.deepEqual(recipients?.map(({ username }) => username).sort(), ["bob", "carl"]);
    const again = await send(
      "/send",
      form([...Object.entries({ ...draft, ...times }), ["categories", "feet"]], cookie),
    );
    assert.equal(again.status, 303);
    assert.equal((await app.sentBy("ann")).length, 1);
  }, { people: ["ann", "bob", "carl"] });
});

Deno.test("UI-1: a refused send keeps what was typed, with each problem beside its field", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const bad = { ...draft, kind: "link", href: "http://plain.example", to: "", title: "x".repeat(121) };
    const response = await send("/send", form(bad, cookie));
    assert.equal(response.status, 400);
    const html = await response.text();
    for (const name of ["to", "href", "title"]) assert.ok(html.includes(`id="${name}-error"`), name);
    assert.ok(html.includes('value="http://plain.example"') && html.includes(">Hello</textarea>"));
    assert.ok(html.includes('name="key" value="form-1"'));
    const unknown = await (await send("/send", form({ ...draft, to: "nobody-here" }, cookie))).text();
    assert.match(unknown, /id="to-error"[^>]*>Check the name &quot;nobody-here&quot;\./);
  });
});

Deno.test("CM-1: a form that was sent already with other words gets a new key", async () => {
  await withApp(async (send, app) => {
    const sent = form({ ...draft, to: "bob" }, app.cookieOf("ann"));
    assert.equal((await send("/send", sent)).status, 303);
    const html = await (await send("/send", form({ ...draft, to: "bob", body: "Hi" }, app.cookieOf("ann"))))
      .text();
    assert.ok(!html.includes('value="form-1"'));
    assert.match(html, /name="key" value="[A-Za-z0-9_-]{22}"/);
  });
});

Deno.test("CM-6: a command is cancelled from the sent page", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const command = await app.command("ann", "bob");
    assert.match(await (await send(`/sent/${command.id}`, as(cookie))).text(), /Cancel command/);
    const response = await send("/sent", form({ id: command.id }, cookie));
    assert.equal(response.headers.get("location"), "/sent?notice=cancelled");
    const html = await (await send("/sent?notice=cancelled", as(cookie))).text();
    assert.match(html, /role="status"[^>]*>Cancelled\./);
    assert.ok(!html.includes(`value="${command.id}"`));
  });
});

Deno.test("CO-5: contacts are asked, accepted, declined and removed by plain forms", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.match(await (await send("/contacts", as(cookie))).text(), /No contacts yet/);
    const list = async () => {
      const { contacts, incoming, outgoing } = await app.services.contacts.list(await app.caller("ann"));
      return [contacts, incoming, outgoing].map((people) => people.map(({ username }) => username).join());
    };
    const asksAnn = async () => {
      must(await app.services.contacts.request(await app.caller("bob"), { username: "ann" }));
      assert.deepEqual(await list(), ["", "bob", ""]);
    };
    const steps = [
      ["request", null, ["", "", "bob"]],
      ["remove", null, ["", "", ""]],
      ["accept", asksAnn, ["bob", "", ""]],
      ["remove", null, ["", "", ""]],
      ["decline", asksAnn, ["", "", ""]],
    ] as const;
    for (const [action, before, after] of steps) {
      await before?.();
      const response = await send("/contacts", form({ action, username: "@Bob" }, cookie));
      assert.equal(response.headers.get("location"), `/contacts?notice=${action}`);
      assert.deepEqual(await list(), after, action);
    }
    assert.equal(
      (await send("/contacts", form({ action: "befriend", username: "bob" }, cookie))).status,
      400,
    );
    const wrong = await (await send("/contacts", form({ action: "request", username: "b" }, cookie))).text();
    assert.match(wrong, /id="username-error"/);
  });
});

Deno.test("CO-1: the preferences form saves the whole and shows what is wrong", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const fields = {
      acceptFrom: "nobody",
      "category-general": "ask",
      "category-feet": "allow",
      shareLimits: "yes",
      quiet: "yes",
      quietFrom: "21:30",
      quietTo: "06:00",
      dailyLimit: "7",
    };
    const response = await send("/preferences", form(fields, cookie));
    assert.equal(response.headers.get("location"), "/preferences?notice=saved");
    const saved = async () => await app.services.preferences.get(await app.caller("ann"));
    assert.deepEqual(await saved(), {
      categories: { general: "ask", censored: "block", feet: "allow" },
      acceptFrom: "nobody",
      broadcasts: false,
      shareLimits: true,
      blockedUsers: [],
      quietHours: [{ from: "21:30", to: "06:00" }],
      dailyLimit: 7,
    });
    // CO-10: the box for being seen online, ticked and not.
    for (const [shareOnline, boxes] of [[false, "no"], [true, "no&shareOnline=yes"]] as const) {
      const body = new URLSearchParams(`${new URLSearchParams(fields)}&shareOnline=${boxes}`);
      await send("/preferences", form([...body], cookie));
      assert.equal((await saved()).shareOnline, shareOnline);
    }
    const bad = await send(
      "/preferences",
      form({ ...fields, quietTo: "", dailyLimit: "many" }, cookie),
    );
    assert.equal(bad.status, 400);
    const html = await bad.text();
    for (const name of ["quietTo", "dailyLimit"]) {
      assert.ok(html.includes(`id="${name}-error"`), name);
    }
    assert.equal((await saved()).dailyLimit, 7);
  });
});

Deno.test("CO-1: the preferences page asks for each category in a row of a table", async () => {
  await withApp(async (send, app) => {
    await app.preferences("ann", { categories: { general: "allow", censored: "ask" } });
    const { categories } = await app.services.categories.list();
    const html = await (await send("/preferences", as(app.cookieOf("ann")))).text();
    assert.match(html, /<caption>/);
    const heads = [...html.matchAll(/<th [^>]*scope="col"[^>]*>([^<]+)</g)].map(([, text]) => text);
    assert.deepEqual(heads, ["Category", "Allow", "Ask", "Block"]);
    const rows = [...html.matchAll(/<th [^>]*scope="row"[^>]*>([^<]+)<span class="hint">([^<]+)</g)];
    assert.deepEqual(
      rows.map(([, title, description]) => [title, description]),
      categories.map(({ title, description }) => [title, description]),
    );
    const dots = html.match(/<input[^>]*name="category-[^>]*>/g) ?? [];
    const label = (dot: string) => /aria-label="([^"]+)"/.exec(dot)?.[1];
    assert.equal(
      new Set(dots.map(label)).size,
      3 * categories.length,
      "each has a name of its own",
    );
    const chosen = dots.filter((dot) => / checked/.test(dot)).map(label);
    assert.deepEqual(chosen, ["General: allow", "Censored: ask", "Feet: block"]);
  });
});
