import assert from "node:assert/strict";
import { suspensionOf } from "../../lib/accounts/mod.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { KvUsers } from "../../lib/adapters/kv/users_store.ts";
import { Mutes, OwnSanctions, Users } from "../../lib/moderation/mod.ts";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import { FakeNotices } from "../fakes/notices.ts";
import { dayMs, evidenceDays, type IncidentRig, incidentRig, kindOf, must } from "../fakes/incident_rig.ts";

async function isSuspended(rig: IncidentRig, who: Caller): Promise<boolean> {
  return suspensionOf(await rig.user(who), rig.clock.now()) !== null;
}

function attempt(who: Caller, sha256: string, name = "again.png") {
  const from = { address: "198.51.100.4", port: null, device: "web", requestId: "request" };
  return { sha256, sizeBytes: 1000, type: "image/png", name, ownerId: who.userId, from };
}

Deno.test("SC-5: whoever uploads matched bytes later gets an incident of their own and is suspended", async () => {
  await using rig = await incidentRig();
  const [mod, ann, bob] = [
    await rig.person("mod", "moderator"),
    await rig.person("ann"),
    await rig.person("bob"),
  ];
  const first = await rig.matched([ann]);
  await rig.jobs.runDue();
  rig.clock.advance(dayMs);
  await rig.incidents.refusedAgain(attempt(bob, first.sha256));
  const [incident] = must(await rig.incidents.list(mod, {})).incidents;
  assert.notEqual(incident!.id, first.id);
  assert.deepEqual(
    [incident!.sha256, incident!.evidence, incident!.state, incident!.provider, incident!.classification],
    [first.sha256, "none", "open", "arachnid", "csam"],
  );
  assert.deepEqual(
    incident!.uploads.map(({ fileId, username, address, port, name }) => [
      fileId,
      username,
      address,
      port,
      name,
    ]),
    [[null, "bob", "198.51.100.4", null, "again.png"]],
  );
  assert.equal(await isSuspended(rig, bob), true);
  assert.ok(rig.bell.closedUsers.includes(`${bob.userId} suspended`));
  const auditEntry = (await rig.auditEntries()).at(-1)!;
  assert.deepEqual([
    auditEntry.action,
    auditEntry.actor,
    auditEntry.address,
    auditEntry.detail["suspended"],
    auditEntry.detail["attempts"],
  ], [
    "incident.repeat",
    "(server)",
    "198.51.100.4",
    "bob",
    1,
  ]);
  assert.notEqual((await rig.kv.get(keys.hold("user", bob.userId))).value, null);
});

Deno.test("SC-5: repeats of one account are one incident until it is done, and what it names is bounded", async () => {
  await using rig = await incidentRig();
  const [mod, ann, bob] = [
    await rig.person("mod", "moderator"),
    await rig.person("ann"),
    await rig.person("bob"),
  ];
  const { sha256 } = await rig.matched([ann]);
  await Promise.all([1, 2, 3].map((at) => rig.incidents.refusedAgain(attempt(bob, sha256, `${at}.png`))));
  assert.equal(must(await rig.incidents.list(mod, {})).incidents.length, 2);
  for (let more = 0; more < 60; more++) {
    await rig.incidents.refusedAgain(attempt(bob, sha256, `more ${more}.png`));
  }
  const [incident] = must(await rig.incidents.list(mod, {})).incidents;
  assert.equal(incident!.uploads.length, 50);
  assert.equal(incident!.uploads.at(-1)!.name, "more 59.png");
  assert.equal((await rig.incidentStore.incident(incident!.id))!.repeat!.attempts, 63);
  assert.equal(rig.bell.closedUsers.length, 2, "nobody is suspended twice");
  must(await rig.incidents.close(mod, incident!.id, { reason: "Done." }));
  await rig.incidents.refusedAgain(attempt(bob, sha256));
  await rig.incidents.refusedAgain(attempt(ann, sha256));
  assert.equal(must(await rig.incidents.list(mod, {})).incidents.length, 4);
});

Deno.test("SC-5: other refused hashes, unknown hashes and people who are gone open nothing", async () => {
  await using rig = await incidentRig();
  const ann = await rig.person("ann");
  await rig.kv.set(keys.refused("a".repeat(64)), { why: "infected", atMs: 0 });
  await rig.incidents.refusedAgain(attempt(ann, "a".repeat(64)));
  await rig.incidents.refusedAgain(attempt(ann, "b".repeat(64)));
  const { sha256 } = await rig.matched([await rig.person("bob")]);
  await rig.incidents.refusedAgain({ ...attempt(ann, sha256), ownerId: "nobody" });
  assert.equal((await rig.incidentStore.page({ before: null, state: null, limit: 10 })).length, 1);
  assert.equal(await isSuspended(rig, ann), false);
});

Deno.test("SC-5: an upload that was on its way does not bring sealed bytes back", async () => {
  await using rig = await incidentRig();
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  const { sha256, bytes } = await rig.matched([ann]);
  await rig.incidents.refusedAgain(attempt(bob, sha256));
  assert.equal(rig.blobs.bytes.size, 1, "not before they are sealed");
  await rig.jobs.runDue();
  rig.blobs.bytes.set(sha256, bytes);
  await rig.incidents.refusedAgain(attempt(bob, sha256));
  assert.equal(rig.blobs.bytes.size, 0);
});

Deno.test("SC-5: a repeat prolongs the hold of the bytes that its report is about", async () => {
  await using rig = await incidentRig();
  const [mod, ann, bob] = [
    await rig.person("mod", "moderator"),
    await rig.person("ann"),
    await rig.person("bob"),
  ];
  const { id, sha256, files } = await rig.matched([ann]);
  await rig.jobs.runDue();
  rig.clock.advance(100 * dayMs);
  await rig.incidents.refusedAgain(attempt(bob, sha256));
  const [repeat] = must(await rig.incidents.list(mod, {})).incidents;
  assert.equal(must(await rig.incidents.get(mod, id)).holdUntil, repeat!.holdUntil);
  rig.clock.advance((evidenceDays - 100) * dayMs);
  await rig.jobs.runDue();
  assert.equal(must(await rig.incidents.get(mod, id)).evidence, "sealed");
  assert.notEqual((await rig.kv.get(keys.hold("file", files[0]!.id))).value, null);
  rig.clock.advance(100 * dayMs);
  await rig.jobs.runDue();
  assert.equal(must(await rig.incidents.get(mod, id)).evidence, "destroyed");
  assert.equal(must(await rig.incidents.get(mod, repeat!.id)).evidence, "none");
  assert.equal((await rig.kv.get(keys.hold("user", bob.userId))).value, null);
  assert.equal((await rig.kv.get(keys.hold("file", files[0]!.id))).value, null);
});

Deno.test("SC-6, MO-3: closing ends the review, reinstates whom it names and leaves the holds", async () => {
  await using rig = await incidentRig();
  const [mod, ann, bob] = [
    await rig.person("mod", "moderator"),
    await rig.person("ann"),
    await rig.person("bob"),
  ];
  const { id, sha256 } = await rig.matched([ann, bob]);
  const closed = must(
    await rig.incidents.close(mod, id, { reason: "Ann's account was stolen.", reinstate: ["ann"] }),
  );
  assert.equal(closed.state, "closed");
  assert.deepEqual(closed.closed, {
    at: new Date(rig.clock.now()).toISOString(),
    by: "mod",
    reason: "Ann's account was stolen.",
  });
  assert.equal(await isSuspended(rig, ann), false);
  assert.deepEqual([(await rig.user(ann)).status, (await rig.user(ann)).suspension], ["active", undefined]);
  assert.equal(await isSuspended(rig, bob), true);
  assert.notEqual((await rig.kv.get(keys.hold("blob", sha256))).value, null);
  const auditEntry = (await rig.auditEntries()).at(-1)!;
  assert.deepEqual([
    auditEntry.actor,
    auditEntry.action,
    auditEntry.subject,
    auditEntry.reason,
    auditEntry.detail,
  ], [
    "mod",
    "incident.close",
    `incident:${id}`,
    "Ann's account was stolen.",
    { reinstated: "ann", stillSuspended: "" },
  ]);
  const user = await rig.kv.get(keys.user(ann.userId));
  assert.equal(user.versionstamp, (await rig.kv.get(keys.auditHead())).versionstamp, "one commit");
  assert.equal(kindOf(await rig.incidents.close(mod, id, { reason: "Once more." })), "conflict");
  must(await rig.incidents.close(mod, id, { reason: "Bob's too.", reinstate: [bob.userId] }));
  assert.equal(await isSuspended(rig, bob), false);
  assert.equal((await rig.auditEntries()).at(-1)!.action, "incident.reinstate");
  assert.equal(must(await rig.incidents.get(mod, id)).closed!.reason, "Ann's account was stolen.");
});

Deno.test("SC-6: closing lifts no other suspension, and names of strangers are refused", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  await rig.person("eve");
  const { id } = await rig.matched([ann]);
  const fraud = { reason: "Fraud.", until: null };
  await rig.kv.set(keys.user(ann.userId), { ...await rig.user(ann), suspension: fraud });
  rig.accounts.forget(ann.userId);
  assert.equal(kindOf(await rig.incidents.close(mod, id, { reason: "x", reinstate: ["ann"] })), "conflict");
  assert.equal(
    kindOf(await rig.incidents.close(mod, id, { reason: "x", reinstate: ["eve"] })),
    "invalid_params",
  );
  assert.equal(
    kindOf(await rig.incidents.close(mod, id, { reason: "x", reinstate: ["nobody"] })),
    "invalid_params",
  );
  assert.equal(must(await rig.incidents.get(mod, id)).state, "open", "nothing was written");
  must(await rig.incidents.close(mod, id, { reason: "x" }));
  assert.deepEqual((await rig.user(ann)).suspension, fraud);
});

Deno.test("SC-6: who is named by another open incident stays suspended until that one is closed too", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const [one, two] = [await rig.matched([ann], 100, 1), await rig.matched([ann], 100, 2)];
  must(await rig.incidents.close(mod, one.id, { reason: "Mistake.", reinstate: ["ann", ann.userId] }));
  assert.equal(await isSuspended(rig, ann), true);
  assert.equal((await rig.auditEntries()).at(-1)!.detail["stillSuspended"], "ann");
  must(await rig.incidents.close(mod, two.id, { reason: "Mistake.", reinstate: ["ann"] }));
  assert.equal(await isSuspended(rig, ann), false);
});

Deno.test("SC-6: what was imposed before is in force again after the review", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const spam = { reason: "Spam.", until: rig.clock.now() + dayMs };
  await rig.kv.set(keys.user(ann.userId), { ...await rig.user(ann), status: "suspended", suspension: spam });
  rig.accounts.forget(ann.userId);
  const { id } = await rig.matched([ann]);
  must(await rig.incidents.close(mod, id, { reason: "Mistake.", reinstate: ["ann"] }));
  assert.deepEqual((await rig.user(ann)).suspension, spam);
  assert.equal(await isSuspended(rig, ann), true);
  rig.clock.advance(dayMs);
  assert.equal(await isSuspended(rig, ann), false);
});

/** Moderators' work on the accounts of the rig. */
async function usersOf({ store, accounts, audit, clock, bell, ids }: IncidentRig): Promise<Users> {
  const records = new KvUsers(store, accounts, audit, clock);
  const mutes = await Mutes.load(records, clock, true);
  return new Users({
    store: records,
    mutes,
    limited: await Mutes.load(records.limits, clock, true, "limit"),
    notices: new FakeNotices(),
    own: await OwnSanctions.load({ store: records, bell, clock }, true),
    bell,
    clock,
    ids,
    changed: () => {},
  });
}

Deno.test("MO-7: whatever moderators impose or lift, an incident's suspension ends only with the incident", async () => {
  await using rig = await incidentRig();
  const [mod, ann] = [await rig.person("mod", "moderator"), await rig.person("ann")];
  const users = await usersOf(rig);
  const suspend = async (reason: string, until?: string) =>
    must(await users.sanction(mod, "ann", { kind: "suspend", reason, until })).id;
  const before = await suspend("Spam.");
  const { id } = await rig.matched([ann]);
  must(await users.lift(mod, "ann", before, "It was not spam."));
  assert.equal(await isSuspended(rig, ann), true);
  await suspend("A second.", iso(rig.clock.now() + 1000));
  rig.clock.advance(2000);
  assert.equal(await isSuspended(rig, ann), true);
  const shown = must(await users.get(mod, "ann"));
  assert.deepEqual([shown.status, shown.incident], ["suspended", id]);
  const end = rig.clock.now() + dayMs;
  await suspend("A day.", iso(end));
  must(await rig.incidents.close(mod, id, { reason: "Mistake.", reinstate: ["ann"] }));
  assert.deepEqual((await rig.user(ann)).suspension, { reason: "A day.", until: end }, "of moderators");
  rig.clock.advance(dayMs);
  assert.equal(await isSuspended(rig, ann), false);
});

Deno.test("SC-6: nobody closes an incident that names them, the spared administrator neither", async () => {
  await using rig = await incidentRig();
  const [root, mod] = [await rig.person("root", "admin"), await rig.person("mod", "moderator")];
  const { id } = await rig.matched([root]);
  assert.equal(await isSuspended(rig, root), false);
  assert.equal(kindOf(await rig.incidents.close(root, id, { reason: "Nothing to see." })), "conflict");
  assert.equal(must(await rig.incidents.get(root, id)).state, "open");
  assert.equal(must(await rig.incidents.close(mod, id, { reason: "A mistake." })).state, "closed");
});
