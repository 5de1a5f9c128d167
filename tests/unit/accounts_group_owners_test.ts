import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

async function rigOf(groups: "admins" | "members" = "members") {
  const rig = await adminRig({ groups });
  const root = await rig.person("root", "admin");
  const ann = await rig.person("ann");
  const bob = await rig.person("bob");
  const carol = await rig.person("carol");
  return { ...rig, root, ann, bob, carol, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

type Rig = Awaited<ReturnType<typeof rigOf>>;

async function join(rig: Rig, who: Rig["ann"], role: "owner" | "sender" | "member") {
  must(await rig.groups.setMember(rig.root, "readers", who.username, { role }));
  rig.clock.advance(1000);
  must(await rig.groups.accept(who, { group: "readers" }));
}

const readers = { name: "readers", title: "Readers" };

async function roles(rig: Rig): Promise<string[][]> {
  const group = must(await rig.groups.get(rig.root, "readers"));
  return group.members.map(({ username, role, since }) => [username, since === null ? "invited" : role]);
}

Deno.test("BR-7: where members may, who creates a group owns it from the first moment", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  assert.deepEqual(await roles(rig), [["ann", "owner"]]);
  assert.deepEqual([...await rig.memberships.of(rig.ann.userId)].map(([name, { role }]) => [name, role]), [[
    "readers",
    "owner",
  ]]);
  assert.equal((await rig.groups.list(rig.ann)).groups[0]?.members, 1);
  must(await rig.groups.setMember(rig.ann, "readers", "bob", { role: "member" }));
  assert.deepEqual(rig.bell.notified.map(({ userId }) => userId), [rig.ann.userId, rig.bob.userId]);
  await using closed = await rigOf("admins");
  assert.equal(kindOf(await closed.groups.create(closed.ann, readers)), "not_found");
});

Deno.test("BR-7: a member owns a bounded number of groups, with names that do not speak for the server", async () => {
  await using rig = await rigOf();
  for (let at = 0; at < limits.groupsOwned; at++) {
    must(await rig.groups.create(rig.ann, { name: `g-${at}`, title: `Group ${at}` }));
  }
  assert.equal(kindOf(await rig.groups.create(rig.ann, readers)), "queue_full");
  for (const group of [{ name: "x", title: "Support" }, { name: "admins", title: "X" }]) {
    assert.equal(kindOf(await rig.groups.create(rig.bob, group)), "invalid_params");
  }
  assert.equal(kindOf(await rig.groups.rename(rig.ann, "g-0", { title: "Root" })), "invalid_params");
  must(await rig.groups.create(rig.root, { name: "support", title: "Support" }));
});

Deno.test("BR-7: the last owner stays until there is another one or the group ends", async () => {
  await using rig = await rigOf("admins");
  must(await rig.groups.create(rig.root, readers));
  await join(rig, rig.ann, "owner");
  await join(rig, rig.bob, "member");
  must(await rig.groups.setMember(rig.ann, "readers", "carol", { role: "owner" }));
  for (
    const refused of [
      await rig.groups.leave(rig.ann, { group: "readers" }),
      await rig.groups.setMember(rig.ann, "readers", "ann", { role: "member" }),
      await rig.groups.setMember(rig.root, "readers", "ann", { role: "sender" }),
      await rig.groups.removeMember(rig.root, "readers", "ann"),
    ]
  ) assert.equal(kindOf(refused), "conflict", "an invitation is no owner yet");
  must(await rig.groups.setMember(rig.ann, "readers", "bob", { role: "owner" }));
  must(await rig.groups.leave(rig.ann, { group: "readers" }));
  assert.deepEqual(await roles(rig), [["bob", "owner"], ["carol", "invited"]]);
});

Deno.test("BR-7: of two owners who leave at the same moment one stays", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  await join(rig, rig.bob, "owner");
  const both = await Promise.all(
    [rig.ann, rig.bob].map((one) => rig.groups.leave(one, { group: "readers" })),
  );
  assert.deepEqual(both.map(kindOf).sort(), ["answered", "conflict"]);
});

Deno.test("BR-7: owners and administrators rename and end a group, nobody else", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  await join(rig, rig.bob, "sender");
  for (const other of [rig.bob, rig.carol]) {
    assert.equal(kindOf(await rig.groups.rename(other, "readers", { title: "Mine" })), "not_found");
    assert.equal(kindOf(await rig.groups.end(other, "readers")), "not_found");
  }
  assert.equal(must(await rig.groups.rename(rig.ann, "readers", { title: "Book club" })).title, "Book club");
  assert.equal(must(await rig.groups.rename(rig.root, "readers", { title: "Books" })).title, "Books");
  rig.bell.notified.length = 0;
  must(await rig.groups.end(rig.ann, "readers"));
  assert.deepEqual(
    rig.bell.notified.map(({ userId, params }) => [userId, (params as { role: null }).role]).sort(),
    [
      [rig.ann.userId, null],
      [rig.bob.userId, null],
    ].sort(),
  );
  assert.deepEqual((await rig.actions()).filter((action) => /rename|end/.test(action)), [
    "group.rename",
    "group.rename",
    "group.end",
  ]);
});

Deno.test("BR-7: a group that ended is gone everywhere, and its name is not given away again", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  await join(rig, rig.bob, "member");
  must(await rig.groups.setMember(rig.ann, "readers", "carol", { role: "member" }));
  must(await rig.groups.end(rig.ann, "readers"));
  for (const person of [rig.ann, rig.bob, rig.carol]) {
    assert.deepEqual(await rig.groups.list(person), { groups: [], invitations: [] });
    assert.equal((await rig.memberships.of(person.userId)).size, 0);
  }
  assert.equal(await rig.memberships.in("readers"), undefined);
  assert.deepEqual([...await rig.memberships.sharesGroup(rig.ann.userId, [rig.bob.userId])], []);
  assert.deepEqual(must(await rig.groups.managed(rig.root)), []);
  assert.equal(kindOf(await rig.groups.accept(rig.carol, { group: "readers" })), "not_found");
  assert.equal(kindOf(await rig.groups.get(rig.root, "readers")), "not_found");
  assert.equal(kindOf(await rig.groups.end(rig.root, "readers")), "not_found");
  assert.equal(kindOf(await rig.groups.create(rig.root, readers)), "conflict");
});

Deno.test("BR-7: a process that dies while a group ends leaves a job that removes the rest", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  await join(rig, rig.bob, "member");
  const removeSome = rig.groupsStore.removeSome;
  rig.groupsStore.removeSome = () => Promise.reject(new Error("The process dies."));
  await assert.rejects(rig.groups.end(rig.ann, "readers"));
  rig.groupsStore.removeSome = removeSome;
  const jobs: unknown[] = [];
  for await (const { value } of rig.store.kv.list<{ kind: string }>({ prefix: ["job"] })) {
    // The rig's notices are never given, so the invitation's job stays.
    if (value.kind !== "notice") jobs.push(value);
  }
  assert.deepEqual(jobs, [{ kind: "group_end", group: "readers" }]);
  await rig.groups.life.run({ kind: "group_end", group: "readers" });
  assert.equal((await rig.store.kv.get(keys.member("readers", rig.bob.userId))).value, null);
  assert.equal((await rig.memberships.of(rig.bob.userId)).size, 0);
});

Deno.test("BR-7: the end of an owner's account gives the group to a sender, then to who was in it longest", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  await join(rig, rig.bob, "member");
  await join(rig, rig.carol, "sender");
  assert.deepEqual(await rig.groups.life.ownedAlone(rig.ann.userId), ["Readers"]);
  await rig.groups.forsake(rig.ann, "readers");
  assert.deepEqual(await roles(rig), [["bob", "member"], ["carol", "owner"]]);
  await rig.groups.forsake(rig.carol, "readers");
  assert.deepEqual(await roles(rig), [["bob", "owner"]]);
  await rig.groups.forsake(rig.bob, "readers");
  assert.equal(kindOf(await rig.groups.get(rig.root, "readers")), "not_found", "nobody is left to own it");
  await rig.groups.forsake(rig.bob, "readers");
});

Deno.test("BR-7: what a refusal says names what to do", async () => {
  await using rig = await rigOf();
  must(await rig.groups.create(rig.ann, readers));
  const refused = await rig.groups.leave(rig.ann, { group: "readers" });
  assert.ok(refused instanceof Refusal);
  assert.match(english(refused.message), /Make another member an owner first, or end the group\./);
});
