import assert from "node:assert/strict";
import type { GroupsStore, MemberRecord } from "../../lib/accounts/mod.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { KvGroups } from "../../lib/adapters/kv/groups_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { type AuditEntry, silentLog } from "../../lib/platform/mod.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { onEachStore } from "../fakes/kv_stores.ts";
import { told } from "../fakes/told.ts";

const auditEntry: AuditEntry = {
  actor: { userId: "root", username: "root" },
  action: "test",
  subject: null,
  address: "192.0.2.1",
  reason: null,
  detail: {},
};

function groupsOn(store: Store): KvGroups {
  return new KvGroups(store, new KvAudit(store, new FakeClock(), silentLog));
}

const group = (name: string) => ({ name, title: name, createdAt: 1, accepted: 0, entries: 0 });
const member = (userId: string, since: number | null): MemberRecord => ({
  group: "readers",
  userId,
  role: "member",
  since,
  invitedAt: 1,
});

function put(groups: GroupsStore, userId: string, record: MemberRecord | null) {
  return groups.change(
    "readers",
    { userId, actorId: "root" },
    () => Promise.resolve({ member: record, auditEntry }),
  );
}

onEachStore("BR-6: a group's name is given once, and there are no more than so many", async (store) => {
  const groups = groupsOn(store);
  assert.equal(await groups.add(group("readers"), 2, auditEntry), "added");
  assert.equal(await groups.add(group("readers"), 2, auditEntry), "taken");
  const both = await Promise.all([
    groups.add(group("writers"), 3, auditEntry),
    groups.add(group("writers"), 3, auditEntry),
  ]);
  assert.deepEqual(both.sort(), ["added", "taken"]);
  assert.equal(await groups.add(group("more"), 2, auditEntry), "full");
  assert.deepEqual((await groups.allGroups()).map(({ name }) => name), ["readers", "writers"]);
  assert.deepEqual([...(await groups.groups(["writers", "none"])).keys()], ["writers"]);
});

onEachStore("BR-6: a membership lies in both directions, and only an accepted one counts", async (store) => {
  const groups = groupsOn(store);
  await groups.add(group("readers"), 2, auditEntry);
  await put(groups, "ann", member("ann", null));
  assert.equal((await groups.membershipsOf("ann")).size, 0);
  assert.equal((await groups.membersOf("readers")).size, 0);
  assert.deepEqual((await groups.recordsOf("ann")).map(({ since }) => since), [null]);
  await put(groups, "ann", member("ann", 5));
  assert.deepEqual([...await groups.membershipsOf("ann")], [["readers", { role: "member", since: 5 }]]);
  assert.deepEqual([...await groups.membersOf("readers")], [["ann", { role: "member", since: 5 }]]);
  await put(groups, "bob", member("bob", null));
  const { accepted, entries } = (await groups.groups(["readers"])).get("readers")!;
  assert.deepEqual({ accepted, entries }, { accepted: 1, entries: 2 });
  await put(groups, "ann", null);
  await put(groups, "bob", null);
  assert.equal((await groups.membershipsOf("ann")).size, 0);
  assert.deepEqual(await groups.recordsIn("readers"), []);
  assert.deepEqual((await groups.groups(["readers"])).get("readers"), group("readers"));
  // Nothing of them is left in either direction.
  assert.equal((await store.kv.get(keys.memberOf("ann", "readers"))).value, null);
});

onEachStore("BR-6: changes at once are all counted", async (store) => {
  const groups = groupsOn(store);
  await groups.add(group("readers"), 2, auditEntry);
  const names = ["a", "b", "c", "d", "e"];
  await Promise.all(names.map((name) => put(groups, name, member(name, 1))));
  assert.equal((await groups.groups(["readers"])).get("readers")!.accepted, names.length);
  assert.deepEqual([...(await groups.membersOf("readers")).keys()], names);
});

onEachStore(
  "BR-6: what is decided against is not written, and an unknown group is named so",
  async (store) => {
    const groups = groupsOn(store);
    const nobody = { userId: "ann", actorId: "root" };
    assert.equal(await groups.change("readers", nobody, () => Promise.resolve(null)), null);
    await groups.add(group("readers"), 2, auditEntry);
    const refusal = new Refusal("forbidden", told("No."));
    assert.equal(await groups.change("readers", nobody, () => Promise.resolve(refusal)), refusal);
    assert.deepEqual(await groups.recordsIn("readers"), []);
  },
);

onEachStore("BR-6: in memory, memberships are there without waiting until they change", async (store) => {
  const groups = groupsOn(store);
  await groups.add(group("readers"), 2, auditEntry);
  await put(groups, "ann", member("ann", 5));
  assert.equal(groups.membershipsKept("ann"), undefined);
  const read = await groups.membershipsOf("ann");
  assert.equal(groups.membershipsKept("ann"), read);
  await groups.membersOf("readers");
  assert.equal(groups.membersKept("readers")?.size, 1);
  await put(groups, "ann", null);
  assert.equal(groups.membershipsKept("ann"), undefined);
  assert.equal(groups.membersKept("readers"), undefined);
});

onEachStore("OP-7: where other processes write too, nothing is kept", async (store) => {
  const shared: Store = { ...store, exclusive: false, [Symbol.asyncDispose]: () => Promise.resolve() };
  const [one, other] = [groupsOn(shared), groupsOn(shared)];
  await one.add(group("readers"), 2, auditEntry);
  assert.equal((await one.membershipsOf("ann")).size, 0);
  await put(other, "ann", member("ann", 5));
  assert.equal((await one.membershipsOf("ann")).size, 1);
  assert.equal(one.membershipsKept("ann"), undefined);
});
