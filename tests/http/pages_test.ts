import assert from "node:assert/strict";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { as, form, withPages } from "../fakes/pages.ts";
import { told } from "../fakes/told.ts";

const draft = {
  key: "form-1",
  to: "bob, @ann",
  kind: "message",
  body: "Hello",
  requires: "none",
  zone: "UTC",
};

Deno.test("UI-1: the inbox shows open commands and takes answers as plain forms", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    assert.match(await (await send("/", as(cookie))).text(), /Nothing to do/);
    const open = fake.item(fake.command("bob"), "seen");
    fake.world.inbox.push(open, fake.item(fake.command("bob", { title: "Long done" }), "completed"));
    const html = await (await send("/", as(cookie))).text();
    assert.ok(html.includes("Water the plants"));
    assert.ok(!html.includes("Long done"));
    const later = await send(
      "/",
      form({ id: open.command.id, state: "deferred", minutes: "60", note: "begun" }, cookie),
    );
    assert.equal(later.status, 303);
    const until = new Date(fake.clock.now() + 3600_000).toISOString();
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "command.update",
      params: { id: open.command.id, state: "deferred", until },
    });
  });
});

Deno.test("UI-1: a refused answer is shown beside its command", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const item = fake.item(fake.command("bob"), "delivered");
    fake.world.inbox.push(item);
    fake.world.refuse.set("command.update", new Refusal("conflict", told("The sender cancelled it.")));
    const response = await send("/", form({ id: item.command.id, state: "accepted" }, cookie));
    assert.equal(response.status, 409);
    assert.match(await response.text(), /<article[^]*The sender cancelled it\.[^]*<\/article>/);
    const nonsense = await send("/", form({ id: item.command.id, state: "exploded" }, cookie));
    assert.equal(nonsense.status, 400);
  });
});

Deno.test("CO-2: a sealed command shows its sender, categories and times, and can only be opened", async () => {
  await withPages(async (send, fake) => {
    const { title: _t, body: _b, ...whole } = fake.command("bob", { categories: ["feet"] });
    const { id, from, categories, createdAt, deliverAt, dueAt, expiresAt } = whole;
    const command = { id, sealed: true as const, from, categories, createdAt, deliverAt, dueAt, expiresAt };
    fake.world.inbox.push(fake.item(command as Parameters<typeof fake.item>[0], "delivered"));
    const html = await (await send("/", as(fake.cookieOf("ann")))).text();
    assert.match(html, /feet/);
    assert.match(html, /name="state" value="seen"/);
    assert.ok(!html.includes('value="accepted"') && !html.includes('value="completed"'));
  });
});

Deno.test("CM-2: only https becomes a link, and it gives the other site nothing", async () => {
  await withPages(async (send, fake) => {
    const link = (href: string) =>
      fake.item(fake.command("bob", { kind: "link", data: { href } }), "delivered");
    fake.world.inbox.push(
      link("https://example.org/a?b=1&c=2"),
      link("javascript:alert(1)"),
      link("http://plain.example"),
    );
    const html = await (await send("/", as(fake.cookieOf("ann")))).text();
    assert.match(
      html,
      /<a href="https:\/\/example\.org\/a\?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">/,
    );
    assert.ok(!/href="(javascript|http):/i.test(html));
  });
});

Deno.test("UI-8: what people write is text on every page", async () => {
  await withPages(async (send, fake) => {
    const { world } = fake;
    const cookie = fake.cookieOf("ann");
    const from = { id: "01JGFJJZ00000000000000000C", username: nasty, displayName: nasty };
    const command = fake.command("bob", {
      title: nasty,
      body: nasty,
      from,
      categories: [nasty],
      kind: nasty,
    });
    world.inbox.push({
      command,
      state: { state: "seen", updatedAt: nasty, until: nasty, note: nasty, allowedBy: nasty },
    });
    const recipient = {
      username: nasty,
      displayName: nasty,
      state: "declined" as const,
      updatedAt: nasty,
      note: nasty,
      proof: [],
    };
    world.outbox.push({ command, totals: { declined: 1 }, recipients: [recipient, recipient] });
    const asked = { username: nasty, displayName: nasty, note: nasty, createdAt: nasty };
    world.contacts = {
      contacts: [{ username: nasty, displayName: nasty, online: true, allows: [nasty] }],
      incoming: [asked],
      outgoing: [asked],
    };
    world.preferences.blockedUsers = [nasty];
    world.sessions = [{
      id: nasty,
      device: nasty,
      address: nasty,
      createdAt: nasty,
      lastSeenAt: nasty,
      expiresAt: nasty,
      current: false,
      agent: null,
      timeZone: null,
      stays: false,
    }];
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
  });
});

Deno.test("CM-1: the send form sends one command for its key, to everybody named", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const page = await (await send("/send?to=bob", as(cookie))).text();
    assert.match(page, /name="key" value="[A-Za-z0-9_-]{22}"/);
    const times = { zone: "Europe/Berlin", dueAt: "2026-03-29T12:00" };
    const response = await send(
      "/send",
      form([...Object.entries({ ...draft, ...times }), ["categories", "feet"]], cookie),
    );
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/sent?notice=sent");
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "command.send",
      params: {
        key: "form-1",
        audience: { kind: "user", to: ["bob", "ann"] },
        kind: "message",
        body: "Hello",
        categories: ["feet"],
        // Berlin went to summer time that morning.
        dueAt: "2026-03-29T10:00:00.000Z",
        deliverAt: null,
        expiresAt: null,
        requires: "none",
      },
    });
  });
});

Deno.test("UI-1: a refused send keeps what was typed, with each problem beside its field", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const bad = { ...draft, kind: "link", href: "http://plain.example", to: "", title: "x".repeat(121) };
    const response = await send("/send", form(bad, cookie));
    assert.equal(response.status, 400);
    const html = await response.text();
    for (const name of ["to", "href", "title"]) assert.ok(html.includes(`id="${name}-error"`), name);
    assert.ok(html.includes('value="http://plain.example"') && html.includes(">Hello</textarea>"));
    assert.ok(html.includes('name="key" value="form-1"'));
    fake.world.refuse.set(
      "command.send",
      new Refusal("not_found", told("Nobody by that name."), {
        fields: { "audience.to.0": told("nobody has this name") },
      }),
    );
    const unknown = await (await send("/send", form(draft, cookie))).text();
    assert.match(unknown, /id="to-error"[^>]*>bob: nobody has this name\./);
  });
});

Deno.test("CM-1: a form that was sent already with other words gets a new key", async () => {
  await withPages(async (send, fake) => {
    fake.world.refuse.set(
      "command.send",
      new Refusal("conflict", told("This key was used for another command.")),
    );
    const html = await (await send("/send", form(draft, fake.cookieOf("ann")))).text();
    assert.ok(!html.includes('value="form-1"'));
    assert.match(html, /name="key" value="[A-Za-z0-9_-]{22}"/);
  });
});

Deno.test("CM-6: a command is cancelled from the sent page", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const command = fake.command("ann");
    fake.world.outbox.push({ command, totals: { delivered: 1 } });
    assert.match(await (await send("/sent", as(cookie))).text(), /Cancel/);
    const response = await send("/sent", form({ id: command.id }, cookie));
    assert.equal(response.headers.get("location"), "/sent?notice=cancelled");
    const html = await (await send("/sent?notice=cancelled", as(cookie))).text();
    assert.match(html, /role="status"[^>]*>Cancelled\./);
    assert.ok(!html.includes(`value="${command.id}"`));
  });
});

Deno.test("CO-5: contacts are asked, accepted, declined and removed by plain forms", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    assert.match(await (await send("/contacts", as(cookie))).text(), /No contacts yet/);
    for (const action of ["request", "accept", "decline", "remove"]) {
      const response = await send("/contacts", form({ action, username: "@Bob" }, cookie));
      assert.equal(response.headers.get("location"), `/contacts?notice=${action}`);
      const call = fake.world.calls.findLast(({ method }) => method.startsWith("contact."));
      assert.equal(call?.method, `contact.${action}`);
      assert.equal((call?.params as { username: string }).username, "bob");
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
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const fields = {
      acceptFrom: "nobody",
      "category-general": "ask",
      "category-feet": "allow",
      shareLimits: "yes",
      blockedUsers: "bob\r\ncarl",
      quiet: "yes",
      quietFrom: "21:30",
      quietTo: "06:00",
      dailyLimit: "7",
    };
    const response = await send("/preferences", form(fields, cookie));
    assert.equal(response.headers.get("location"), "/preferences?notice=saved");
    assert.deepEqual(fake.world.preferences, {
      categories: { general: "ask", feet: "allow" },
      acceptFrom: "nobody",
      broadcasts: false,
      shareLimits: true,
      blockedUsers: ["bob", "carl"],
      quietHours: { from: "21:30", to: "06:00" },
      dailyLimit: 7,
    });
    // CO-10: the box for being seen online, ticked and not.
    for (const [shareOnline, boxes] of [[false, "no"], [true, "no&shareOnline=yes"]] as const) {
      const body = new URLSearchParams(`${new URLSearchParams(fields)}&shareOnline=${boxes}`);
      await send("/preferences", form([...body], cookie));
      assert.equal(fake.world.preferences.shareOnline, shareOnline);
    }
    const bad = await send(
      "/preferences",
      form({ ...fields, quietTo: "", dailyLimit: "many", blockedUsers: "no!" }, cookie),
    );
    assert.equal(bad.status, 400);
    const html = await bad.text();
    for (const name of ["quietTo", "dailyLimit", "blockedUsers"]) {
      assert.ok(html.includes(`id="${name}-error"`), name);
    }
    assert.equal(fake.world.preferences.dailyLimit, 7);
  });
});

Deno.test("CO-1: the preferences page asks for each category in a row of a table", async () => {
  await withPages(async (send, fake) => {
    fake.world.preferences.categories = { general: "allow", censored: "ask" };
    const html = await (await send("/preferences", as(fake.cookieOf("ann")))).text();
    assert.match(html, /<caption>/);
    const heads = [...html.matchAll(/<th [^>]*scope="col"[^>]*>([^<]+)</g)].map(([, text]) => text);
    assert.deepEqual(heads, ["Category", "Allow", "Ask", "Block"]);
    const rows = [...html.matchAll(/<th [^>]*scope="row"[^>]*>([^<]+)<span class="hint">([^<]+)</g)];
    assert.deepEqual(
      rows.map(([, title, description]) => [title, description]),
      fake.world.categories.map(({ title, description }) => [title, description]),
    );
    const dots = html.match(/<input[^>]*name="category-[^>]*>/g) ?? [];
    const label = (dot: string) => /aria-label="([^"]+)"/.exec(dot)?.[1];
    assert.equal(
      new Set(dots.map(label)).size,
      3 * fake.world.categories.length,
      "each has a name of its own",
    );
    const chosen = dots.filter((dot) => / checked/.test(dot)).map(label);
    assert.deepEqual(chosen, ["General: allow", "Censored: ask", "Feet: block"]);
  });
});
