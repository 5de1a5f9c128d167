import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig } from "../fakes/command_rig.ts";

const hourMs = 3600_000;

async function withTask(afterMs: number) {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const dueAt = iso(rig.clock.now() + afterMs);
  const { id } = await rig.send(ann, bob, { kind: "task", dueAt });
  const reminders = () =>
    rig.bell.rung.filter(({ what, method }) => what === "notify" && method === "command.due")
      .map(({ userId, params }) => [userId, params]);
  return { rig, ann, bob, id, dueAt, reminders };
}

Deno.test("CM-8: a deadline is reminded of an hour before, once, on the recipient's devices only", async () => {
  const { rig, bob, id, dueAt, reminders } = await withTask(10 * hourMs);
  await using _ = rig;
  assert.deepEqual(await rig.take(bob), [id]);
  await rig.runDue(9 * hourMs - 1000);
  assert.deepEqual(reminders(), []);
  await rig.runDue(2000);
  assert.deepEqual(reminders(), [[bob.userId, { id, dueAt }]]);
  await rig.runDue(2 * hourMs);
  assert.equal(reminders().length, 1);
});

Deno.test("CM-8: a near deadline has its reminder half-way; a command that is done, or was never delivered, has none", async () => {
  const near = await withTask(hourMs);
  await using _near = near.rig;
  assert.deepEqual(await near.rig.take(near.bob), [near.id]);
  await near.rig.runDue(hourMs / 2 + 1000);
  assert.equal(near.reminders().length, 1);

  const done = await withTask(hourMs);
  await using _done = done.rig;
  await done.rig.room.transitions.update(done.bob, { id: done.id, state: "completed" });
  const waiting = await withTask(hourMs);
  await using _waiting = waiting.rig;
  for (const { rig, reminders } of [done, waiting]) {
    await rig.runDue(hourMs);
    assert.deepEqual(reminders(), []);
  }
});

Deno.test("CM-8, CO-6: nobody is reminded while stopped; a deadline that a stop moved is reminded of at its new time", async () => {
  const { rig, ann, bob, reminders } = await withTask(100 * hourMs);
  await using _ = rig;
  await rig.room.safety.stop(bob);
  const dueMs = rig.clock.now() + 10 * hourMs;
  const later = await rig.send(ann, bob, { kind: "task", dueAt: iso(dueMs) });
  await rig.runDue(20 * hourMs);
  assert.deepEqual(reminders(), []);
  await rig.room.safety.resume(bob);
  assert.deepEqual(await rig.take(bob), [later.id]);
  await rig.runDue(9 * hourMs + 1000);
  assert.deepEqual(reminders(), [[bob.userId, { id: later.id, dueAt: iso(dueMs + 20 * hourMs) }]]);
});

Deno.test("CM-8, DL-6: a command whose time has run out is not reminded of, whichever of the two jobs comes first", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.clock.advance(1);
  const at = (ms: number) => iso(rig.clock.now() + ms);
  const { id } = await rig.broadcast(admin, { kind: "all" }, {
    kind: "task",
    dueAt: at(10 * hourMs),
    expiresAt: at(hourMs),
  });
  assert.deepEqual(await rig.take(bob), [id]);
  rig.bell.present.add(bob.userId);
  rig.clock.advance(hourMs);
  await rig.room.run({ kind: "remind", commandId: id });
  await rig.room.run({ kind: "remind", commandId: id, userId: bob.userId });
  assert.deepEqual(rig.bell.rung.filter(({ method }) => method === "command.due"), []);
});
