import assert from "node:assert/strict";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import type { NoticeJob } from "../../lib/platform/mod.ts";
import type { NewNotice } from "../../lib/protocol/mod.ts";
import { accountsRig, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";
import { CommandRig } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const kindsOf = (notices: readonly NewNotice[]) => notices.map(({ kind }) => kind);

Deno.test("UI-11: the sender finds answers in their list, the recipient the review; neither their own doing", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob, { requires: "review", title: "Paint ".repeat(15) });
  await rig.take(bob);
  const { transitions } = rig.room;
  must(await transitions.update(bob, { id, state: "accepted" }));
  must(await transitions.update(bob, { id, state: "submitted", note: "SECRET-NOTE" }));
  must(await transitions.review(ann, { id, recipient: "bob", accept: false, note: "SECRET-NOTE" }));
  must(await transitions.update(bob, { id, state: "submitted", note: "Again" }));
  must(await transitions.review(ann, { id, recipient: "bob", accept: true }));
  assert.deepEqual(kindsOf(rig.notices.of(ann.userId)), [
    "command_accepted",
    "command_submitted",
    "command_submitted",
  ]);
  assert.deepEqual(kindsOf(rig.notices.of(bob.userId)), ["command_returned", "command_approved"]);
  const [first] = rig.notices.of(ann.userId);
  assert.ok(first?.kind === "command_accepted");
  assert.equal(first.title?.length, 60);
  assert.ok(!JSON.stringify(rig.notices.added).includes("SECRET-NOTE"));
});

Deno.test("UI-11, DL-4: the commit of an answer, and of a review, owes its notice", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  // The server dies before a notice is given.
  rig.notices.give = () => Promise.resolve();
  must(await rig.room.transitions.update(bob, { id, state: "submitted", note: "Done" }));
  must(await rig.room.transitions.review(ann, { id, recipient: "bob", accept: true }));
  const jobs = (await dump(rig.store.kv, ["job"])).map(([, job]) => job as NoticeJob<NewNotice>);
  const owed = jobs.filter(({ kind }) => kind === "notice");
  assert.deepEqual(owed.map(({ userId, notice }) => [userId, notice.kind]).toSorted(), [
    [ann.userId, "command_submitted"],
    [bob.userId, "command_approved"],
  ]);
});

async function owedIn(kv: KvPort): Promise<[userId: string, kind: string][]> {
  const jobs = (await dump(kv, ["job"])).map(([, job]) => job as NoticeJob<NewNotice>);
  return jobs.filter(({ kind }) => kind === "notice").map(({ userId, notice }) => [userId, notice.kind]);
}

Deno.test("UI-11, DL-4, CO-10: the commit of a request or an invitation owes its notice, where it arrives", async () => {
  // The server dies before a notice is given.
  const give = () => Promise.resolve();
  {
    await using rig = await accountsRig();
    rig.notices.give = give;
    const [ann, bob, carl] = [await rig.person("ann"), await rig.person("bob"), await rig.person("carl")];
    rig.rules.blocks.add(`${carl.userId} ann`);
    must(await rig.contacts.request(ann, { username: "bob" }));
    must(await rig.contacts.request(ann, { username: "carl" }));
    assert.deepEqual(await owedIn(rig.store.kv), [[bob.userId, "contact_requested"]]);
    must(await rig.contacts.accept(bob, { username: "ann" }));
    assert.deepEqual((await owedIn(rig.store.kv)).filter(([userId]) => userId !== bob.userId), [
      [ann.userId, "contact_accepted"],
    ]);
  }
  await using rig = await adminRig();
  rig.notices.give = give;
  const root = await rig.person("root", "admin");
  const [bob, carl] = [await rig.person("bob"), await rig.person("carl")];
  rig.rules.blocks.add(`${carl.userId} root`);
  must(await rig.groups.create(root, { name: "readers", title: "Readers" }));
  for (const username of ["root", "bob", "carl"]) {
    must(await rig.groups.setMember(root, "readers", username, { role: "member" }));
  }
  must(await rig.groups.accept(bob, { group: "readers" }));
  assert.deepEqual(await owedIn(rig.store.kv), [[bob.userId, "group_invited"]]);
});

Deno.test("UI-11, CO-10: a contact request puts a notice only where it arrives", async () => {
  await using rig = await accountsRig();
  const [alice, bob, carl] = [await rig.person("alice"), await rig.person("bob"), await rig.person("carl")];
  rig.rules.blocks.add(`${carl.userId} alice`);
  must(await rig.contacts.request(alice, { username: "bob" }));
  must(await rig.contacts.request(alice, { username: "carl" }));
  must(await rig.contacts.accept(bob, { username: "alice" }));
  assert.deepEqual(rig.notices.added, [
    { userId: bob.userId, notice: { kind: "contact_requested", by: alice.userId } },
    { userId: alice.userId, notice: { kind: "contact_accepted", by: bob.userId } },
  ]);
});
