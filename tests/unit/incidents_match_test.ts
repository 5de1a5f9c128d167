import assert from "node:assert/strict";
import { suspensionOf } from "../../lib/accounts/mod.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { verifyChain } from "../../lib/moderation/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { fakeStartMs } from "../fakes/clock.ts";
import {
  dayMs,
  evidenceDays,
  type IncidentRig,
  incidentRig,
  kindOf,
  matchFinding,
  must,
} from "../fakes/incident_rig.ts";

/** Who is suspended now. */
async function isSuspended(rig: IncidentRig, who: { userId: string }): Promise<boolean> {
  return suspensionOf((await rig.accounts.user(who.userId))!, rig.clock.now()) !== null;
}

Deno.test("SC-5: a match rejects, refuses the hash, suspends, holds and opens the incident in one commit", async () => {
  await using rig = await incidentRig();
  const [mod, ann, bob] = [
    await rig.person("mod", "moderator"),
    await rig.person("ann"),
    await rig.person("bob"),
  ];
  const { id, sha256, bytes, files } = await rig.matched([ann, bob]);

  const entries = await Promise.all([
    keys.blob(sha256),
    keys.refused(sha256),
    keys.verdict(sha256, "csam"),
    keys.incident(id),
    keys.user(ann.userId),
    keys.user(bob.userId),
    keys.hold("blob", sha256),
    keys.hold("file", files[0]!.id),
    keys.hold("user", bob.userId),
    keys.auditHead(),
  ].map((key) => rig.kv.get<Record<string, unknown>>(key)));
  assert.equal(new Set(entries.map(({ versionstamp }) => versionstamp)).size, 1, "one commit");
  assert.ok(entries.every(({ value }) => value !== null));
  const [blob, refused] = entries;
  assert.equal(blob!.value!["state"], "rejected");
  assert.equal(refused!.value!["why"], "match");
  assert.equal((await rig.kv.get(keys.scan(sha256))).value, null);

  assert.deepEqual(must(await rig.incidents.get(mod, id)), {
    id,
    state: "open",
    sha256,
    size: bytes.length,
    type: "image/png",
    createdAt: iso(fakeStartMs + 2000),
    provider: "arachnid",
    classification: "csam",
    matchType: "exact",
    answer: "classification csam, exact",
    uploads: [ann, bob].map(({ userId, username }, at) => ({
      fileId: files[at]!.id,
      name: `picture of ${username}.png`,
      userId,
      username,
      at: iso(fakeStartMs + at * 1000),
      address: "203.0.113.9",
      port: 40_001,
    })),
    evidence: "sealing",
    holdUntil: iso(fakeStartMs + 2000 + evidenceDays * dayMs),
    report: null,
    closed: null,
  });
  const jobs: string[] = [];
  for await (const { key, value } of rig.kv.list<{ kind: string }>({ prefix: keys.jobs() })) {
    jobs.push(`${value.kind} ${(key[1] as number) - fakeStartMs - 2000}`);
  }
  assert.deepEqual(jobs.sort(), [
    "blob_changed 0",
    `end_evidence ${evidenceDays * dayMs}`,
    "seal_evidence 0",
  ]);
});

Deno.test("SC-5, MO-3: what the server did is in the audit log, under a name that nobody can have", async () => {
  await using rig = await incidentRig();
  const ann = await rig.person("ann");
  const { id, sha256 } = await rig.matched([ann]);
  await rig.jobs.runDue();
  const [opened, sealed] = await rig.auditEntries();
  assert.deepEqual([opened!.actor, opened!.actorId, opened!.action, opened!.subject], [
    "(server)",
    "server",
    "incident.open",
    `incident:${id}`,
  ]);
  assert.deepEqual(opened!.detail, {
    sha256,
    provider: "arachnid",
    classification: "csam",
    uploads: 1,
    suspended: "ann",
  });
  assert.deepEqual([sealed!.action, sealed!.detail], ["incident.sealed", { sha256, sizeBytes: 1000 }]);
  const { entries, head } = await rig.audit.chain();
  assert.equal((await verifyChain(entries, head)).ok, true);
});

Deno.test("SC-5: everybody who uploaded the bytes is suspended without an end and without a word of why", async () => {
  await using rig = await incidentRig();
  const [ann, bob, eve] = [await rig.person("ann"), await rig.person("bob"), await rig.person("eve")];
  // Read before, so that they lie in memory.
  for (const who of [ann, bob, eve]) assert.equal(await isSuspended(rig, who), false);
  const { sha256 } = await rig.matched([ann, bob, ann]);
  assert.equal(await isSuspended(rig, ann), true);
  assert.equal(await isSuspended(rig, bob), true);
  assert.equal(await isSuspended(rig, eve), false);
  assert.deepEqual(rig.bell.closedUsers, [`${ann.userId} suspended`, `${bob.userId} suspended`]);
  const suspension = suspensionOf(await rig.user(ann), rig.clock.now())!;
  assert.equal(suspension.until, null);
  assert.doesNotMatch(suspension.reason, /match|csam|abuse|picture|hash/i);
  assert.ok(!suspension.reason.includes(sha256));
});

Deno.test("SC-5: moderators and administrators are suspended too, as long as one administrator is left", async () => {
  await using rig = await incidentRig();
  const people = [
    await rig.person("root", "admin"),
    await rig.person("other", "admin"),
    await rig.person("mod", "moderator"),
  ];
  await rig.matched([people[0]!, people[2]!]);
  assert.deepEqual(await Promise.all(people.map((who) => isSuspended(rig, who))), [true, false, true]);
  await rig.matched([people[1]!], 2000, 8);
  assert.equal(await isSuspended(rig, people[1]!), false, "somebody has to be able to administer");
  const auditEntry = (await rig.auditEntries()).at(-1)!;
  assert.deepEqual([
    auditEntry.action,
    auditEntry.detail["suspended"],
    auditEntry.detail["lastAdminNotSuspended"],
  ], [
    "incident.open",
    "",
    "other",
  ]);
  assert.ok(rig.log.lines.some(({ event }) => event === "incident.last_admin_not_suspended"));
});

Deno.test("SC-5: of administrators who all uploaded the same bytes one is spared", async () => {
  await using rig = await incidentRig();
  const admins = [await rig.person("root", "admin"), await rig.person("other", "admin")];
  await rig.matched(admins);
  const suspended = await Promise.all(admins.map((who) => isSuspended(rig, who)));
  assert.deepEqual(suspended.toSorted(), [false, true]);
});

Deno.test("SC-5: two matches at once do not suspend the last two administrators", async () => {
  await using rig = await incidentRig();
  const admins = [await rig.person("root", "admin"), await rig.person("other", "admin")];
  for (const [at, admin] of admins.entries()) {
    await rig.upload(admin, rig.blobs.add(new Uint8Array(100).fill(at)));
  }
  const jobs = [await rig.leased(), await rig.leased()];
  const kept = await Promise.all(
    jobs.map((job) => rig.incidents.preserve(job, matchFinding, rig.verdicts())),
  );
  assert.deepEqual(kept, [true, true]);
  const suspended = await Promise.all(admins.map((who) => isSuspended(rig, who)));
  assert.deepEqual(suspended.toSorted(), [false, true]);
});

Deno.test("SC-5, MO-7: whoever was suspended already is suspended by the incident too, until its end", async () => {
  await using rig = await incidentRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const spam = { reason: "Spam.", until: rig.clock.now() + 3600_000 };
  const forever = { reason: "Fraud.", until: null };
  await rig.kv.set(keys.user(ann.userId), { ...await rig.user(ann), status: "suspended", suspension: spam });
  await rig.kv.set(keys.user(bob.userId), {
    ...await rig.user(bob),
    status: "suspended",
    suspension: forever,
  });
  for (const who of [ann, bob]) rig.accounts.forget(who.userId);
  const { id } = await rig.matched([ann, bob]);
  rig.clock.advance(2 * 3600_000);
  assert.equal(await isSuspended(rig, ann), true);
  assert.deepEqual((await rig.user(ann)).suspension?.incident, { id, before: spam });
  assert.deepEqual((await rig.user(bob)).suspension?.incident, { id, before: forever });
});

Deno.test("SC-5: a match whose lease was lost, or that is told twice, opens nothing more", async () => {
  await using rig = await incidentRig();
  const ann = await rig.person("ann");
  const sha256 = rig.blobs.add(new Uint8Array(10));
  await rig.upload(ann, sha256);
  const lost = await rig.leased();
  rig.clock.advance(60_000);
  const job = await rig.leased();
  assert.equal(await rig.incidents.preserve(lost, matchFinding, rig.verdicts()), false);
  assert.equal(await isSuspended(rig, ann), false);
  const told = await Promise.all([1, 2].map(() => rig.incidents.preserve(job, matchFinding, rig.verdicts())));
  assert.deepEqual(told.toSorted(), [false, true]);
  assert.equal((await rig.incidentStore.page({ before: null, state: null, limit: 10 })).length, 1);
});

Deno.test("SC-5: uploads that one commit cannot hold follow with the job, and one that came in between", async () => {
  await using rig = await incidentRig();
  const mod = await rig.person("mod", "moderator");
  const owners = await Promise.all(Array.from({ length: 120 }, (_, at) => rig.person(`user${at}`)));
  const { id, sha256 } = await rig.matched(owners);
  const late = await rig.person("late");
  const file = await rig.upload(late, sha256);
  const first = must(await rig.incidents.get(mod, id)).uploads.length;
  assert.ok(first > 0 && first < owners.length, `${first} in the first commit`);
  await rig.jobs.runDue();
  const uploads = await rig.incidentStore.uploads(id, Infinity);
  assert.equal(uploads.length, 121);
  assert.equal(new Set(uploads.map(({ fileId }) => fileId)).size, 121);
  for (const who of [...owners, late]) assert.equal(await isSuspended(rig, who), true, who.username);
  assert.equal(rig.bell.closedUsers.length, 121);
  assert.notEqual((await rig.kv.get(keys.hold("file", file.id))).value, null);
  await rig.incidents.run({ kind: "seal_evidence", incidentId: id });
  assert.equal((await rig.incidentStore.uploads(id, Infinity)).length, 121, "a second run adds nothing");
  assert.equal(rig.bell.closedUsers.length, 121);
});

Deno.test("SC-6: only moderators and administrators find incidents", async () => {
  await using rig = await incidentRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const { id } = await rig.matched([ann]);
  const draft = { incidentType: "Child Sex Trafficking" } as const;
  for (const who of [ann, bob]) {
    const answers = [
      await rig.incidents.list(who, {}),
      await rig.incidents.get(who, id),
      await rig.incidents.draft(who, id, draft),
      await rig.incidents.report(who, id),
      await rig.incidents.submit(who, id),
      await rig.incidents.close(who, id, { reason: "No." }),
    ];
    assert.deepEqual(answers.map(kindOf), Array.from({ length: 6 }, () => "not_found"));
  }
  assert.equal((await rig.auditEntries()).length, 1, "nothing was written");
  const root = await rig.person("root", "admin");
  assert.equal(kindOf(await rig.incidents.get(root, id)), "answered");
  assert.equal(kindOf(await rig.incidents.get(root, "01ARZ3NDEKTSV4RRFFQ69G5FAV")), "not_found");
});

Deno.test("SC-6: incidents are listed newest first, by state and in pages", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const ids: string[] = [];
  for (let seed = 1; seed <= 5; seed++) ids.unshift((await rig.matched([ann], 100, seed)).id);
  must(await rig.incidents.close(mod, ids[1]!, { reason: "Done." }));
  const page = must(await rig.incidents.list(mod, { limit: 2 }));
  assert.deepEqual([page.incidents.map(({ id }) => id), page.next], [ids.slice(0, 2), ids[1]]);
  const rest = must(await rig.incidents.list(mod, { before: page.next!, limit: 10 }));
  assert.deepEqual([rest.incidents.map(({ id }) => id), rest.next], [ids.slice(2), null]);
  const open = must(await rig.incidents.list(mod, { state: "open" }));
  assert.deepEqual(open.incidents.map(({ id }) => id), ids.filter((_, at) => at !== 1));
});
