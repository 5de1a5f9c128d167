import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { iso } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { fakeStartMs } from "../fakes/clock.ts";
import { adminRig } from "../fakes/admin_rig.ts";

async function rigWithGroup() {
  const rig = await adminRig();
  const root = await rig.person("root", "admin");
  const ann = await rig.person("ann");
  const bob = await rig.person("bob");
  const carol = await rig.person("carol");
  must(await rig.groups.create(root, { name: "readers", title: "Readers" }));
  return { ...rig, root, ann, bob, carol, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

type Rig = Awaited<ReturnType<typeof rigWithGroup>>;

async function join(rig: Rig, who: Rig["ann"], role: "owner" | "sender" | "member" = "member") {
  must(await rig.groups.setMember(rig.root, "readers", who.username, { role }));
  must(await rig.groups.accept(who, { group: "readers" }));
}

Deno.test("BR-6: only administrators make groups, and a name is given once", async () => {
  await using rig = await rigWithGroup();
  assert.equal(kindOf(await rig.groups.create(rig.ann, { name: "mine", title: "Mine" })), "not_found");
  assert.equal(kindOf(await rig.groups.create(rig.root, { name: "readers", title: "Again" })), "conflict");
  const made = must(await rig.groups.get(rig.root, "readers"));
  assert.deepEqual(made, {
    name: "readers",
    title: "Readers",
    createdAt: iso(fakeStartMs),
    members: [],
  });
});

Deno.test("BR-6: nobody is in a group without having accepted; membership begins with that", async () => {
  await using rig = await rigWithGroup();
  must(await rig.groups.setMember(rig.root, "readers", "ann", { role: "sender" }));
  const entry = { name: "readers", title: "Readers", role: "sender" as const };
  assert.deepEqual(await rig.groups.list(rig.ann), {
    groups: [],
    invitations: [{ ...entry, since: null, members: 0 }],
  });
  assert.equal((await rig.memberships.of(rig.ann.userId)).size, 0);
  rig.clock.advance(5000);
  const accepted = must(await rig.groups.accept(rig.ann, { group: "readers" }));
  assert.deepEqual(accepted, { ...entry, accepted: true });
  const since = fakeStartMs + 5000;
  assert.deepEqual(await rig.groups.list(rig.ann), {
    groups: [{ ...entry, since: iso(since), members: 1 }],
    invitations: [],
  });
  assert.deepEqual([...await rig.memberships.of(rig.ann.userId)], [["readers", {
    role: "sender",
    since,
  }]]);
  rig.clock.advance(5000);
  // Accepting again changes nothing, and nobody hears of it.
  const told = rig.bell.notified.length;
  must(await rig.groups.accept(rig.ann, { group: "readers" }));
  assert.equal((await rig.memberships.of(rig.ann.userId)).get("readers")?.since, since);
  assert.equal(rig.bell.notified.length, told);
});

Deno.test("BR-6: who was not invited cannot accept, nor leave what they are not in", async () => {
  await using rig = await rigWithGroup();
  for (const group of ["readers", "none"]) {
    assert.equal(kindOf(await rig.groups.accept(rig.ann, { group })), "not_found");
    assert.equal(kindOf(await rig.groups.leave(rig.ann, { group })), "not_found");
  }
});

Deno.test("BR-6: owners invite, set roles and remove; senders, members and those not in yet do not", async () => {
  await using rig = await rigWithGroup();
  const { groups, ann, bob, carol } = rig;
  must(await groups.setMember(rig.root, "readers", "ann", { role: "owner" }));
  assert.equal(kindOf(await groups.setMember(ann, "readers", "bob", { role: "member" })), "not_found");
  must(await groups.accept(ann, { group: "readers" }));
  must(await groups.setMember(ann, "readers", "bob", { role: "sender" }));
  must(await groups.accept(bob, { group: "readers" }));
  for (const stranger of [bob, carol]) {
    assert.equal(kindOf(await groups.get(stranger, "readers")), "not_found");
    assert.equal(
      kindOf(await groups.setMember(stranger, "readers", "carol", { role: "member" })),
      "not_found",
    );
    assert.equal(kindOf(await groups.setMember(stranger, "readers", "bob", { role: "owner" })), "not_found");
    assert.equal(kindOf(await groups.removeMember(stranger, "readers", "ann")), "not_found");
    assert.deepEqual(must(await groups.managed(stranger)), []);
  }
  const after = must(await groups.setMember(ann, "readers", "bob", { role: "member" }));
  assert.deepEqual(after.members.map(({ username, role, since }) => [username, role, since !== null]), [
    ["ann", "owner", true],
    ["bob", "member", true],
  ]);
  assert.deepEqual(must(await groups.managed(ann)).map(({ name }) => name), ["readers"]);
  assert.deepEqual(must(await groups.removeMember(ann, "readers", "bob")).members.length, 1);
  assert.deepEqual(await groups.list(bob), { groups: [], invitations: [] });
  assert.equal(kindOf(await groups.removeMember(ann, "readers", "bob")), "not_found");
  assert.equal(kindOf(await groups.setMember(ann, "readers", "nobody", { role: "member" })), "not_found");
});

Deno.test("BR-6: an owner who gives up their own role sees what they did, and is no owner any more", async () => {
  await using rig = await rigWithGroup();
  await join(rig, rig.ann, "owner");
  await join(rig, rig.bob, "owner");
  const group = must(await rig.groups.setMember(rig.ann, "readers", "ann", { role: "member" }));
  assert.equal(group.members[0]!.role, "member");
  assert.equal(kindOf(await rig.groups.setMember(rig.ann, "readers", "ann", { role: "owner" })), "not_found");
});

Deno.test("BR-6: the person's devices hear every step, and their deliveries are decided again", async () => {
  await using rig = await rigWithGroup();
  const { groups, root, ann } = rig;
  must(await groups.setMember(root, "readers", "ann", { role: "member" }));
  must(await groups.accept(ann, { group: "readers" }));
  must(await groups.setMember(root, "readers", "ann", { role: "sender" }));
  must(await groups.setMember(root, "readers", "ann", { role: "sender" }));
  must(await groups.removeMember(root, "readers", "ann"));
  const said = rig.bell.notified.map(({ userId, method, params }) => {
    assert.deepEqual([userId, method], [ann.userId, "group.changed"]);
    const { role, accepted } = params as { role: string | null; accepted: boolean };
    return [role, accepted];
  });
  assert.deepEqual(said, [["member", false], ["member", true], ["sender", true], [null, false]]);
  assert.equal(rig.bell.consentChanges.filter((userId) => userId === ann.userId).length, 4);
});

Deno.test("DL-9: when somebody leaves, those left behind are decided again too", async () => {
  await using rig = await rigWithGroup();
  await join(rig, rig.ann);
  await join(rig, rig.bob);
  rig.bell.consentChanges.length = 0;
  must(await rig.groups.leave(rig.ann, { group: "readers" }));
  assert.deepEqual(rig.bell.consentChanges.sort(), [rig.ann.userId, rig.bob.userId].sort());
});

Deno.test("CO-1: people share a group when both accepted it, and no longer when one left", async () => {
  await using rig = await rigWithGroup();
  const { groups, memberships, ann, bob, carol } = rig;
  const sharing =
    async () => [...await memberships.sharesGroup(ann.userId, [bob.userId, carol.userId, ann.userId])];
  await join(rig, ann);
  must(await groups.setMember(rig.root, "readers", "bob", { role: "member" }));
  assert.deepEqual(await sharing(), [], "bob was only invited");
  must(await groups.accept(bob, { group: "readers" }));
  assert.deepEqual(await sharing(), [bob.userId]);
  assert.deepEqual([...await memberships.sharesGroup(bob.userId, [ann.userId])], [ann.userId]);
  must(await groups.removeMember(rig.root, "readers", "ann"));
  assert.deepEqual(await sharing(), []);
  assert.deepEqual([...await memberships.sharesGroup(bob.userId, [ann.userId])], []);
});

Deno.test("BR-6: the members of a group are known; of none that is not there", async () => {
  await using rig = await rigWithGroup();
  assert.equal((await rig.memberships.in("readers"))?.size, 0);
  assert.equal(await rig.memberships.in("none"), undefined);
  await join(rig, rig.ann);
  assert.deepEqual([...(await rig.memberships.in("readers"))!.keys()], [rig.ann.userId]);
});

Deno.test("BR-6: groups and a person's memberships are bounded", async () => {
  await using rig = await rigWithGroup();
  const entry = await rig.store.kv.get<object>(keys.group("readers"));
  await rig.store.kv.set(entry.key, { ...entry.value, entries: limits.groupMembers });
  const full = await rig.groups.setMember(rig.root, "readers", "ann", { role: "member" });
  assert.equal(kindOf(full), "queue_full");
  await rig.store.kv.set(entry.key, entry.value);
  const record = { group: "x", userId: rig.ann.userId, role: "member", since: null, invitedAt: 0 };
  for (let at = 0; at < limits.groupsPerPerson; at++) {
    await rig.store.kv.set(keys.memberOf(rig.ann.userId, `x-${at}`), record);
  }
  // CO-10: it never arrives, and nobody can tell.
  const told = rig.bell.notified.length;
  const tooMany = must(await rig.groups.setMember(rig.root, "readers", "ann", { role: "member" }));
  assert.deepEqual(tooMany.members.map(({ username, since }) => [username, since]), [["ann", null]]);
  assert.equal(rig.bell.notified.length, told);
});

Deno.test("MO-3: what happens to a group is in the audit log, with who did it to whom", async () => {
  await using rig = await rigWithGroup();
  await join(rig, rig.ann, "owner");
  must(await rig.groups.setMember(rig.ann, "readers", "bob", { role: "member" }));
  must(await rig.groups.setMember(rig.ann, "readers", "bob", { role: "sender" }));
  must(await rig.groups.removeMember(rig.ann, "readers", "bob"));
  await join(rig, rig.carol, "owner");
  must(await rig.groups.leave(rig.ann, { group: "readers" }));
  assert.deepEqual(await rig.actions(), [
    "group.create",
    "group.invite",
    "group.accept",
    "group.invite",
    "group.role",
    "group.remove",
    "group.invite",
    "group.accept",
    "group.leave",
  ]);
  const { entries } = must(await rig.audit.page(rig.root, {}));
  const role = entries.find(({ action }) => action === "group.role")!;
  assert.deepEqual([role.actor, role.subject, role.address], ["ann", "group:readers", "192.0.2.1"]);
  assert.deepEqual(role.detail, { username: "bob", role: "sender", wasRole: "member" });
});
