import assert from "node:assert/strict";
import { inviteList, inviteMade } from "../../lib/protocol/mod.ts";
import { inviteUrl } from "../../lib/web/invites.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { AccountWorld, password } from "../fakes/account_world.ts";
import { type AppRig, withApp } from "../fakes/app_rig.ts";
import { as, form } from "../fakes/page_forms.ts";
import { WholeServer } from "../fakes/whole_server.ts";

const json = { "content-type": "application/json" };

const byInvitation = { env: { BEHEST_REGISTRATION: "invite" } };
const listed = async (app: AppRig) =>
  (await app.services.invites.list(await app.caller("root"))).filter(({ used, uses }) => used < uses);

Deno.test("AU-1: an invitation is made over REST with a link, listed, used by it and revoked", async () => {
  await using server = await WholeServer.start({ BEHEST_REGISTRATION: "invite" });
  const ada = await server.admin();
  const made = inviteMade.parse((await server.post(ada, "/invites", { uses: 2 })).body);
  const url = new URL(made.url);
  assert.deepEqual([url.origin, url.pathname, url.searchParams.get("invite")], [
    server.origin,
    "/register",
    made.invite,
  ]);
  const page = await (await fetch(made.url)).text();
  assert.ok(page.includes(`value="${made.invite}"`), "the form has the code");
  const fields = {
    username: "cleo",
    password: "a long enough passphrase",
    adult: "yes",
    invite: made.invite,
  };
  const registered = await fetch(made.url, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  assert.deepEqual([registered.status, registered.headers.get("location")], [303, "/welcome"]);
  await registered.body?.cancel();
  const listed = inviteList.parse((await server.ask(ada, "/invites")).body);
  assert.deepEqual(listed.invites.map(({ id, used, uses }) => [id, used, uses]), [[made.id, 1, 2]]);
  assert.equal((await server.ask(ada, `/invites/${made.id}`, { method: "DELETE" })).status, 204);
  const body = JSON.stringify({ ...fields, username: "dora", adult: true });
  const refused = await fetch(`${server.origin}/api/v1/auth/register`, {
    method: "POST",
    headers: json,
    body,
  });
  assert.equal(refused.status, 403);
  assert.deepEqual(Object.keys((await refused.json()).fields), ["invite"]);
});

Deno.test("AU-1: the page makes an invitation and shows its link and QR code once", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("root");
    assert.match(await (await send("/", as(cookie))).text(), /href="\/invites"/);
    const made = await send("/invites", form({ action: "create", uses: "3", days: "2" }, cookie));
    const html = await made.text();
    assert.equal(made.status, 200);
    const [, code = ""] = /value="http:\/\/[^"]*\/register\?invite=([^"&]+)"/.exec(html) ?? [];
    assert.notEqual(code, "");
    assert.match(html, /<svg class="qr"[^>]*aria-label="QR code of the link"/);
    const [invite] = await listed(app);
    assert.equal(invite?.uses, 3);
    assert.equal(Date.parse(invite!.expiresAt) - app.clock.now(), 2 * 24 * 3600_000);
    const again = await (await send("/invites", as(cookie))).text();
    assert.ok(!again.includes(code) && again.includes("0 of 3 used"));
    const { id } = invite!;
    const revoked = await send("/invites", form({ action: "revoke", id }, cookie));
    assert.equal(revoked.headers.get("location"), "/invites?notice=revoke");
    assert.deepEqual(await listed(app), []);
  }, byInvitation);
});

Deno.test("AU-1: a refused invitation form keeps what was typed, and says what is wrong beside its field", async () => {
  await withApp(async (send, app) => {
    const cookie = app.cookieOf("root");
    for (
      const [field, typed] of [["uses", "many"], ["uses", "0"], ["days", "0"], ["days", "9999"], [
        "days",
        "soon",
      ]]
    ) {
      const fields = { action: "create", uses: "1", days: "7", [field!]: typed! };
      const refused = await send("/invites", form(fields, cookie));
      assert.equal(refused.status, 400, `${field} ${typed}`);
      const html = await refused.text();
      assert.ok(
        html.includes(`id="${field}-error"`) && html.includes(`value="${typed}"`),
        `${field} ${typed}`,
      );
    }
    assert.deepEqual(await listed(app), []);
  }, byInvitation);
});

Deno.test("AU-1: members have the page only where an administrator lets them invite", async () => {
  await withApp(async (send, app) => {
    const member = app.cookieOf("bob");
    assert.equal((await send("/invites", as(member))).status, 404);
    assert.equal(
      (await send("/invites", form({ action: "create", uses: "1", days: "7" }, member))).status,
      404,
    );
    assert.ok(!(await (await send("/", as(member))).text()).includes('href="/invites"'));
    const put = {
      method: "PUT",
      headers: { ...json, ...app.bearerOf("bob") },
      body: '{"members":true}',
    };
    assert.equal((await send("/api/v1/admin/invites", put)).status, 404);
    const saved = await send("/invites", form({ action: "policy", members: "yes" }, app.cookieOf("root")));
    assert.equal(saved.headers.get("location"), "/invites?notice=policy");
    const html = await (await send("/invites", as(member))).text();
    assert.ok(html.includes('value="create"') && !html.includes('value="policy"'));
  }, byInvitation);
});

Deno.test("AU-1: where registration is open, administrators read why there is no form", async () => {
  await withApp(async (send, app) => {
    const html = await (await send("/invites", as(app.cookieOf("root")))).text();
    assert.ok(html.includes("Registration needs no invitation here.") && !html.includes('value="create"'));
  });
});

Deno.test("AU-1: a code is written into a link as it is", () => {
  assert.equal(
    inviteUrl("https://b.example:8443", "a b&c"),
    "https://b.example:8443/register?invite=a+b%26c",
  );
});

Deno.test("AU-9: invitations are in the archive of the person who made them, without what opens them, and end with the account", async () => {
  await using world = await AccountWorld.start();
  const id = "01JGFJJZ00000000000000000A";
  const record = {
    id,
    hash: "HASH-OF-A-CODE",
    userId: world.annId,
    uses: 1,
    used: 0,
    createdAt: 0,
    expiresAt: 8.64e15,
  };
  await world.store.kv.set(keys.invite(id), record);
  await world.store.kv.set(keys.inviteCode(record.hash), id);
  await world.store.kv.set(keys.inviteOf(world.annId, id), true);
  const archive = await (await world.server.fetch(world.ann, "/account/export")).text();
  assert.ok(archive.includes("invites.json") && archive.includes(id) && !archive.includes(record.hash));
  assert.equal((await world.remove(world.ann, { password })).status, 204);
  await world.finish();
  for (const key of [keys.invite(id), keys.inviteCode(record.hash), keys.inviteOf(world.annId, id)]) {
    assert.equal((await world.store.kv.get(key)).value, null, key.join("/"));
  }
});
