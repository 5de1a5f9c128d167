import assert from "node:assert/strict";
import type { Change, CommandStore } from "../../lib/commands/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig, kindOf, taken } from "../fakes/command_rig.ts";

const hourMs = 3600_000;

async function twoContacts(change?: (store: CommandStore) => CommandStore) {
  const rig = await CommandRig.open(change === undefined ? {} : { change });
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob, safety: rig.room.safety, transitions: rig.room.transitions };
}

Deno.test("CO-6: stop freezes before anything else, ends every open command and tells all devices", async () => {
  const { rig, ann, bob, safety, transitions } = await twoContacts();
  await using _ = rig;
  const sent = [];
  for (let at = 0; at < 70; at++) sent.push((await rig.send(ann, bob)).id);
  await rig.take(bob);
  taken(await transitions.update(bob, { id: sent[1]!, state: "accepted" }));
  taken(await transitions.update(bob, { id: sent[2]!, state: "deferred" }));
  taken(await transitions.update(bob, { id: sent[3]!, state: "completed" }));
  sent.push((await rig.send(ann, bob)).id);
  rig.bell.rung.length = 0;
  const stopping = safety.stop(bob);
  assert.deepEqual(rig.bell.rung, [{ what: "freeze", userId: bob.userId }]);
  const since = iso(rig.clock.now());
  assert.deepEqual(await stopping, { stopped: true, since });
  const told = await Promise.all(sent.map(async (id) => (await rig.stateOf(bob, id))?.state));
  assert.deepEqual(told, sent.map((_, at) => at === 3 ? "completed" : "stopped"));
  assert.equal(await rig.commands.inboxCountAfter(bob.userId, null), 0);
  assert.deepEqual(
    rig.bell.rung.find((one) => one.method === "safety.changed"),
    { what: "notify", userId: bob.userId, method: "safety.changed", params: { stopped: true, since } },
  );
  assert.equal(await safety.stoppedSince(bob.userId), since);
});

Deno.test("CO-6: the sender sees stopped and no reason", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await safety.stop(bob);
  const detail = taken(await rig.room.history.get(ann, { id }));
  assert.deepEqual(detail.recipients, [{
    username: "bob",
    displayName: "bob",
    state: "stopped",
    updatedAt: iso(rig.clock.now()),
    note: null,
    proof: [],
  }]);
  assert.deepEqual(detail.timeline.at(-1), { at: iso(rig.clock.now()), state: "stopped", who: "bob" });
  assert.deepEqual(rig.bell.changesOf(ann.userId), [
    { id, recipient: "bob", state: "stopped", note: null, until: null, at: iso(rig.clock.now()) },
  ]);
});

Deno.test("CO-6: what comes meanwhile is accepted, waits through restarts, and is delivered after resume", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const before = await rig.send(ann, bob);
  await safety.stop(bob);
  const during = await rig.send(ann, bob);
  const slice = await rig.readInbox(bob);
  assert.deepEqual([slice.deliveries, slice.held, slice.upTo], [[], { untilMs: null }, null]);
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
  assert.deepEqual(await rig.told(ann, during.id), { bob: "queued" });

  // A second set of services over the same store: nothing of the stop was only in memory.
  await using restarted = await CommandRig.open({ store: rig.store, clock: rig.clock });
  const [ann2, bob2] = [restarted.person("ann"), restarted.person("bob")];
  restarted.connect(ann2, bob2);
  assert.deepEqual(await restarted.inboxOf(bob2), []);
  assert.notEqual(await restarted.room.safety.stoppedSince(bob2.userId), null);
  await restarted.runDue(hourMs);
  assert.deepEqual(await restarted.inboxOf(bob2), []);

  assert.deepEqual(await restarted.room.safety.resume(bob2), { stopped: false });
  assert.deepEqual(restarted.bell.rung.slice(-2).map(({ what, params }) => [what, params]), [
    ["thaw", undefined],
    ["notify", { stopped: false, since: null }],
  ]);
  assert.deepEqual((await restarted.inboxOf(bob2)).map(({ command }) => command.id), [during.id]);
  assert.equal((await rig.stateOf(bob, before.id))?.state, "stopped");
  assert.equal(await restarted.room.safety.stoppedSince(bob2.userId), null);
});

Deno.test("CO-6: stopping twice is one stop from its first moment; resuming twice is one resume", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const first = await safety.stop(bob);
  rig.clock.advance(hourMs);
  const waiting = await rig.send(ann, bob);
  assert.deepEqual(await safety.stop(bob), first);
  await rig.runDue();
  assert.equal((await rig.stateOf(bob, waiting.id))?.state, "queued");
  assert.deepEqual(taken(await safety.resume(bob)), { stopped: false });
  assert.deepEqual(taken(await safety.resume(bob)), { stopped: false });
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [waiting.id]);
});

Deno.test("CO-6: deadlines of what came meanwhile are later by the time stopped, of what came after are not", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const start = rig.clock.now();
  const dueAt = iso(start + 48 * hourMs);
  await safety.stop(bob);
  const whole = await rig.send(ann, bob, { dueAt });
  rig.clock.advance(hourMs);
  const part = await rig.send(ann, bob, { dueAt });
  const scheduled = await rig.send(ann, bob, { dueAt, deliverAt: iso(start + 2 * hourMs) });
  const without = await rig.send(ann, bob);
  await rig.runDue(4 * hourMs);
  taken(await safety.resume(bob));
  const after = await rig.send(ann, bob, { dueAt });
  const due = new Map((await rig.inboxOf(bob)).map(({ command }) => [command.id, command.dueAt]));
  assert.equal(due.get(whole.id), iso(start + 53 * hourMs));
  assert.equal(due.get(part.id), iso(start + 52 * hourMs));
  assert.equal(
    due.get(scheduled.id),
    iso(start + 48 * hourMs),
    "it came when it was released, with the jobs",
  );
  assert.equal(due.get(without.id), null);
  assert.equal(due.get(after.id), dueAt);
  await safety.stop(bob);
});

Deno.test("CO-6: two resumes at once count the frozen time once", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  await safety.stop(bob);
  const { id } = await rig.send(ann, bob, { dueAt: iso(rig.clock.now() + 24 * hourMs) });
  rig.clock.advance(hourMs);
  const answers = await Promise.all([safety.resume(bob), safety.resume(bob), safety.resume(bob)]);
  assert.deepEqual(answers.map(kindOf), ["taken", "taken", "taken"]);
  assert.equal((await rig.stateOf(bob, id))?.frozenMs, hourMs);
});

Deno.test("CO-6: a crash in between ends the rest by its job, before anything else is delivered", async () => {
  let left = 1;
  const { rig, ann, bob, safety } = await twoContacts((store) => ({
    ...store,
    change: (changes: readonly Change[], also) =>
      changes.some(({ to }) => to.state === "stopped") && left-- <= 0
        ? Promise.reject(new Error("killed"))
        : store.change(changes, also),
  }));
  await using _ = rig;
  const sent = [];
  for (let at = 0; at < 80; at++) sent.push((await rig.send(ann, bob)).id);
  await assert.rejects(safety.stop(bob), /killed/);
  await using restarted = await CommandRig.open({ store: rig.store, clock: rig.clock });
  restarted.person("ann");
  const bob2 = restarted.person("bob");
  assert.deepEqual(await restarted.inboxOf(bob2), []);
  await restarted.runDue();
  for (const id of sent) assert.equal((await restarted.stateOf(bob2, id))?.state, "stopped");
  assert.equal(await restarted.commands.inboxCountAfter(bob2.userId, null), 0);
});

Deno.test("CO-6: a stop that is pressed while a resume is under way wins", async () => {
  let pressAt: "thaw" | "clear" | "cleared" = "thaw";
  let press: (() => Promise<unknown>) | undefined;
  const pressOnce = async () => {
    const pressing = press;
    press = undefined;
    await pressing?.();
  };
  const { rig, ann, bob, safety } = await twoContacts((store) => ({
    ...store,
    change: async (changes, also) => {
      if (pressAt === "thaw" && changes.some(({ to }) => to.frozenUntilMs !== undefined)) await pressOnce();
      return await store.change(changes, also);
    },
    clearStop: async (userId, version) => {
      if (pressAt === "clear") await pressOnce();
      const cleared = await store.clearStop(userId, version);
      if (pressAt === "cleared") await pressOnce();
      return cleared;
    },
  }));
  await using _ = rig;
  for (const moment of ["thaw", "clear", "cleared"] as const) {
    pressAt = moment;
    await safety.stop(bob);
    await rig.send(ann, bob);
    rig.clock.advance(hourMs);
    let pressed: Promise<unknown> = Promise.resolve();
    press = () => pressed = safety.stop(bob);
    rig.bell.rung.length = 0;
    const answer = await safety.resume(bob);
    await pressed;
    assert.equal(kindOf(answer), "conflict", moment);
    assert.equal(rig.bell.rung.some(({ what }) => what === "thaw"), false, moment);
    assert.notEqual(await safety.stoppedSince(bob.userId), null, moment);
    assert.deepEqual(await rig.inboxOf(bob), [], moment);
    taken(await safety.resume(bob));
    await rig.take(bob);
  }
});

Deno.test("CO-6: a scheduled command that falls due meanwhile waits like any other", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + hourMs) });
  await safety.stop(bob);
  await rig.runDue(hourMs);
  assert.equal((await rig.stateOf(bob, id))?.state, "queued");
  assert.deepEqual(await rig.inboxOf(bob), []);
  taken(await safety.resume(bob));
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [id]);
});

Deno.test("CO-6: one person's stop is nobody else's", async () => {
  const { rig, ann, bob, safety } = await twoContacts();
  await using _ = rig;
  const carl = rig.person("carl");
  rig.connect(ann, carl);
  const { id } = await rig.send(ann, [bob, carl]);
  await safety.stop(bob);
  assert.deepEqual(await rig.told(ann, id), { bob: "stopped", carl: "queued" });
  assert.deepEqual((await rig.inboxOf(carl)).map(({ command }) => command.id), [id]);
});
