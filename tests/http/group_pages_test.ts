import assert from "node:assert/strict";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import { must } from "../fakes/accounts_rig.ts";
import { withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

Deno.test("BR-6: invitations are accepted and declined, and groups left, by plain forms", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.match(await (await send("/groups", as(cookie))).text(), /No groups yet/);
    await app.group("readers", { ann: ["asked", "member"], bob: "member" });
    await app.group("writers", { ann: ["asked", "sender"], bob: "member" }, "The writers");
    const html = await (await send("/groups", as(cookie))).text();
    assert.ok(html.includes("Invitations") && html.includes("1 member"));
    for (const [action, name] of [["accept", "readers"], ["decline", "writers"]]) {
      const done = await send("/groups", form({ action: action!, group: name! }, cookie));
      assert.equal(done.headers.get("location"), `/groups?notice=${action}`);
    }
    const after = await (await send("/groups?notice=accept", as(cookie))).text();
    assert.ok(after.includes("2 members") && !after.includes("The writers"));
    assert.match(after, /role="status"[^>]*>You joined the group\./);
    assert.ok(!after.includes('href="/groups/readers"'), "a member does not manage");
    assert.ok(after.includes('href="/groups/readers/rules"'), "a member has rules for it");
    await send("/groups", form({ action: "leave", group: "readers" }, cookie));
    assert.match(await (await send("/groups", as(cookie))).text(), /No groups yet/);
    assert.equal((await send("/groups", form({ action: "leave", group: "readers" }, cookie))).status, 404);
    assert.equal((await send("/groups", form({ action: "burn", group: "readers" }, cookie))).status, 400);
  });
});

Deno.test("BR-6: owners invite, set roles and remove; for others there is no such page", async () => {
  await withApp(async (send, app) => {
    await app.profile("bob", { displayName: nasty });
    await app.group("readers", { ann: "owner", bob: "member" });
    await app.person("carl");
    const cookie = app.cookieOf("ann");
    const path = "/groups/readers";
    assert.ok((await (await send("/groups", as(cookie))).text()).includes(`href="${path}"`));
    const html = await (await send(path, as(cookie))).text();
    assertNoMarkup(html);
    assert.ok(!html.includes('aria-label="Remove @ann"') && html.includes('aria-label="Remove @bob"'));
    const members = async () => {
      const group = must(await app.services.groups.get(await app.caller("root"), "readers"));
      return Object.fromEntries(group.members.map(({ username, role }) => [username, role]));
    };
    for (
      const [action, fields, left] of [
        ["invite", { username: "@carl", role: "sender" }, { ann: "owner", bob: "member", carl: "sender" }],
        ["role", { username: "bob", role: "owner" }, { ann: "owner", bob: "owner", carl: "sender" }],
        ["remove", { username: "bob" }, { ann: "owner", carl: "sender" }],
      ] as const
    ) {
      const done = await send(path, form({ action, ...fields }, cookie));
      assert.equal(done.headers.get("location"), `${path}?notice=${action}`);
      assert.deepEqual(await members(), left);
    }
    const wrong = await send(path, form({ action: "invite", username: nasty, role: "member" }, cookie));
    assert.equal(wrong.status, 400);
    const text = await wrong.text();
    assert.ok(text.includes('id="username-error"'));
    assertNoMarkup(text);
    for (const who of ["bob", "carl"]) {
      const other = app.cookieOf(who);
      assert.equal((await send(path, as(other))).status, 404);
      const posted = await send(path, form({ action: "remove", username: "ann" }, other));
      assert.equal(posted.status, 404);
    }
  });
});

Deno.test("AU-8: the profile form saves the whole, and shows what is wrong beside its field", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    const html = await (await send("/profile", as(cookie))).text();
    assert.ok(html.includes('<option value="Europe/Berlin">') && html.includes('<option value="UTC">'));
    const fields = {
      displayName: "Ann of the plants",
      bio: "One\r\nTwo",
      pronouns: "she/her",
      timeZone: "Europe/Berlin",
      language: "de-AT",
    };
    const saved = await send("/profile", form(fields, cookie));
    assert.equal(saved.headers.get("location"), "/profile?notice=saved");
    const profile = async () => must(await app.services.profiles.get(await app.caller("ann")));
    assert.deepEqual(await profile(), { username: "ann", ...fields, bio: "One\nTwo", avatar: null });
    const bad = {
      displayName: "",
      bio: nasty.repeat(50),
      pronouns: nasty,
      timeZone: "Mars/Olympus",
      language: nasty,
    };
    const refused = await send("/profile", form(bad, cookie));
    assert.equal(refused.status, 400);
    const text = await refused.text();
    for (const name of Object.keys(bad)) assert.ok(text.includes(`id="${name}-error"`), name);
    assertNoMarkup(text);
    assert.equal((await profile()).displayName, "Ann of the plants");
  });
});
