import assert from "node:assert/strict";
import type { OwnReport, QueueItem } from "../../lib/protocol/mod.ts";
import { type AppOptions, AppRig } from "../fakes/app_rig.ts";

async function rigOf(options: AppOptions = {}) {
  const app = await AppRig.start({ people: ["ann", "bob", "eve"], ...options });
  await app.person("mod", "moderator");
  await app.person("max", "moderator");
  const call = async (who: string, method: string, path: string, body?: unknown) => {
    const headers = { ...app.bearerOf(who), "content-type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.wholeSend(`/api/v1/${path}`, init);
    const text = await response.text();
    return { status: response.status, text, body: text === "" ? null : JSON.parse(text) };
  };
  const report = async (who: string, body: object, status = 201): Promise<OwnReport> => {
    const made = await call(who, "POST", "reports", body);
    assert.equal(made.status, status, made.text);
    return made.body?.report;
  };
  const waiting = async (): Promise<QueueItem[]> => (await call("mod", "GET", "admin/queue")).body.items;
  return { app, call, report, waiting, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

Deno.test("MO-1: commands, people, files and groups can be reported by those who see them, and by nobody else", async () => {
  await using rig = await rigOf();
  const { app, call, report, waiting } = rig;
  const file = await app.file("bob", { name: "offer.txt" });
  const first = await app.command("bob", "ann", { title: "First", body: "Hello." });
  const command = await app.command("bob", "ann", { title: "Cheap watches", attachments: [file.id] });
  await app.answer("ann", first.id, "completed", { note: "Never again." });
  await app.answer("ann", command.id, "declined");
  await app.group("readers", { ann: "member", bob: "owner" }, "Readers");
  await report("ann", { about: { command: command.id }, reason: "spam", note: "The third today." });
  await report("ann", { about: { file: file.id }, reason: "illegal" });
  await report("ann", { about: { user: "bob" }, reason: "impersonation" });
  await report("ann", { about: { group: "readers" }, reason: "other" });
  for (
    const about of [{ command: command.id }, { file: file.id }, { group: "readers" }, { user: "nobody" }]
  ) {
    await report("eve", { about, reason: "spam" }, 404);
  }
  await report("ann", { about: { message: command.id }, reason: "spam" }, 404);
  await report("ann", { about: { user: "ann" }, reason: "spam" }, 409);
  await report("ann", { about: { user: "bob", group: "readers" }, reason: "spam" }, 400);
  await report("ann", { about: {}, reason: "spam" }, 400);
  await report("bob", { about: { command: command.id }, reason: "spam" }, 409);
  const items = await waiting();
  assert.deepEqual(items.map(({ harm, about, user, title }) => [harm, about, user, title]), [
    [3, "file", "bob", "offer.txt"],
    [2, "user", "bob", "bob"],
    [1, "command", "bob", "Cheap watches"],
    [1, "group", null, "Readers"],
  ]);
  const detail = await call("mod", "GET", `admin/queue/${items[2]!.id}`);
  const [{ note, snapshot, reporter }] = detail.body.reports;
  assert.deepEqual([note, reporter, snapshot.files[0].name], ["The third today.", "ann", "offer.txt"]);
  assert.deepEqual(snapshot.context, [{ at: first.createdAt, by: "reported", text: "First: Hello." }]);
  await report("bob", { about: { command: first.id }, reason: "harassment" });
  const answer = (await waiting()).find(({ user }) => user === "ann")!;
  const shown = await call("mod", "GET", `admin/queue/${answer.id}`);
  assert.equal(shown.body.reports[0].snapshot.text, "Never again.");
});

Deno.test("MO-1, CO-10: whoever is reported finds nothing of it, in no answer and not in their data", async () => {
  await using rig = await rigOf();
  const { app, call, report, waiting } = rig;
  const command = await app.command("bob", "ann");
  await app.answer("ann", command.id, "seen");
  const paths = ["reports", "account/sanctions", "auth/sessions", "files", "profile"];
  const seen = async () => {
    const answers = [];
    for (const path of paths) answers.push((await call("bob", "GET", path)).text);
    answers.push(JSON.stringify(await app.commandOf("bob", command.id)));
    return answers.join("\n");
  };
  const before = await seen();
  await report("ann", { about: { command: command.id }, reason: "threat", note: "Help.", block: true });
  const preferences = await app.services.preferences.get(await app.caller("ann"));
  assert.deepEqual(preferences.blockedUsers, ["bob"]);
  assert.equal(await seen(), before);
  const [item] = await waiting();
  const decision = { outcome: "upheld", reason: "Do not threaten.", actions: [{ kind: "warn" }] };
  assert.equal((await call("mod", "POST", `admin/queue/${item!.id}/decide`, decision)).status, 200);
  const after = await seen();
  assert.ok(after.includes("Do not threaten.") && !after.includes("Help.") && !after.includes(item!.id));
  const archive = await app.wholeSend("/api/v1/account/export", { headers: app.bearerOf("bob") });
  const bytes = new TextDecoder("latin1").decode(await archive.arrayBuffer());
  assert.ok(bytes.includes("Do not threaten."));
  for (const word of ["Help.", item!.id, 'threat"']) assert.ok(!bytes.includes(word), word);
  const [own] = (await call("ann", "GET", "reports")).body.reports;
  assert.deepEqual([own.outcome, JSON.stringify(own).includes("Do not threaten")], ["acted", false]);
  const hers = await app.wholeSend("/api/v1/account/export", { headers: app.bearerOf("ann") });
  assert.ok(new TextDecoder("latin1").decode(await hers.arrayBuffer()).includes('"note": "Help."'));
});

Deno.test("MO-2: held files are in the queue with their decision, incidents with the way to their page", async () => {
  await using rig = await rigOf();
  const { app, call, waiting } = rig;
  const held = await app.file("bob", { name: "locked.zip", state: "held" });
  await app.file("eve", { name: "bad.jpg", state: "matched" });
  const items = await waiting();
  assert.deepEqual(items.map(({ kind, harm, user }) => [kind, harm, user]), [
    ["incident", 3, "eve"],
    ["file", 1, "bob"],
  ]);
  const decide = (id: string, outcome: string) =>
    call("mod", "POST", `admin/queue/${id}/decide`, { outcome, reason: "Looked at." });
  assert.equal((await decide(items[0]!.id, "dismissed")).status, 409);
  assert.equal((await call("max", "POST", `admin/queue/${held.sha256}/claim`, {})).status, 200);
  assert.equal((await decide(held.sha256, "release")).status, 409, "claimed by another");
  assert.equal(
    (await call("max", "POST", `admin/queue/${held.sha256}/claim`, { release: true })).status,
    200,
  );
  assert.equal((await decide(held.sha256, "upheld")).status, 400);
  assert.equal((await decide(held.sha256, "release")).status, 200);
  assert.deepEqual((await waiting()).map(({ kind }) => kind), ["incident"]);
});

Deno.test("MO-7: a limited person writes to contacts only, and approaches nobody else", async () => {
  await using rig = await rigOf();
  const { app, call } = rig;
  await app.befriend("bob", "ann");
  await app.preferences("eve", { acceptFrom: "anyone" });
  await app.group("readers", { bob: "owner", eve: "member" });
  const limit = { kind: "limit", reason: "Bothered strangers." };
  assert.equal((await call("mod", "POST", "admin/users/bob/sanctions", limit)).status, 201);
  assert.notEqual((await call("mod", "GET", "admin/users/bob")).body.user.limitedUntil, null);
  await app.command("bob", "ann");
  const refused = async (audience: Parameters<AppRig["command"]>[1]) =>
    await assert.rejects(app.command("bob", audience), /limited|only write to your contacts/);
  await refused({ kind: "user", to: ["eve"] });
  await refused({ kind: "user", to: ["ann", "eve"] });
  await refused({ kind: "group", group: "readers" });
  const request = await app.services.contacts.request(await app.caller("bob"), { username: "eve" });
  assert.equal((request as { kind?: string }).kind, "forbidden");
  const [{ id }] = (await call("bob", "GET", "account/sanctions")).body.sanctions;
  await call("mod", "DELETE", `admin/users/bob/sanctions/${id}`, { reason: "Enough." });
  await app.command("bob", { kind: "user", to: ["eve"] });
});

Deno.test("MO-7: a suspended person appeals over REST and on their page; another moderator lifts it", async () => {
  await using rig = await rigOf();
  const { app, call, waiting } = rig;
  const suspend = { kind: "suspend", reason: "Threats." };
  const made = await call("mod", "POST", "admin/users/bob/sanctions", suspend);
  const id = made.body.sanction.id;
  const cookie = app.cookieOf("bob");
  const post = (fields: Record<string, string>) =>
    app.wholeSend("/account", {
      method: "POST",
      headers: {
        cookie,
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
      },
      body: new URLSearchParams({ action: "appeal", sanction: id, ...fields }),
    });
  assert.equal((await post({ text: " " })).status, 400);
  assert.equal((await post({ text: "It was a song." })).headers.get("location"), "/account?notice=appealed");
  assert.equal((await call("bob", "POST", `account/sanctions/${id}/appeal`, { text: "Again." })).status, 409);
  const page = await (await app.send("/account", { headers: { cookie } })).text();
  assert.ok(page.includes("You appealed. Another moderator decides."));
  const [item] = await waiting();
  const decision = { outcome: "granted", reason: "It was a song." };
  assert.equal((await call("mod", "POST", `admin/queue/${item!.id}/decide`, decision)).status, 403);
  assert.equal((await call("max", "POST", `admin/queue/${item!.id}/decide`, decision)).status, 200);
  assert.equal((await call("bob", "GET", "account/sanctions")).status, 200);
  assert.equal((await call("bob", "GET", "profile")).status, 200, "no longer suspended");
});
