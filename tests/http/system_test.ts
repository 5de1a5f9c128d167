import assert from "node:assert/strict";
import { type CommandDraft, Refusal } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { AppRig, password } from "../fakes/app_rig.ts";

async function open() {
  const app = await AppRig.start({ people: ["ann"] });
  await app.person("boss", "admin");
  await app.person("mod", "moderator");
  const ask = async (who: string, path: string, method = "GET", language = "en") => {
    const headers = {
      cookie: app.cookieOf(who),
      "accept-language": language,
      "sec-fetch-site": "same-origin",
    };
    const response = await app.send(path, { method, headers });
    return { status: response.status, text: await response.text() };
  };
  return { app, ask, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

Deno.test("MO-4, OP-1: the system's page and call show the configuration without secrets, jobs, versions and backups", async () => {
  await using rig = await open();
  const { ask } = rig;
  for (const who of ["ann", "mod"]) {
    for (const path of ["/admin/system", "/api/v1/admin/system", "/api/v1/admin/backups"]) {
      assert.equal((await ask(who, path)).status, 404, `${who} ${path}`);
    }
    assert.equal((await ask(who, "/api/v1/admin/backups", "POST")).status, 404);
    assert.equal((await ask(who, "/admin/system", "POST")).status, 404);
  }
  const state = JSON.parse((await ask("boss", "/api/v1/admin/system")).text);
  const value = (name: string) => state.configuration.find((one: { name: string }) => one.name === name);
  assert.deepEqual(value("BEHEST_ADMIN_PASSWORD"), {
    name: "BEHEST_ADMIN_PASSWORD",
    value: "***",
    set: true,
  });
  assert.deepEqual(value("BEHEST_MODE"), { name: "BEHEST_MODE", value: "evaluation", set: false });
  assert.equal(state.versions.deno, Deno.version.deno);
  assert.equal(state.store.name, ":memory:");
  assert.equal(state.jobs.late, 0);
  assert.equal(state.backup.dir, null);
  const { text } = await ask("boss", "/admin/system");
  for (
    const word of ["BEHEST_RETENTION_DAYS", "14</code> (default)", "Set BEHEST_BACKUP_DIR", Deno.version.v8]
  ) {
    assert.ok(text.includes(word), word);
  }
  assert.ok(!text.includes("Make backup"));
  assert.match(
    (await ask("boss", "/admin/system", "GET", "de")).text,
    /Der Server sichert sich nicht selbst/,
  );
  const refused = await ask("boss", "/api/v1/admin/backups", "POST");
  assert.equal(refused.status, 503);
  assert.match(refused.text, /Set BEHEST_BACKUP_DIR and restart the server/);
  const form = await ask("boss", "/admin/system", "POST");
  assert.equal(form.status, 503);
  assert.match(form.text, /No directory for backups is configured/);
});

Deno.test("MO-3: the audit log's page filters, verifies and exports, in sentences with links", async () => {
  await using rig = await open();
  const { app, ask } = rig;
  await app.group("readers", { ann: "owner" }, "Readers");
  const { text } = await ask("boss", "/admin/audit?action=group");
  assert.match(text, /href="\/admin\/users\/\w+">@\w+<\/a> created <a href="\/admin\/groups\/readers">/);
  assert.match(text, /export\.csv\?action=group"/);
  assert.match((await ask("boss", "/admin/audit?subject=nobody")).text, /No matches/);
  const verified = await ask("boss", "/admin/audit", "POST");
  assert.equal(verified.status, 200);
  assert.match(verified.text, /entries, unbroken\. Last hash: <code class="hash">[0-9a-f]{64}/);
  assert.match((await ask("boss", "/admin/audit", "POST", "de")).text, /Einträge, lückenlos/);
  assert.equal(JSON.parse((await ask("boss", "/api/v1/admin/audit/verify", "POST")).text).ok, true);
  assert.match((await ask("boss", "/api/v1/admin/audit/export.csv?action=group")).text, /group\.create/);
  const list = JSON.parse((await ask("boss", "/api/v1/admin/audit/export.json")).text);
  assert.equal(list[0].action, "audit.export");
  for (const who of ["ann", "mod"]) {
    for (
      const path of ["/admin/audit", "/api/v1/admin/audit/export.csv", "/api/v1/admin/audit/export.json"]
    ) {
      assert.equal((await ask(who, path)).status, 404);
    }
    assert.equal((await ask(who, "/admin/audit", "POST")).status, 404);
    assert.equal((await ask(who, "/api/v1/admin/audit/verify", "POST")).status, 404);
  }
});

Deno.test("MO-3: the first administrator, logins of the staff and broadcasts are in the audit log, with what they tell of", async () => {
  await using rig = await open();
  const { app, ask } = rig;
  const entries = async (action: string) =>
    JSON.parse((await ask("boss", `/api/v1/admin/audit?action=${action}`)).text).entries as {
      actor: string;
      subject: string | null;
      detail: Record<string, unknown>;
    }[];
  const [first] = await entries("account.first_admin");
  assert.deepEqual([first!.subject, first!.detail], [first!.actor, { by: "configuration" }]);
  await app.logIn({ username: "boss", password });
  await app.logIn({ username: "ann", password });
  const logins = await entries("staff.login");
  assert.deepEqual(logins.filter(({ actor }) => actor === "boss").at(0)?.detail.role, "admin");
  assert.ok(!logins.some(({ actor }) => actor === "ann"));
  const boss = await app.caller("boss");
  const send = (key: string, audience: CommandDraft["audience"]) =>
    app.services.commands.send(boss, { key, audience, kind: "message", title: "To many" });
  const sent = await Promise.all([
    send("1", { kind: "all" }),
    send("2", { kind: "category", category: "general" }),
    send("3", { kind: "all" }),
  ]);
  const ids = sent.map((one) => must(one).command.id);
  const broadcasts = (await entries("broadcast")).toReversed();
  assert.deepEqual(broadcasts.map(({ subject, detail }) => [subject, detail.command]), [
    ["audience:all", ids[0]],
    ["category:general", ids[1]],
    ["audience:all", ids[2]],
  ]);
  // The same key gets the same answer, and is no second broadcast.
  assert.equal(must(await send("1", { kind: "all" })).command.id, ids[0]);
  assert.equal((await entries("broadcast")).length, 3);
  assert.equal(must(await app.services.audit.verify(boss)).ok, true);
});

Deno.test("MO-2, MO-7: administrators keep reasons and automatic rules on a page, and what they type stays", async () => {
  await using rig = await open();
  const { app, ask } = rig;
  for (const who of ["ann", "mod"]) assert.equal((await ask(who, "/admin/sanctions")).status, 404);
  const post = async (fields: Record<string, string>) => {
    const headers = {
      cookie: app.cookieOf("boss"),
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    };
    const body = new URLSearchParams(fields);
    const response = await app.send("/admin/sanctions", { method: "POST", headers, body });
    return { status: response.status, to: response.headers.get("location"), text: await response.text() };
  };
  const rule = { "upheld-0": "3", "days-0": "30", "sanction-0": "mute", "lastsDays-0": "7" };
  const saved = await post({ action: "rules", ...rule, "dryRun-0": "yes", "upheld-1": "", "days-1": "30" });
  assert.equal(saved.to, "/admin/sanctions?notice=rules");
  const boss = await app.caller("boss");
  assert.deepEqual(must(await app.services.autoRules.list(boss)).rules, [
    { upheld: 3, days: 30, sanction: "mute", lastsDays: 7, dryRun: true },
  ]);
  const wrong = await post({ action: "rules", "upheld-1": "3", "days-1": "soon", "lastsDays-1": "7" });
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /value="soon"/);
  assert.match(wrong.text, /id="days-1-error"|id="days-0-error"/);
  const reasons = { "title-0": "Flood", "text-0": "You sent too much.", "title-1": "", "text-1": " " };
  assert.equal((await post({ action: "reasons", ...reasons })).to, "/admin/sanctions?notice=reasons");
  assert.deepEqual(must(await app.services.sanctionReasons.list(boss)).reasons, [
    { title: "Flood", text: "You sent too much." },
  ]);
  const half = await post({ action: "reasons", "title-0": "Only a title", "text-0": "" });
  assert.equal(half.status, 400);
  assert.match(half.text, /value="Only a title"/);
  assert.match(half.text, /id="text-0-error"/);
  assert.match((await ask("boss", "/admin/sanctions?notice=rules", "GET", "de")).text, /Regeln gespeichert/);
});

Deno.test("MO-2, MO-4: several people are sanctioned by one form that asks first; those who cannot be are named", async () => {
  await using rig = await open();
  const { app, ask } = rig;
  await app.person("bob");
  const list = (await ask("mod", "/admin/users")).text;
  assert.match(list, /<form[^>]*action="\/admin\/several"/);
  assert.match(list, /name="name" value="bob"/);
  assert.equal((await ask("ann", "/admin/several?name=bob")).status, 404);
  const path = "/admin/several?name=ann&name=bob&name=boss&name=nobody-here";
  const asking = (await ask("mod", path)).text;
  for (const name of ["@ann", "@bob", "@boss"]) assert.ok(asking.includes(name), name);
  const post = async (fields: Record<string, string>) => {
    const headers = {
      cookie: app.cookieOf("mod"),
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    };
    const response = await app.send(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    return { status: response.status, to: response.headers.get("location"), text: await response.text() };
  };
  const wrong = await post({ action: "sanction", kind: "mute", reason: "" });
  assert.equal(wrong.status, 400);
  assert.ok(!(await app.services.users.get(await app.caller("mod"), "ann") instanceof Refusal));
  const done = await post({ action: "sanction", kind: "mute", reason: "Flooded the chat." });
  assert.equal(done.to, "/admin/several?done=2&failed=boss&failed=nobody-here");
  const mod = await app.caller("mod");
  for (const name of ["ann", "bob"]) {
    assert.notEqual(must(await app.services.users.get(mod, name)).mutedUntil, null);
  }
  const { text } = await ask("mod", done.to!);
  assert.match(text, /Done for 2 people, and logged/);
  assert.match(text, /Not done for @boss, @nobody-here/);
});
