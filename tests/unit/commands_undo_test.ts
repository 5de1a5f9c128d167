import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { type CommandState, limits } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

async function twoContacts() {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const answer = async (who: Caller, id: string, state: CommandState, more: object = {}) =>
    taken(await rig.room.transitions.update(who, { id, state, ...more }));
  return { rig, ann, bob, answer, undo: (who: Caller, id: string) => rig.room.undo.answer(who, id) };
}

Deno.test("CM-13: an answer is taken back for ten seconds, whatever it was, and what was before stands again", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  for (const state of ["seen", "accepted", "completed", "declined", "deferred"] as const) {
    const { id } = await rig.send(ann, bob);
    await rig.take(bob);
    const before = await rig.stateOf(bob, id);
    const more = state === "deferred" ? { until: new Date(rig.clock.now() + dayMs).toISOString() } : {};
    const given = await answer(bob, id, state, { note: "No.", ...more });
    assert.equal(Date.parse(given.state.undoUntil!), rig.clock.now() + limits.answerUndoMs);
    rig.clock.advance(limits.answerUndoMs - 1);
    const undone = taken(await undo(bob, id));
    assert.deepEqual([undone.state.state, undone.state.note, undone.state.undoUntil], [
      "delivered",
      null,
      undefined,
    ]);
    const after = await rig.stateOf(bob, id);
    assert.deepEqual(after?.timeline, before?.timeline, state);
    assert.deepEqual(await rig.told(ann, id), { bob: "delivered" });
    assert.ok((await rig.inboxOf(bob)).some(({ command }) => command.id === id), "it is in the log");
    assert.equal(kindOf(await undo(bob, id)), "conflict", "once");
    await answer(bob, id, "completed");
    rig.clock.advance(limits.answerUndoMs);
    assert.equal(kindOf(await undo(bob, id)), "conflict", "too late");
    assert.equal((await rig.stateOf(bob, id))?.state, "completed");
  }
});

Deno.test("CM-13, CM-7: the sender is told of what was before, and the person's devices get the command back", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await answer(bob, id, "declined", { note: "No." });
  taken(await undo(bob, id));
  const told = rig.bell.changesOf(ann.userId).slice(-2).map(({ state, note }) => [state, note]);
  assert.deepEqual(told, [["declined", "No."], ["delivered", null]]);
  const last = rig.bell.changesOf(bob.userId).at(-1);
  assert.deepEqual([last?.state, last?.command?.id], ["delivered", id]);
  assert.deepEqual(await rig.take(bob, "tablet"), [id]);
});

Deno.test("CM-13: several answers are taken back one at a time: the last, and no earlier one", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await answer(bob, id, "accepted");
  await answer(bob, id, "completed");
  assert.equal(taken(await undo(bob, id)).state.state, "accepted");
  assert.equal(kindOf(await undo(bob, id)), "conflict");
});

Deno.test("CM-13: nothing that ended as a whole comes back: cancelled, reviewed, stopped, expired", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const cancelled = await rig.send(ann, bob);
  await rig.take(bob);
  await answer(bob, cancelled.id, "declined");
  taken(await rig.room.transitions.cancel(ann, { id: cancelled.id }));
  assert.equal(kindOf(await undo(bob, cancelled.id)), "conflict");
  assert.deepEqual(await rig.told(ann, cancelled.id), { bob: "declined" });

  const reviewed = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  await answer(bob, reviewed.id, "submitted", { note: "Done." });
  taken(await rig.room.transitions.review(ann, { id: reviewed.id, recipient: "bob", accept: true }));
  assert.equal(kindOf(await undo(bob, reviewed.id)), "conflict");

  const expiring = await rig.send(ann, bob, { expiresAt: new Date(rig.clock.now() + 60_000).toISOString() });
  await rig.take(bob);
  rig.clock.advance(59_000);
  await answer(bob, expiring.id, "declined");
  rig.clock.advance(2000);
  assert.equal(kindOf(await undo(bob, expiring.id)), "expired");

  const stopped = await rig.send(ann, bob);
  await rig.take(bob);
  await answer(bob, stopped.id, "declined");
  taken(await rig.room.safety.stop(bob));
  assert.equal(kindOf(await undo(bob, stopped.id)), "stopped");
  assert.equal((await rig.stateOf(bob, stopped.id))?.state, "declined");
});

Deno.test("CM-13: nobody takes back the answer of another", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  await answer(bob, id, "declined");
  assert.equal(kindOf(await undo(ann, id)), "not_found");
  assert.equal(kindOf(await undo(rig.person("eve"), id)), "not_found");
});

Deno.test("CM-13, BR-4: an answer to a broadcast is taken back, and its totals with it", async () => {
  const { rig, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const root = rig.person("root", "admin");
  const { id } = await rig.broadcast(root, { kind: "all" });
  await rig.take(bob);
  const totals = async () => taken(await rig.room.history.get(root, { id })).totals;
  const before = await totals();
  await answer(bob, id, "declined");
  taken(await undo(bob, id));
  assert.deepEqual(await totals(), before);
  await answer(bob, id, "declined");
  taken(await rig.room.transitions.cancel(root, { id }));
  const after = taken(await undo(bob, id));
  assert.equal((await rig.room.history.inboxList(bob, { view: "all" })).items.length, 0, after.state.state);
});

Deno.test("CM-13, DL-7: a command that is back counts against the inbox again", async () => {
  const { rig, ann, bob, answer, undo } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const open = async () => (await rig.commands.openCounts(bob.userId, true)).from(ann.userId);
  await answer(bob, id, "declined");
  assert.equal(await open(), 0);
  taken(await undo(bob, id));
  assert.equal(await open(), 1);
});

Deno.test("CM-13: a send is taken back for ten seconds, or until somebody was handed it; a withheld one like one that waits", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const undoSend = (id: string) => rig.room.undo.send(ann, { id });
  const waiting = await rig.send(ann, bob);
  assert.deepEqual(taken(await undoSend(waiting.id)).totals, { cancelled: 1 });
  assert.deepEqual(await rig.inboxOf(bob), []);
  const handed = await rig.send(ann, bob);
  await rig.take(bob);
  assert.equal(kindOf(await undoSend(handed.id)), "conflict");
  const late = await rig.send(ann, rig.person("cleo"));
  rig.clock.advance(limits.answerUndoMs);
  assert.equal(kindOf(await undoSend(late.id)), "conflict");
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  const withheld = await rig.send(ann, bob);
  assert.deepEqual(taken(await undoSend(withheld.id)).totals, { cancelled: 1 });
  assert.equal(kindOf(await rig.room.undo.send(bob, { id: withheld.id })), "not_found");
});
