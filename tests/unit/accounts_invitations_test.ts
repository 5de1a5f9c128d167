import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

async function rigWithOwner() {
  const rig = await adminRig();
  const root = await rig.person("root", "admin");
  const ann = await rig.person("ann");
  const bob = await rig.person("bob");
  must(await rig.groups.create(root, { name: "readers", title: "Do it now" }));
  must(await rig.groups.setMember(root, "readers", "ann", { role: "owner" }));
  must(await rig.groups.accept(ann, { group: "readers" }));
  return { ...rig, root, ann, bob, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

type Rig = Awaited<ReturnType<typeof rigWithOwner>>;

const invite = (rig: Rig, by: Caller = rig.ann) =>
  rig.groups.setMember(by, "readers", "bob", { role: "member" });
const nothing = { groups: [], invitations: [] };

/** What an owner can see of invitations of bob, and what reached bob. */
async function ownerView(rule: (rig: Rig) => void) {
  await using rig = await rigWithOwner();
  rule(rig);
  const before = rig.bell.notified.length;
  const view: unknown[] = [];
  for (let round = 0; round <= limits.approachesPerDay; round++) {
    view.push(await invite(rig), await rig.groups.get(rig.ann, "readers"));
    view.push(await rig.groups.setMember(rig.ann, "readers", "bob", { role: "sender" }));
    view.push((await rig.groups.list(rig.ann)).groups);
    view.push(await rig.groups.removeMember(rig.ann, "readers", "bob"));
  }
  const told = rig.bell.notified.slice(before).filter(({ userId }) => userId === rig.bob.userId);
  return { view: JSON.stringify(view), told };
}

Deno.test("CO-10, CO-11: an invitation looks the same whether it arrives, waits or never does, and its limit too", async () => {
  const seen = await ownerView(() => {});
  assert.ok(seen.view.includes("rate_limited"));
  // Two rounds of invitation, role and removal, and a third of invitation and removal.
  assert.equal(seen.told.length, 8);
  for (
    const rule of [
      (rig: Rig) => void rig.rules.blocks.add(`${rig.bob.userId} ann`),
      (rig: Rig) => void rig.rules.stopped.add(rig.bob.userId),
      (rig: Rig) => void rig.rules.nobody.add(rig.bob.userId),
    ]
  ) {
    const other = await ownerView(rule);
    assert.equal(other.view, seen.view);
    assert.deepEqual(other.told, []);
  }
});

Deno.test("CO-11: a blocked owner's invitation never arrives; it cannot be accepted, declined or kept by a removal", async () => {
  await using rig = await rigWithOwner();
  rig.rules.blocks.add(`${rig.bob.userId} ann`);
  must(await invite(rig));
  rig.rules.blocks.clear();
  assert.deepEqual(await rig.groups.list(rig.bob), nothing);
  assert.equal(kindOf(await rig.groups.accept(rig.bob, { group: "readers" })), "not_found");
  assert.equal(kindOf(await rig.groups.leave(rig.bob, { group: "readers" })), "not_found");
  assert.deepEqual(await rig.groupsStore.groupsWith(rig.bob.userId), ["readers"]);
  await rig.groups.forsake(rig.bob, "readers");
  assert.deepEqual(await rig.groupsStore.groupsWith(rig.bob.userId), []);
  // A new one arrives.
  must(await invite(rig));
  assert.equal((await rig.groups.list(rig.bob)).invitations.length, 1);
});

Deno.test("CO-11: an invitation that was there before a block is hidden by it", async () => {
  await using rig = await rigWithOwner();
  must(await invite(rig));
  rig.rules.blocks.add(`${rig.bob.userId} ann`);
  assert.deepEqual(await rig.groups.list(rig.bob), nothing);
  assert.equal(kindOf(await rig.groups.accept(rig.bob, { group: "readers" })), "not_found");
});

Deno.test("CO-11: no invitation and no title reaches a stopped person; both are there when the stop ends", async () => {
  await using rig = await rigWithOwner();
  must(await rig.groups.create(rig.root, { name: "choir", title: "Kneel" }));
  must(await rig.groups.setMember(rig.root, "choir", "bob", { role: "member" }));
  must(await rig.groups.accept(rig.bob, { group: "choir" }));
  const since = rig.clock.now();
  rig.rules.stopped.add(rig.bob.userId);
  const before = rig.bell.notified.length;
  const told = () => rig.bell.notified.slice(before).filter(({ userId }) => userId === rig.bob.userId);
  must(await invite(rig));
  must(await rig.groups.setMember(rig.root, "choir", "bob", { role: "sender" }));
  assert.deepEqual(told().map(({ params }) => params), [
    { name: "choir", title: "choir", role: "sender", accepted: true },
  ]);
  const { groups, invitations } = await rig.groups.list(rig.bob);
  assert.deepEqual([groups.map(({ title }) => title), invitations], [["choir"], []]);
  rig.rules.stopped.clear();
  await rig.groups.arriveAfterStop(rig.bob.userId, since);
  assert.deepEqual(told().at(-1)!.params, {
    name: "readers",
    title: "Do it now",
    role: "member",
    accepted: false,
  });
  must(await rig.groups.accept(rig.bob, { group: "readers" }));
  assert.deepEqual((await rig.groups.list(rig.bob)).groups.map(({ title }) => title).sort(), [
    "Do it now",
    "Kneel",
  ]);
});

Deno.test("CO-11: a muted owner neither invites nor changes a title, and can still remove", async () => {
  await using rig = await rigWithOwner();
  must(await invite(rig));
  must(await rig.groups.accept(rig.bob, { group: "readers" }));
  rig.rules.mutes.add(rig.ann.userId);
  const before = rig.bell.notified.length;
  assert.equal(kindOf(await rig.groups.rename(rig.ann, "readers", { title: "Kneel" })), "forbidden");
  must(await rig.groups.removeMember(rig.ann, "readers", "bob"));
  assert.equal(kindOf(await invite(rig)), "forbidden");
  const titles = rig.bell.notified.slice(before).map(({ params }) => (params as { title: string }).title);
  assert.deepEqual(titles, ["Do it now"]);
});
