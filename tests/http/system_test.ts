import assert from "node:assert/strict";
import { AppRig } from "../fakes/app_rig.ts";

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
