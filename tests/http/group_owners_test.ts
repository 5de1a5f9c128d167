import assert from "node:assert/strict";
import { AccountWorld, must, password } from "../fakes/account_world.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";

const json = { "content-type": "application/json" };

const groupsOf = async (app: AppRig) => must(await app.services.groups.managed(await app.caller("root")));

Deno.test("BR-7: an owner renames a group and ends it, after a second question without scripts too", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    await app.group("readers", { ann: "owner" });
    const path = "/groups/readers";
    const renamed = await send(path, form({ action: "rename", title: " Zoe\u0308's books " }, cookie));
    assert.equal(renamed.headers.get("location"), `${path}?notice=rename`);
    assert.equal((await groupsOf(app))[0]?.title, "Zo\u00eb's books");
    const blank = await send(path, form({ action: "rename", title: "\u3164" }, cookie));
    assert.equal(blank.status, 400);
    assert.match(await blank.text(), /id="title-error"[^>]*>[^<]*visible character/);
    const page = await (await send(path, as(cookie))).text();
    assert.match(page, /action="\/confirm" data-ask="group"/);
    const asked = await send("/confirm", form({ ask: "group", to: path, action: "end" }, cookie));
    assert.match(await asked.text(), /<h1>End this group\?<\/h1>/);
    assert.equal((await groupsOf(app)).length, 1, "nothing happened yet");
    const ended = await send(path, form({ action: "end" }, cookie));
    assert.equal(ended.headers.get("location"), "/groups?notice=ended");
    assert.equal((await groupsOf(app)).length, 0);
    assert.match(await (await send("/groups?notice=ended", as(cookie))).text(), /Group ended\./);
    await app.group("writers", { ann: "member" });
    assert.equal((await send("/groups/writers", form({ action: "end" }, cookie))).status, 404);
  });
});

Deno.test("BR-7: the form for a new group is there where members may create one", async () => {
  await withApp(async (send, app) => {
    const html = await (await send("/groups", as(app.cookieOf("ann")))).text();
    assert.ok(!html.includes('value="create"'));
  });
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("ann");
    assert.ok((await (await send("/groups", as(cookie))).text()).includes('value="create"'));
    const made = await send("/groups", form({ action: "create", name: "readers", title: "Readers" }, cookie));
    assert.equal(made.headers.get("location"), "/groups/readers?notice=created");
    const wrong = await send("/groups", form({ action: "create", name: "No!", title: "Kept" }, cookie));
    assert.equal(wrong.status, 400);
    const html = await wrong.text();
    assert.ok(html.includes('id="name-error"') && html.includes('value="Kept"'));
  }, { env: { BEHEST_GROUPS: "members" } });
});

Deno.test("BR-7: members create, rename and end groups over REST where BEHEST_GROUPS lets them", async () => {
  await withApp(async (send, app) => {
    const headers = { ...json, ...app.bearerOf("ann") };
    const call = (method: string, path: string, body?: object) =>
      send(`/api/v1/admin/groups${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    assert.equal((await call("POST", "", { name: "readers", title: "Readers" })).status, 404);
    await app.group("readers", { ann: "owner" });
    const renamed = await call("PATCH", "/readers", { title: "Books" });
    assert.deepEqual([renamed.status, (await renamed.json()).group.title], [200, "Books"]);
    assert.equal((await call("PATCH", "/readers", { name: "other" })).status, 400);
    assert.equal((await call("DELETE", "/readers")).status, 204);
    assert.equal((await call("DELETE", "/readers")).status, 404);
  });
  await withApp(async (send, app) => {
    const headers = { ...json, ...app.bearerOf("ann") };
    const body = JSON.stringify({ name: "readers", title: "Readers" });
    assert.equal((await send("/api/v1/admin/groups", { method: "POST", headers, body })).status, 201);
    assert.equal((await send("/api/v1/admin/users", { headers })).status, 404, "nothing else opens");
  }, { env: { BEHEST_GROUPS: "members" } });
});

Deno.test("BR-7: the last owner of a group hands it over or ends it before the account ends", async () => {
  await using world = await AccountWorld.start();
  const { groups } = world.server.open.services;
  const [ann, bob, root] = [
    await world.caller(world.ann),
    await world.caller(world.bob),
    await world.caller(world.root),
  ];
  must(await groups.create(root, { name: "readers", title: "Readers" }));
  for (const [who, role] of [[ann, "owner"], [bob, "member"]] as const) {
    must(await groups.setMember(root, "readers", who.username, { role }));
    must(await groups.accept(who, { group: "readers" }));
  }
  const refused = await world.remove(world.ann, { password });
  assert.equal(refused.status, 409);
  assert.match(String(refused.body.detail), /last owner of Readers/);
  assert.equal((await world.remove(world.ann, { password: "not the password" })).status, 403);
  must(await groups.setMember(ann, "readers", "bob", { role: "owner" }));
  assert.equal((await world.remove(world.ann, { password })).status, 204);
  await world.finish();
  assert.deepEqual(
    must(await groups.get(root, "readers")).members.map(({ username, role }) => [username, role]),
    [
      ["bob", "owner"],
    ],
  );
});

Deno.test("BR-7: a suspended last owner can leave too, and the group gets another owner", async () => {
  await using world = await AccountWorld.start();
  const { groups, users } = world.server.open.services;
  const [ann, bob, root] = [
    await world.caller(world.ann),
    await world.caller(world.bob),
    await world.caller(world.root),
  ];
  for (const name of ["readers", "alone"]) {
    must(await groups.create(root, { name, title: name }));
    must(await groups.setMember(root, name, "ann", { role: "owner" }));
    must(await groups.accept(ann, { group: name }));
  }
  must(await groups.setMember(root, "readers", "bob", { role: "member" }));
  must(await groups.accept(bob, { group: "readers" }));
  must(await users.sanction(root, "ann", { kind: "suspend", reason: "Spam." }));
  assert.equal((await world.remove(world.ann, { password })).status, 204);
  await world.finish();
  const left = must(await groups.managed(root));
  assert.deepEqual(
    left.map(({ name, members }) => [name, members.map(({ username, role }) => `${username} ${role}`)]),
    [
      ["readers", ["bob owner"]],
    ],
  );
});
