import assert from "node:assert/strict";
import { type AuditPageEntry, limits, Refusal, type Role } from "../../lib/protocol/mod.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { as, form, site, withPages } from "../fakes/pages.ts";
import type { FakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

const since = "2026-01-01T00:00:00.000Z";

function enter(fake: FakeServices, role: Role): string {
  const person = fake.world.people.get("ann");
  assert.ok(person !== undefined);
  person.user.role = role;
  return fake.cookieOf("ann");
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

function world(fake: FakeServices) {
  fake.world.groups.push({
    name: "readers",
    title: nasty,
    createdAt: since,
    members: [{ username: "bob", displayName: nasty, role: "member", since: null }],
  });
  const entry: AuditPageEntry = {
    cursor: "0000000000000000000a",
    at: nasty,
    actor: nasty,
    action: nasty,
    subject: nasty,
    address: nasty,
    reason: nasty,
    detail: { [nasty]: nasty },
    hash: nasty,
  };
  fake.world.audit.push(entry);
  const bob = fake.world.people.get("bob");
  assert.ok(bob !== undefined);
  bob.user.displayName = nasty;
  fake.world.sanctions.set("bob", [
    { id: "1", kind: "mute", reason: nasty, until: nasty, createdAt: nasty, by: nasty },
    { id: "2", kind: "suspend", reason: nasty, until: null, createdAt: since, by: nasty },
  ]);
  fake.world.categories.push({ slug: "x", title: nasty, description: nasty, order: 9, retired: true });
}

Deno.test("MO-4: every admin page is there for administrators, and 404 for everyone else", async () => {
  await withPages(async (send, fake) => {
    world(fake);
    const status = async (role: Role, path: string, init = as(enter(fake, role))) =>
      (await send(path, init)).status;
    const unknown = await (await send("/admin/nowhere", as(enter(fake, "member")))).text();
    for (const path of paths) {
      assert.equal(await status("admin", path), 200, path);
      const moderated = path.startsWith("/admin/users");
      assert.equal(await status("moderator", path), moderated ? 200 : 404, path);
      const response = await send(path, as(enter(fake, "member")));
      assert.equal(response.status, 404, path);
      // Every answer has a nonce of its own.
      const same = (html: string) => html.replaceAll(/href="\.\/[./]*"|nonce="\w+"/g, "");
      assert.equal(same(await response.text()), same(unknown), "nothing tells that there is such a page");
      // These have no form to post.
      if (["/admin", "/admin/users", "/admin/audit"].includes(path)) continue;
      const before = fake.world.calls.length;
      assert.equal(await status("member", path, form({ action: "add" }, enter(fake, "member"))), 404, path);
      const asked = fake.world.calls.slice(before).map(({ method }) => method);
      assert.deepEqual(asked, ["authenticate"], "and nothing was asked");
    }
  });
});

Deno.test("MO-4: only who has administration sees the way there", async () => {
  await withPages(async (send, fake) => {
    const home = async (role: Role) => await (await send("/", as(enter(fake, role)))).text();
    assert.ok(!(await home("member")).includes("/admin"));
    assert.ok((await home("admin")).includes('href="/admin"'));
    const moderator = await home("moderator");
    assert.ok(moderator.includes('href="/admin/users"') && !moderator.includes('href="/admin"'));
  });
});

Deno.test("UI-8: what people write is text on every admin page", async () => {
  await withPages(async (send, fake) => {
    world(fake);
    const cookie = enter(fake, "admin");
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
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    const found = await (await send("/admin/users?q=bo", as(cookie))).text();
    assert.ok(found.includes("/admin/users/bob") && !found.includes("/admin/users/ann"));
    assert.match(await (await send("/admin/users?q=zzz", as(cookie))).text(), /Nobody found/);
    const done = await send(
      "/admin/users/bob",
      form({ action: "rights", role: "moderator", broadcast: "yes" }, cookie),
    );
    assert.equal(done.headers.get("location"), "/admin/users/bob?notice=rights");
    const bob = fake.world.people.get("bob")?.user;
    assert.deepEqual([bob?.role, bob?.rights], ["moderator", { broadcast: true }]);
    const back = form({ action: "rights", role: "member" }, cookie);
    assert.equal((await send("/admin/users/bob", back)).status, 303);
    assert.deepEqual(bob?.rights, { broadcast: false });
    assert.equal((await send("/admin/users/nobody-here", as(cookie))).status, 404);
    // Moderators sanction and do not hand out roles.
    const moderator = enter(fake, "moderator");
    assert.ok(!(await (await send("/admin/users/bob", as(moderator))).text()).includes('value="rights"'));
  });
});

Deno.test("MO-2: warn, mute and suspend take a reason and an end", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "moderator");
    const fields = { action: "sanction", kind: "mute", reason: "Too loud.\r\nTwice.", zone: "Europe/Berlin" };
    const done = await send("/admin/users/bob", form({ ...fields, until: "2027-01-01T12:00" }, cookie));
    assert.equal(done.headers.get("location"), "/admin/users/bob?notice=sanction");
    assert.deepEqual(fake.world.calls.at(-1), {
      method: "user.sanction",
      params: {
        username: "bob",
        kind: "mute",
        reason: "Too loud.\nTwice.",
        until: "2027-01-01T11:00:00.000Z",
      },
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
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "moderator");
    const path = "/admin/users/bob";
    for (const kind of ["mute", "suspend"]) {
      await send(path, form({ action: "sanction", kind, reason: `${kind} it.`, zone: "UTC" }, cookie));
    }
    const [suspension, mute] = fake.world.sanctions.get("bob")!;
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
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    const path = "/admin/categories";
    const post = async (fields: Record<string, string>) => await send(path, form(fields, cookie));
    const added = await post({ action: "add", slug: "art", title: "Art", description: "Things made." });
    assert.equal(added.headers.get("location"), `${path}?notice=add`);
    const slugs = () => fake.world.categories.map(({ slug }) => slug);
    await post({ action: "up", slug: "art" });
    assert.deepEqual(slugs(), ["general", "censored", "art", "feet"]);
    await post({ action: "down", slug: "general" });
    assert.deepEqual(slugs(), ["censored", "general", "art", "feet"]);
    await post({ action: "up", slug: "censored" });
    assert.deepEqual(slugs(), ["censored", "general", "art", "feet"]);
    await post({ action: "retire", slug: "feet" });
    const html = await (await send(path, as(cookie))).text();
    assert.match(html, /Restore feet/);
    assert.ok(!html.includes("Retire general"));
    await post({ action: "restore", slug: "feet" });
    assert.ok(fake.world.categories.every(({ retired }) => !retired));
    const edited = await send(
      `${path}/art`,
      form({ title: "Arts", description: "", order: "0" }, cookie),
    );
    assert.equal(edited.headers.get("location"), `${path}?notice=saved`);
    assert.equal(fake.world.categories.find(({ slug }) => slug === "art")?.title, "Arts");
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
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    assert.match(await (await send("/admin/groups", as(cookie))).text(), /No groups/);
    const made = await send("/admin/groups", form({ name: "readers", title: "Readers" }, cookie));
    assert.equal(made.headers.get("location"), "/admin/groups/readers?notice=created");
    const path = "/admin/groups/readers";
    const invited = await send(path, form({ action: "invite", username: "bob", role: "owner" }, cookie));
    assert.equal(invited.headers.get("location"), `${path}?notice=invite`);
    const html = await (await send(path, as(cookie))).text();
    assert.ok(html.includes("Invited, not yet accepted") && html.includes(`action="${path}"`));
    await send(path, form({ action: "remove", username: "bob" }, cookie));
    assert.deepEqual(fake.world.groups[0]?.members, []);
    const twice = await send("/admin/groups", form({ name: "readers", title: "Again" }, cookie));
    assert.equal(twice.status, 409);
    assert.ok((await twice.text()).includes('id="name-error"'));
  });
});

Deno.test("MO-4 BR-3: a broadcast is previewed, confirmed by its count above 100, and then shown live", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    let matched = 1204;
    fake.services.commands.preview = () =>
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
    const sends = () => fake.world.calls.filter(({ method }) => method === "command.send");
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
    assert.deepEqual(sends(), []);
    const sent = await post({ do: "send", counted: "5000", confirm: "5000" });
    assert.equal(sent.status, 303);
    const { id } = fake.world.outbox[0]!.command;
    assert.equal(sent.headers.get("location"), `/sent/${id}?notice=sent`);
    assert.equal((await send(`/sent/${id}?notice=sent`, as(cookie))).status, 200);
    matched = 100;
    const few = await post({ do: "preview" });
    assert.ok(!(await few.text()).includes('name="confirm"'));
    assert.equal((await post({ do: "send", key: "form-2" })).status, 303);
    assert.equal(sends().length, 2);
    assert.deepEqual((sends()[0]?.params as { body: string }).body, "A\nB");
  });
});

Deno.test("MO-3: the audit log is paged, newest first", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    assert.match(await (await send("/admin/audit", as(cookie))).text(), /No entries/);
    for (let entry = 60; entry > 0; entry--) {
      fake.world.audit.push({
        cursor: String(entry).padStart(20, "0"),
        at: since,
        actor: "ann",
        action: `act-${entry}`,
        subject: "bob",
        address: "192.0.2.1",
        reason: null,
        detail: {},
        hash: "00",
      });
    }
    const first = await (await send("/admin/audit", as(cookie))).text();
    assert.ok(first.includes(">act-60<") && !first.includes(">act-10<"));
    const older = /href="(\/admin\/audit\?before=\d+)"/.exec(first)?.[1];
    assert.ok(older !== undefined);
    const second = await (await send(older, as(cookie))).text();
    assert.ok(second.includes(">act-10<") && !second.includes(">act-11<"));
    assert.ok(second.includes('href="/admin/audit"'));
  });
});

Deno.test("MO-4: the overview counts accounts, connections and jobs due, and gives each check of the health", async () => {
  await withPages(async (_send, fake) => {
    const cookie = enter(fake, "admin");
    const checks = [
      { name: "store", ok: true, reason: null },
      { name: "disk", ok: false, reason: told("only 3 MiB are free") },
    ];
    let jobsDue = 1;
    const send = await site({
      ...fake,
      services: {
        ...fake.services,
        stats: { now: () => Promise.resolve({ connections: 1234, users: 56, jobsDue }) },
        health: { ready: () => Promise.resolve({ ready: false, checks }) },
      },
    });
    const overview = async () =>
      (await (await send("/admin", as(cookie))).text()).replaceAll(/<[^>]+>/g, "|");
    const html = await overview();
    assert.match(html, /\|56\|+accounts\|/);
    assert.match(html, /\|1,234\|+open connections\|/);
    assert.match(html, /\|1\|+job due\|/);
    assert.match(html, /Server\|+Not ready\|/);
    assert.match(html, /\|store\|+OK\|/);
    assert.match(html, /\|disk\|+only 3 MiB are free\|+Failed\|/);
    jobsDue = limits.jobsCounted;
    assert.match(await overview(), /\|10,000\|+or more jobs due\|/);
  });
});

Deno.test("MO-4: numbers that cannot be had are not shown as none", async () => {
  await withPages(async (send, fake) => {
    const cookie = enter(fake, "admin");
    fake.world.refuse.set("stats.now", new Refusal("unavailable", told("Not now.")));
    const response = await send("/admin", as(cookie));
    assert.equal(response.status, 200);
    assert.match((await response.text()).replaceAll(/<[^>]+>/g, "|"), /\|\?\|+accounts\|/);
  });
});
