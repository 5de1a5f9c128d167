import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";

/** Bob with a contact. A rig over the same store is the server after a restart. */
async function annAndBob(given: Parameters<typeof CommandRig.open>[0] = {}) {
  const rig = await CommandRig.open(given);
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  return { rig, ann, bob };
}

Deno.test("DL-5, CO-12: a command that was answered before the one before it was acknowledged waits with it after a restart", async () => {
  const { rig, ann, bob } = await annAndBob();
  await using _ = rig;
  const [a1, a2] = [await rig.send(ann, bob), await rig.send(ann, bob)];
  // The phone has both, and the server ends before it acknowledges them.
  assert.equal((await rig.inboxOf(bob)).length, 2);
  taken(await rig.room.transitions.update(bob, { id: a2.id, state: "accepted" }));
  const { rig: again } = await annAndBob({ store: rig.store, clock: rig.clock });
  await using __ = again;
  await again.grant(bob, { to: { user: "ann" }, paused: true });
  for (const device of ["phone", "desktop"]) assert.deepEqual(await again.take(bob, device), []);
  await again.grant(bob, { to: { user: "ann" }, paused: false });
  for (const device of ["phone", "desktop"]) assert.deepEqual(await again.take(bob, device), [a1.id, a2.id]);
  assert.equal((await again.stateOf(bob, a2.id))!.state, "accepted");
  assert.deepEqual(await again.commands.held(bob.userId), []);
});

Deno.test("DL-5, CO-12: what a page showed first comes to devices after the earlier one that a number holds", async () => {
  const { rig, ann, bob } = await annAndBob();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, open: 1 });
  const [a1, a2] = [await rig.send(ann, bob), await rig.send(ann, bob)];
  const page = taken(await rig.room.history.inboxList(bob, { limit: 1 })).items;
  assert.deepEqual(page.map(({ command }) => command.id), [a2.id]);
  assert.deepEqual(await rig.take(bob), []);
  taken(await rig.room.transitions.update(bob, { id: a2.id, state: "accepted" }));
  await rig.grant(bob, { to: { user: "ann" }, open: null });
  for (const device of ["phone", "desktop"]) assert.deepEqual(await rig.take(bob, device), [a1.id, a2.id]);
});

Deno.test("DL-2, DL-6, CO-12: what was accepted in time and waits behind another one stays, also once its time is over", async () => {
  const { rig, ann, bob } = await annAndBob();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, open: 1 });
  const a1 = await rig.send(ann, bob);
  const a2 = await rig.send(ann, bob, { expiresAt: iso(rig.clock.now() + 1000) });
  assert.equal(taken(await rig.room.history.inboxList(bob, { limit: 1 })).items[0]!.command.id, a2.id);
  taken(await rig.room.transitions.update(bob, { id: a2.id, state: "accepted" }));
  assert.deepEqual(await rig.take(bob), []);
  await rig.runDue(dayMs);
  await rig.grant(bob, { to: { user: "ann" }, open: null });
  assert.deepEqual(await rig.take(bob), [a1.id, a2.id]);
});

Deno.test("DL-3, WS-10, CO-12: what a device acknowledged before an earlier one that it does not show keeps its place", async () => {
  const { rig, ann, bob } = await annAndBob();
  await using _ = rig;
  const [a1, a2] = [await rig.send(ann, bob, { kind: "task" }), await rig.send(ann, bob)];
  const messages = new Set(["message"]);
  const [delivery] = await rig.inboxOf(bob, messages);
  assert.equal(delivery?.command.id, a2.id);
  await rig.room.inbox.acknowledge(bob.userId, "watch", delivery.cursor, [a2.id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  assert.deepEqual(await rig.take(bob, "desktop"), [a2.id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  assert.deepEqual(await rig.take(bob, "desktop"), [a1.id]);
  const { cursor } = await rig.room.inbox.resume(bob.userId, "watch");
  assert.deepEqual((await rig.readInbox(bob, cursor, messages)).deliveries, []);
});

Deno.test("DL-5, CO-12: who says that they have no ceiling, and never had one, still gets all of a sender's commands in one order", async () => {
  const { rig, ann, bob } = await annAndBob();
  await using _ = rig;
  rig.join(ann, "choir", "sender");
  rig.join(bob, "choir");
  await rig.prefer(bob, { limits: null, dailyLimit: 1 });
  const choir = { kind: "group", group: "choir" } as const;
  const sent = [await rig.send(ann, bob), await rig.send(ann, bob), await rig.broadcast(ann, choir)];
  assert.deepEqual(await rig.take(bob), [sent[0]!.id]);
  assert.equal((await rig.readInbox(bob)).apart, undefined);
  assert.deepEqual(await rig.commands.held(bob.userId), []);
});
