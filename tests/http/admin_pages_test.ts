import assert from "node:assert/strict";
import { type Command, limits, Refusal, type Role } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { must } from "../fakes/accounts_rig.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { told } from "../fakes/told.ts";
import { answerNext } from "../fakes/replaced_calls.ts";

async function enter(app: AppRig, role: Role): Promise<string> {
  await app.setRole("ann", role);
  return app.cookieOf("ann");
}

const paths = [
  "/admin",
  "/admin/users",
  "/admin/users/bob",
  "/admin/categories",
  "/admin/categories/general",
  "/admin/groups",
  "/admin/groups/readers",
  "/admin/broadcast",
  "/admin/audit",
];

/** Whatever people and staff may write, as bad as it gets. */
async function furnish(app: AppRig): Promise<void> {
  const { groups, categories, users } = app.services;
  await app.profile("bob", { displayName: nasty });
  await app.group("readers", { bob: ["asked", "member"] }, nasty);
  const root = await app.caller("root");
  must(await groups.rename(root, "readers", { title: nasty }));
  must(await categories.add(root, { slug: "x", title: nasty, description: nasty }));
  must(await categories.change(root, "x", { retired: true }));
  const until = new Date(app.clock.now() + 3600_000).toISOString();
  must(await users.sanction(root, "bob", { kind: "mute", reason: nasty, until }));
  must(await users.sanction(root, "bob", { kind: "suspend", reason: nasty }));
}

Deno.test("MO-4: every admin page is there for administrators, and 404 for everyone else", async () => {
  await withApp(async (send, app) => {
    await furnish(app);
    const status = async (path: string, init: RequestInit) => (await send(path, init)).status;
    const admin = as(await enter(app, "admin"));
    for (const path of paths) assert.equal(await status(path, admin), 200, path);
    const moderator = as(await enter(app, "moderator"));
    for (const path of paths) {
      assert.equal(await status(path, moderator), path.startsWith("/admin/users") ? 200 : 404, path);
    }
    const cookie = await enter(app, "member");
    const unknown = await (await send("/admin/nowhere", as(cookie))).text();
    const audit = async () =>
      must(await app.services.audit.page(await app.caller("root"), {})).entries.length;
    const before = await audit();
    for (const path of paths) {
      const response = await send(path, as(cookie));
      assert.equal(response.status, 404, path);
      // Every answer has a nonce of its own.
      const same = (html: string) => html.replaceAll(/href="\.\/[./]*"|nonce="\w+"/g, "");
      assert.equal(same(await response.text()), same(unknown), "nothing tells that there is such a page");
      // These have no form to post.
      if (["/admin", "/admin/users", "/admin/audit"].includes(path)) continue;
      const added = form({ action: "add", slug: "art", name: "art", title: "Art", description: "" }, cookie);
      assert.equal(await status(path, added), 404, path);
    }
    assert.equal(await audit(), before, "nothing was done");
  });
});

Deno.test("MO-4: only who has administration sees the way there", async () => {
  await withApp(async (send, app) => {
    const home = async (role: Role) => await (await send("/", as(await enter(app, role)))).text();
    assert.ok(!(await home("member")).includes("/admin"));
    assert.ok((await home("admin")).includes('href="/admin"'));
    const moderator = await home("moderator");
    assert.ok(moderator.includes('href="/admin/queue"') && !moderator.includes('href="/admin"'));
  });
});

Deno.test("UI-8: what people write is text on every admin page", async () => {
  await withApp(async (send, app) => {
    await furnish(app);
    const cookie = await enter(app, "admin");
    const query = encodeURIComponent(nasty);
    const more = [
      `/admin/users?q=${query}&after=${query}`,
      `/admin/users/${query}`,
      `/admin/categories/${query}`,
      `/admin/categories?notice=${query}`,
      `/admin/groups/${query}`,
      `/admin/audit?before=${query}`,
    ];
    for (const path of [...paths, ...more]) assertNoMarkup(await (await send(path, as(cookie))).text());
    const names =
      "username name slug title description order role kind reason until zone key audience body " +
      "audienceCategory group href categories requires dueAt confirm counted";
    const fields = Object.fromEntries(names.split(" ").map((name) => [name, nasty]));
    for (const path of paths) {
      if (path === "/admin" || path === "/admin/users" || path === "/admin/audit") continue;
      for (const action of ["add", "invite", "rights", "sanction", "lift", nasty]) {
        const response = await send(path, form({ ...fields, action }, cookie));
        assert.ok(response.status >= 400 && response.status < 500, `${path} ${action}`);
        assertNoMarkup(await response.text());
      }
    }
  });
});

Deno.test("MO-5: users are searched, and given a role and the right to broadcast", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    const found = await (await send("/admin/users?q=bo", as(cookie))).text();
    assert.ok(found.includes("/admin/users/bob") && !found.includes("/admin/users/ann"));
    assert.match(await (await send("/admin/users?q=zzz", as(cookie))).text(), /Nobody found/);
    const done = await send(
      "/admin/users/bob",
      form({ action: "rights", role: "moderator", broadcast: "yes" }, cookie),
    );
    assert.equal(done.headers.get("location"), "/admin/users/bob?notice=rights");
    const bob = async () => {
      const { role, rights } = must(await app.services.users.get(await app.caller("root"), "bob"));
      return [role, rights];
    };
    assert.deepEqual(await bob(), ["moderator", { broadcast: true }]);
    const back = form({ action: "rights", role: "member" }, cookie);
    assert.equal((await send("/admin/users/bob", back)).status, 303);
    assert.deepEqual(await bob(), ["member", { broadcast: false }]);
    assert.equal((await send("/admin/users/nobody-here", as(cookie))).status, 404);
    // Moderators sanction and do not hand out roles.
    const moderator = await enter(app, "moderator");
    assert.ok(!(await (await send("/admin/users/bob", as(moderator))).text()).includes('value="rights"'));
  });
});

const sanctionsOf = async (app: AppRig) =>
  must(await app.services.users.get(await app.caller("root"), "bob")).sanctions;

Deno.test("MO-2: warn, mute and suspend take a reason and an end", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "moderator");
    const fields = { action: "sanction", kind: "mute", reason: "Too loud.\r\nTwice.", zone: "Europe/Berlin" };
    const done = await send("/admin/users/bob", form({ ...fields, until: "2027-01-01T12:00" }, cookie));
    assert.equal(done.headers.get("location"), "/admin/users/bob?notice=sanction");
    const [{ kind, reason, until } = {}] = await sanctionsOf(app);
    assert.deepEqual({ kind, reason, until }, {
      kind: "mute",
      reason: "Too loud.\nTwice.",
      until: "2027-01-01T11:00:00.000Z",
    });
    const html = await (await send("/admin/users/bob?notice=sanction", as(cookie))).text();
    assert.ok(html.includes("Too loud.") && html.includes("by @ann") && html.includes("Muted until"));
    const none = await send(
      "/admin/users/bob",
      form({ action: "sanction", reason: " ", zone: "UTC" }, cookie),
    );
    assert.equal(none.status, 400);
    const text = await none.text();
    for (const name of ["kind", "reason"]) assert.ok(text.includes(`id="${name}-error"`), name);
    await send("/admin/users/bob", form({ ...fields, kind: "suspend", until: "" }, cookie));
    const after = await (await send("/admin/users/bob", as(cookie))).text();
    assert.ok(after.includes("Suspended indefinitely"));
  });
});

Deno.test("MO-7: a sanction is lifted from the person's page with a reason, and what was typed comes back", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "moderator");
    const path = "/admin/users/bob";
    for (const kind of ["mute", "suspend"]) {
      await send(path, form({ action: "sanction", kind, reason: `${kind} it.`, zone: "UTC" }, cookie));
    }
    const [suspension, mute] = await sanctionsOf(app);
    const empty = await send(path, form({ action: "lift", sanction: mute!.id, reason: " " }, cookie));
    assert.equal(empty.status, 400);
    const text = await empty.text();
    assert.ok(text.includes(`id="lift-${mute!.id}-error"`) && text.includes("Enter a reason."));
    const long = "x".repeat(1001);
    const kept = await send(path, form({ action: "lift", sanction: mute!.id, reason: long }, cookie));
    assert.ok((await kept.text()).includes(long));
    const fields = { action: "lift", sanction: mute!.id, reason: "It was a song." };
    assert.equal((await send(path, form(fields, cookie))).headers.get("location"), `${path}?notice=lift`);
    const html = await (await send(`${path}?notice=lift`, as(cookie))).text();
    assert.ok(html.includes("It was a song.") && html.includes("Lifted. Kept in the audit log."));
    assert.ok(html.includes(`value="${suspension!.id}"`), "the other one can be lifted too");
    assert.ok(!html.includes(`value="${mute!.id}"`));
    assert.equal((await send(path, form({ ...fields, sanction: "unknown" }, cookie))).status, 404);
  });
});

Deno.test("BR-5: categories are added, edited, ordered, retired and brought back", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    const path = "/admin/categories";
    const post = async (fields: Record<string, string>) => await send(path, form(fields, cookie));
    const added = await post({ action: "add", slug: "art", title: "Art", description: "Things made." });
    assert.equal(added.headers.get("location"), `${path}?notice=add`);
    const categories = async () => must(await app.services.categories.all(await app.caller("root")));
    const slugs = async () => (await categories()).map(({ slug }) => slug);
    await post({ action: "up", slug: "art" });
    assert.deepEqual(await slugs(), ["general", "censored", "art", "feet"]);
    await post({ action: "down", slug: "general" });
    assert.deepEqual(await slugs(), ["censored", "general", "art", "feet"]);
    await post({ action: "up", slug: "censored" });
    assert.deepEqual(await slugs(), ["censored", "general", "art", "feet"]);
    await post({ action: "retire", slug: "feet" });
    const html = await (await send(path, as(cookie))).text();
    assert.match(html, /Restore feet/);
    assert.ok(!html.includes("Retire general"));
    await post({ action: "restore", slug: "feet" });
    assert.ok((await categories()).every(({ retired }) => !retired));
    const edited = await send(
      `${path}/art`,
      form({ title: "Arts", description: "", order: "0" }, cookie),
    );
    assert.equal(edited.headers.get("location"), `${path}?notice=saved`);
    assert.equal((await categories()).find(({ slug }) => slug === "art")?.title, "Arts");
    const wrong = await send(`${path}/art`, form({ title: "", description: "", order: "many" }, cookie));
    assert.equal(wrong.status, 400);
    const text = await wrong.text();
    for (const name of ["title", "order"]) assert.ok(text.includes(`id="${name}-error"`), name);
    const twice = await post({ action: "add", slug: "art", title: "Art", description: "" });
    assert.equal(twice.status, 409);
    assert.ok((await twice.text()).includes('id="slug-error"'));
    assert.equal((await send(`${path}/nowhere`, as(cookie))).status, 404);
  });
});

Deno.test("BR-6: administrators create groups and say who is in them", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    assert.match(await (await send("/admin/groups", as(cookie))).text(), /No groups/);
    const made = await send("/admin/groups", form({ name: "readers", title: "Readers" }, cookie));
    assert.equal(made.headers.get("location"), "/admin/groups/readers?notice=created");
    const path = "/admin/groups/readers";
    const invited = await send(path, form({ action: "invite", username: "bob", role: "owner" }, cookie));
    assert.equal(invited.headers.get("location"), `${path}?notice=invite`);
    const html = await (await send(path, as(cookie))).text();
    assert.ok(html.includes("Invited, not yet accepted") && html.includes(`action="${path}"`));
    await send(path, form({ action: "remove", username: "bob" }, cookie));
    const group = must(await app.services.groups.get(await app.caller("root"), "readers"));
    assert.deepEqual(group.members, []);
    const twice = await send("/admin/groups", form({ name: "readers", title: "Again" }, cookie));
    assert.equal(twice.status, 409);
    assert.ok((await twice.text()).includes('id="name-error"'));
  });
});

Deno.test("MO-4 BR-3: a broadcast is previewed, confirmed by its count above 100, and then shown live", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    let matched = 1204;
    app.services.commands.preview = () =>
      Promise.resolve({ matched, online: 4, offline: matched - 4, excluded: { broadcasts: 30 } });
    const fields = {
      key: "form-1",
      audience: "all",
      kind: "message",
      body: "A\r\nB",
      requires: "none",
      zone: "UTC",
    };
    const post = async (more: Record<string, string>) =>
      await send("/admin/broadcast", form({ ...fields, ...more }, cookie));
    const sends = () => app.sentBy("ann");
    const preview = await post({ do: "preview" });
    assert.equal(preview.status, 200);
    const html = await preview.text();
    assert.ok(html.includes("For 1,204 people: 4 online, 1,200 offline."));
    assert.ok(html.includes("They receive no broadcasts: 30"));
    assert.match(html, /type="hidden" name="counted" value="1204"/);
    for (const confirm of ["", "1203", "all"]) {
      const refused = await post({ do: "send", counted: "1204", confirm });
      assert.equal(refused.status, 400);
      assert.ok((await refused.text()).includes('id="confirm-error"'));
    }
    matched = 5000;
    assert.equal((await post({ do: "send", counted: "1204", confirm: "1204" })).status, 400);
    assert.deepEqual(await sends(), []);
    const sent = await post({ do: "send", counted: "5000", confirm: "5000" });
    assert.equal(sent.status, 303);
    const { id, ...command } = (await sends())[0]!.command as Command;
    assert.equal(command.body, "A\nB");
    assert.equal(sent.headers.get("location"), `/sent/${id}?notice=sent`);
    assert.equal((await send(`/sent/${id}?notice=sent`, as(cookie))).status, 200);
    matched = 100;
    const few = await post({ do: "preview" });
    assert.ok(!(await few.text()).includes('name="confirm"'));
    assert.equal((await post({ do: "send", key: "form-2" })).status, 303);
    assert.equal((await sends()).length, 2);
  });
});

Deno.test("MO-3: the audit log is paged, newest first", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("root");
    assert.match(await (await send("/admin/audit", as(cookie))).text(), /became the first administrator/);
    assert.match(await (await send("/admin/audit?action=group", as(cookie))).text(), /No matches/);
    for (let entry = 1; entry <= 60; entry++) await app.group(`act-${entry}`, {});
    const first = await (await send("/admin/audit", as(cookie))).text();
    assert.ok(/act-60\b/.test(first) && !/act-10\b/.test(first));
    const older = /href="(\/admin\/audit\?before=\w+)"/.exec(first)?.[1];
    assert.ok(older !== undefined);
    const second = await (await send(older, as(cookie))).text();
    assert.ok(/act-10\b/.test(second) && !/act-11\b/.test(second));
    assert.ok(second.includes('href="/admin/audit"'));
  });
});

Deno.test("MO-4: the overview counts accounts, connections and jobs due, and gives each check of the health", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    const checks = [
      { name: "kv", ok: true, reason: null },
      { name: "disk", ok: false, reason: told("only 3 MiB are free") },
    ];
    const warnings = [
      { name: "log", ok: false, reason: told("no lines") },
      { name: "clock", ok: true, reason: null },
    ];
    let jobsDue = 1;
    app.services.stats.now = () => Promise.resolve({ connections: 1234, users: 56, jobsDue });
    app.services.health.ready = () => Promise.resolve({ ready: false, checks, warnings });
    const overview = async () =>
      (await (await send("/admin", as(cookie))).text()).replaceAll(/<[^>]+>/g, "|");
    const html = await overview();
    assert.match(html, /\|56\|+accounts\|/);
    assert.match(html, /\|1,234\|+open connections\|/);
    assert.match(html, /\|1\|+job due\|/);
    assert.match(html, /Server\|+Not ready\|/);
    assert.match(html, /\|Data store\|+OK\|/);
    assert.match(html, /2 things need you/);
    assert.match(html, /\| Log\|+no lines\. Check that the server[^|]*\|+Warning\|/);
    assert.doesNotMatch(html, /\|\s*Clock\|/);
    assert.match(html, /No numbers yet/);
    assert.match(html, /Data directory\|+only 3 MiB are free\. Free some space[^|]*\|+Failed\|/);
    jobsDue = limits.jobsCounted;
    const most = limits.jobsCounted.toLocaleString("en");
    assert.match(await overview(), new RegExp(`\\|${most}\\|+or more jobs due\\|`));
  });
});

Deno.test("MO-4: the overview draws a range on the server, each chart with its table, and no script or style for it", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    app.services.log.error("test.failed");
    await app.open.rollups.look();
    await app.later(20 * 60_000);
    await app.open.rollups.look();
    const hour = await (await send("/admin?range=1h", as(cookie))).text();
    assert.match(hour, /<a href="\/admin\?range=1h" aria-current="page"/);
    const charts = [...hour.matchAll(/<svg class="chart"[^]*?<table[^]*?<\/table>/g)].map(([chart]) => chart);
    assert.equal(charts.length, 4);
    for (const chart of charts) {
      assert.match(chart, /role="img" aria-label="[^"]+"/);
      // The head, and the two minutes with a look.
      assert.equal(chart.match(/<tr/g)?.length, 3);
      assert.doesNotMatch(chart, /style=|<script|NaN|Infinity/);
    }
    assert.match(hour, /Errors in this time range/);
    // One column in the day's chart, which begins with the 24 hours; a range that does not exist is the day.
    const day = await (await send("/admin?range=1y", as(cookie))).text();
    assert.match(day, /<a href="\/admin\?range=24h" aria-current="page"/);
    assert.equal(day.match(/<svg class="chart"/g)?.length, 4);
  });
});

Deno.test("MO-4: numbers that cannot be had are not shown as none", async () => {
  await withApp(async (send, app) => {
    const cookie = await enter(app, "admin");
    answerNext(app.services.stats, "now", new Refusal("unavailable", told("Not now.")));
    const response = await send("/admin", as(cookie));
    assert.equal(response.status, 200);
    assert.match((await response.text()).replaceAll(/<[^>]+>/g, "|"), /\|\?\|+accounts\|/);
  });
});
