import assert from "node:assert/strict";
import { generate } from "otplib";
import { AccountWorld, must, password } from "../fakes/account_world.ts";
import { unzipped } from "../fakes/unzipped.ts";
import type { WholePerson } from "../fakes/whole_server.ts";

async function exported(world: AccountWorld, who: WholePerson) {
  const response = await world.server.fetch(who, "/account/export");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.equal(response.headers.get("content-disposition"), 'attachment; filename="behest-ann.zip"');
  const bytes = new Uint8Array(await response.arrayBuffer());
  const files = unzipped(bytes);
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  return { bytes, files, text, json: (path: string) => JSON.parse(text(path)) };
}

/** A second factor of each kind, so that there is something to keep out. */
async function withApp(world: AccountWorld): Promise<{ secret: string; recoveryCodes: string[] }> {
  const begun = await world.server.post<{ secret: string }>(world.ann, "/auth/totp", { password });
  const { secret } = begun.body;
  const code = await generate({ secret, epoch: Math.floor(world.clock.now() / 1000) });
  const confirmed = await world.server.post<{ recoveryCodes: string[] }>(world.ann, "/auth/totp/confirm", {
    code,
  });
  assert.equal(confirmed.status, 200);
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}

Deno.test("AU-9: the archive has what is held on a person, as they may see it", async () => {
  await using world = await AccountWorld.start();
  const { letter, picture } = await world.fill();
  const { files, json, text } = await exported(world, world.ann);
  assert.deepEqual(
    [...files.keys()].sort(),
    [
      "access_tokens.json",
      "account.json",
      "chat.json",
      "chat_notices.json",
      "commands/received.json",
      "commands/sent.json",
      "contacts.json",
      `files/${letter.id}/letter ü.txt`,
      `files/${picture.id}/me.png`,
      "files.json",
      "grants.json",
      "groups.json",
      "invites.json",
      "notices.json",
      "notifications.json",
      "looked_at.json",
      "preferences.json",
      "profile.json",
      "reports.json",
      "rule_changes.json",
      "sanctions.json",
      "sessions.json",
      "sessions_misused.json",
      "sso.json",
      "two_factor.json",
    ].sort(),
  );
  assert.equal(json("account.json").username, "ann");
  assert.equal(json("profile.json").bio, "ANN-BIO");
  assert.equal(json("preferences.json").dailyLimit, 100);
  assert.deepEqual(json("grants.json").grants.map((one: { id: string }) => one.id), ["user:bob"]);
  const rules = json("rule_changes.json").flatMap((one: { differences: { rule: string }[] }) =>
    one.differences.map(({ rule }) => rule)
  );
  assert.ok(rules.includes("dailyLimit") && rules.includes("user:bob"), rules.join());
  assert.equal(json("sanctions.json")[0].reason, "ANN-WARNING");
  assert.deepEqual(json("contacts.json").contacts.map((one: { username: string }) => one.username), ["bob"]);
  assert.deepEqual(json("groups.json").groups.map((one: { name: string }) => one.name), ["readers"]);
  assert.equal(json("sessions.json").length, 2);
  const [received] = json("commands/received.json");
  assert.deepEqual([received.command.title, received.state.state], ["BOB-OPEN", "accepted"]);
  assert.ok(received.timeline.length >= 2);
  const [sent] = json("commands/sent.json");
  assert.deepEqual([sent.command.title, sent.recipients[0].username], ["ANN-SENT", "bob"]);
  const talked = json("chat.json").map(({ message }: { message: { body: string } }) => message.body);
  assert.deepEqual(talked.sort(), ["ANN-CHAT", "BOB-CHAT"]);
  assert.ok(!text("commands/received.json").includes("BOB-BLOCKED"), "what they do not take stays unseen");
  assert.equal(new TextDecoder().decode(files.get(`files/${letter.id}/letter ü.txt`)), "ANN-LETTER");
  const described = json("files.json").find((one: { id: string }) => one.id === letter.id);
  assert.equal(described.path, `files/${letter.id}/letter ü.txt`);
  assert.equal(typeof described.uploadedFrom.address, "string");
});

Deno.test("AU-9: the archive has no secret, no hash, and nothing of others' choices", async () => {
  await using world = await AccountWorld.start();
  await world.fill();
  const { secret, recoveryCodes } = await withApp(world);
  const { bytes, json } = await exported(world, world.ann);
  assert.equal(json("two_factor.json").recoveryCodesLeft, 10);
  assert.equal(typeof json("two_factor.json").totp.enabledAt, "string");
  const whole = new TextDecoder().decode(bytes);
  const record = await world.store.kv.get<{ passwordHash: string }>(["user", world.annId]);
  const factors = await world.store.kv.get<{ recovery: string[] }>(["two_factor", world.annId]);
  const hidden = [
    secret,
    ...recoveryCodes,
    ...factors.value!.recovery,
    record.value!.passwordHash,
    "scrypt",
    world.ann.token,
    "withheldBy",
    'allowedBy":null,"withheld',
  ];
  for (const text of hidden) assert.ok(!whole.includes(text), text.slice(0, 12));
});

Deno.test("AU-9: one archive at a time; one that is given up lets the next begin", async () => {
  await using world = await AccountWorld.start();
  const caller = await world.caller(world.ann);
  const { accountData } = world.server.open.services;
  const first = must(await accountData.export(caller));
  assert.equal((await world.server.fetch(world.ann, "/account/export")).status, 409);
  await first.archive.cancel();
  await exported(world, world.ann);
  await exported(world, world.ann);
});

Deno.test("AU-9: a suspended person takes their data and leaves, and may do nothing else", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, root } = world;
  await world.fill();
  const sanction = { kind: "suspend", reason: "Spam." };
  assert.equal((await server.post(root, "/admin/users/ann/sanctions", sanction)).status, 201);
  for (const path of ["/profile", "/auth/sessions", "/auth/two-factor", "/files", "/avatars/ann"]) {
    assert.equal((await server.ask(ann, path)).status, 403, path);
  }
  assert.equal((await exported(world, ann)).json("account.json").suspension.reason, "Spam.");
  const page = async (path: string) => {
    const headers = { cookie: `behest_session=${ann.token}` };
    const response = await fetch(server.origin + path, { headers, redirect: "manual" });
    return { status: response.status, to: response.headers.get("location"), html: await response.text() };
  };
  for (const path of ["/", "/send", "/two-factor", "/admin"]) {
    const { status, to } = await page(path);
    assert.deepEqual([status, to], [303, "/account"], path);
  }
  assert.match((await page("/account")).html, /Spam\./);
  assert.equal((await world.remove(ann, { password })).status, 204);
  assert.equal((await server.ask(ann, "/account/export")).status, 401);
});

Deno.test("AU-9: leaving takes the password, and a code from who has a second factor", async () => {
  await using world = await AccountWorld.start();
  const { server, ann } = world;
  const wrong = await world.remove(ann, { password: "not the password" });
  assert.deepEqual([wrong.status, Object.keys(wrong.body.fields as object)], [403, ["password"]]);
  assert.equal((await world.remove(ann, {})).status, 400);
  const { recoveryCodes } = await withApp(world);
  const without = await world.remove(ann, { password });
  assert.deepEqual([without.status, Object.keys(without.body.fields as object)], [403, ["code"]]);
  assert.equal((await server.ask(ann, "/profile")).status, 200);
  assert.equal((await world.remove(ann, { password, code: recoveryCodes[0] })).status, 204);
  assert.equal((await server.ask(ann, "/profile")).status, 401);
});

Deno.test("AU-9: the last administrator cannot go, one of two can", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, root } = world;
  const own = { password: "a sentence that only ada knows" };
  assert.equal((await world.remove(root, own)).status, 409);
  const headers = { "content-type": "application/json" };
  const promoted = { method: "PATCH", headers, body: JSON.stringify({ role: "admin" }) };
  assert.equal((await server.ask(root, "/admin/users/ann", promoted)).status, 200);
  assert.equal((await world.remove(root, own)).status, 204);
  assert.equal((await world.remove(ann, { password })).status, 409, "now she is the last");
});

Deno.test("AU-9: what is left of who went is the name that nobody gets, and the audit log", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, bob } = world;
  const { sent, letter } = await world.fill();
  const bobCaller = await world.caller(bob);
  const { commands } = server.open.services;
  assert.equal((await world.remove(ann, { password })).status, 204);
  // From the first commit.
  assert.equal((await server.ask(ann, "/profile")).status, 401);
  const login = { username: "ann", password };
  assert.equal((await server.post(bob, "/auth/login", login)).status, 401);
  await world.finish();
  assert.ok("kind" in await commands.get(bobCaller, { id: sent }), "what she sent is gone from who got it");
  assert.equal((await server.ask(bob, `/files/${letter.id}/content`)).status, 404);
  const contacts = await server.open.services.contacts.list(bobCaller);
  assert.deepEqual(contacts.contacts, []);
  const taken = await server.post(bob, "/auth/register", { ...login, adult: true });
  assert.equal(taken.status, 409);
  const found = await server.ask<{ users: { username: string }[] }>(world.root, "/admin/users?q=ann");
  assert.deepEqual(found.body.users.map(({ username }) => username), ["demo-ann"]);
  const traces = (await world.traces()).map((key) => key.split("/")[0]);
  assert.deepEqual([...new Set(traces)].sort(), ["audit", "command", "username"]);
  const own = await world.store.kv.get<{ senderId: string }>(["command", sent]);
  assert.equal(own.value, null, "what is left is others' commands, which name whom they were for");
  assert.deepEqual(await server.stored("storage/files"), []);
});

Deno.test("AU-9: what a legal hold keeps stays until it ends", async () => {
  await using world = await AccountWorld.start();
  const { server, ann, annId, store } = world;
  const { letter } = await world.fill();
  await store.kv.set(["hold", "user", annId], { incidents: ["I1"] });
  assert.equal((await world.remove(ann, { password })).status, 204);
  await world.finish();
  const kept = await store.kv.get<Record<string, unknown>>(["user", annId]);
  assert.deepEqual([kept.value?.username, kept.value?.passwordHash], ["ann", ""]);
  assert.equal((await store.kv.get(["file", letter.id])).versionstamp !== null, true);
  assert.equal((await store.kv.get(["profile", annId])).versionstamp !== null, true);
  assert.equal((await store.kv.get(["preferences", annId])).value, null);
  assert.equal((await server.ask(ann, "/account/export")).status, 401);
  await store.kv.delete(["hold", "user", annId]);
  world.clock.aheadMs += 24 * 3600_000;
  await world.finish();
  const traces = (await world.traces()).map((key) => key.split("/")[0]);
  assert.deepEqual([...new Set(traces)].sort(), ["audit", "command", "username"]);
});
