import assert from "node:assert/strict";
import type { AdminFile, AdminFilePage } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { until } from "../fakes/until.ts";
import { blobPath, type WholePerson, WholeServer } from "../fakes/whole_server.ts";

/** The harmless file that every virus scanner knows, in two parts so that this file is none. */
const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
const dayMs = 24 * 3600_000;

async function rejected(server: WholeServer, who: WholePerson) {
  const file = await server.upload(who, "letter.txt", eicar);
  const admin = await server.admin();
  const listed = await until(async () => {
    const { body } = await server.ask<AdminFilePage>(admin, "/admin/files?state=rejected");
    return body.files[0];
  }, "the rejection");
  await server.open.runDueJobs();
  const { sha256 } = listed;
  return { file, admin, sha256, place: `storage/quarantine/${sha256}` };
}

Deno.test("SC-8: rejected bytes leave the files for a place of their own, which nothing serves and only the owner reads", async () => {
  const clock = new FakeClock();
  await using server = await WholeServer.start({}, { clock });
  const ann = await server.person("ann");
  const { file, admin, sha256, place } = await rejected(server, ann);
  assert.deepEqual(await server.stored(), [place]);
  assert.equal((await Deno.stat(`${server.dir}/${place}`)).mode! & 0o777, 0o600);
  assert.equal((await Deno.stat(`${server.dir}/storage/quarantine`)).mode! & 0o777, 0o700);
  assert.equal((await server.ask(ann, `/files/${file.id}/content`)).status, 409);
  for (const path of [`/files/${sha256}/content`, `/admin/files/${sha256}/content`]) {
    assert.equal((await server.ask(admin, path)).status, 404);
  }
  const { body } = await server.ask<{ file: AdminFile }>(admin, `/admin/files/${sha256}`);
  assert.equal(body.file.quarantinedUntil, new Date(clock.now() + 14 * dayMs).toISOString());
  assert.ok(body.file.verdicts.some(({ verdict }) => verdict === "infected"));
  assert.deepEqual(body.file.uploads.map(({ owner }) => owner), ["ann"]);

  // It outlives the file, and ends by itself.
  assert.equal((await server.fetch(ann, `/files/${file.id}`, { method: "DELETE" })).status, 204);
  await server.open.runDueJobs();
  const left = await server.ask<{ file: AdminFile }>(admin, `/admin/files/${sha256}`);
  assert.deepEqual([left.body.file.state, left.body.file.uploads], ["rejected", []]);
  assert.deepEqual(await server.stored(), [place]);
  clock.advance(14 * dayMs);
  await server.open.runDueJobs();
  assert.deepEqual(await server.stored(), []);
  const again = await server.ask(await server.person("bob"), "/files?name=a", {
    method: "POST",
    body: eicar,
  });
  assert.deepEqual([again.status, again.body["kind"]], [409, "not_clean"]);
});

Deno.test("SC-8: a moderator releases a false alarm: the file is clean, its bytes are back, and can be uploaded again", async () => {
  await using server = await WholeServer.start();
  const ann = await server.person("ann");
  const { file, admin, sha256 } = await rejected(server, ann);
  const decide = (decision: object) =>
    server.post<{ file: AdminFile }>(admin, `/admin/files/${sha256}/decision`, decision);
  const reason = "It is the test file of our course.";
  assert.equal(
    (await decide({ release: true, reason })).status,
    409,
    "a release of a held file is no such release",
  );
  assert.equal(
    (await server.post(ann, `/admin/files/${sha256}/decision`, { release: true, reason })).status,
    404,
  );
  const { status, body } = await decide({ release: true, reason, falseAlarm: true });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([body.file.state, body.file.quarantinedUntil], ["clean", null]);
  assert.deepEqual(await server.stored(), [blobPath(sha256)]);
  assert.equal(await server.state(ann, file.id), "clean");
  const content = await server.fetch(ann, `/files/${file.id}/content`);
  assert.equal(await content.text(), eicar);
  await server.upload(await server.person("bob"), "the-same.txt", eicar);
  const audit = await server.ask<{ entries: { action: string; reason: string | null }[] }>(
    admin,
    "/admin/audit",
  );
  assert.ok(audit.body.entries.some((entry) => entry.action === "file.release" && entry.reason === reason));
  await server.open.runDueJobs();
  assert.deepEqual(
    await server.stored(),
    [blobPath(sha256)],
    "the jobs of the rejection move nothing any longer",
  );
});

Deno.test("SC-8, MO-4: the page of a rejected file says how long it is kept, and releases it without scripts", async () => {
  await using server = await WholeServer.start();
  const ann = await server.person("ann");
  const { admin, sha256 } = await rejected(server, ann);
  const page = async (init: RequestInit = {}) => {
    const answer = await fetch(`${server.origin}/admin/files/${sha256}`, {
      redirect: "manual",
      ...init,
      headers: { cookie: `behest_session=${admin.token}` },
    });
    return { status: answer.status, html: await answer.text() };
  };
  const send = (fields: Record<string, string>) =>
    page({ method: "POST", body: new URLSearchParams(fields) });
  const shown = await page();
  assert.match(shown.html, /In quarantine until/);
  assert.match(shown.html, /value="false_alarm"/);
  assert.doesNotMatch(shown.html, /value="reject"/);
  assert.equal((await send({ decision: "false_alarm", reason: "Known." })).status, 400, "not confirmed");
  assert.equal((await send({ decision: "release", reason: "Known.", confirm: "yes" })).status, 409);
  assert.equal((await send({ decision: "false_alarm", reason: "Known.", confirm: "yes" })).status, 303);
  const after = await page();
  assert.doesNotMatch(after.html, /In quarantine until|false_alarm/);
  assert.deepEqual(await server.stored(), [blobPath(sha256)]);
});
