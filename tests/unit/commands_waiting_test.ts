import assert from "node:assert/strict";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const hourMs = 3600_000;
const nothing = { now: false, fromMs: null };
const something = { now: true, fromMs: null };

async function annAndBob() {
  const rig = await CommandRig.open();
  const [ann, bob, eve] = [rig.person("ann"), rig.person("bob"), rig.person("eve")];
  rig.connect(ann, bob);
  rig.clock.advance(1);
  return { rig, ann, bob, eve, waits: () => rig.room.pending.of(ann.userId) };
}

Deno.test("UI-7, DL-9: a command waits until it was delivered, and a look changes nothing", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann, { kind: "task" });
  const before = await dump(rig.store.kv);
  assert.deepEqual(await waits(), something);
  assert.deepEqual(await dump(rig.store.kv), before);
  await rig.take(ann);
  await rig.rest();
  assert.deepEqual(await waits(), nothing, "it is open still, and was seen");
});

Deno.test("CO-1 CO-3 UI-7: what the person does not take never counts as waiting", async () => {
  const { rig, ann, bob, eve, waits } = await annAndBob();
  await using _ = rig;
  await rig.send(eve, ann);
  await rig.send(bob, ann, { categories: ["feet"] });
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann);
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  assert.deepEqual(await waits(), nothing, "blocked since");
});

Deno.test("CO-4 UI-7: what is held counts from when it may come", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  // It is midnight.
  await rig.prefer(ann, { quietHours: { from: "22:00", to: "07:00" } });
  await rig.send(bob, ann);
  const { now, fromMs } = await waits();
  assert.equal(now, false);
  assert.equal(fromMs, Math.floor(rig.clock.now() / dayMs) * dayMs + 7 * hourMs);
  await rig.prefer(ann, { quietHours: null, dailyLimit: 1 });
  assert.deepEqual(await waits(), something);
  await rig.take(ann);
  await rig.send(bob, ann);
  const later = await waits();
  assert.equal(later.now, false);
  assert.ok(later.fromMs! > rig.clock.now());
});

Deno.test("CO-6 UI-7: nothing waits for who is stopped, not even until a time", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  await rig.send(bob, ann);
  taken(await rig.room.safety.stop(ann));
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann);
  assert.deepEqual(await waits(), nothing);
  taken(await rig.room.safety.resume(ann));
  assert.deepEqual(await waits(), something);
});

Deno.test("DL-6 CM-6 UI-7: what ran out or was taken back does not wait, nor what is not due yet", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  const { id } = await rig.send(bob, ann);
  taken(await rig.room.transitions.cancel(bob, { id }));
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann, { deliverAt: new Date(rig.clock.now() + 2 * hourMs).toISOString() });
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann, { expiresAt: new Date(rig.clock.now() + hourMs).toISOString() });
  assert.deepEqual(await waits(), something);
  rig.clock.advance(hourMs);
  assert.deepEqual(await waits(), nothing, "before its job has come round");
});

Deno.test("BR-4 UI-7: a command to many waits for those whose rules let it through", async () => {
  const { rig, ann, eve, waits } = await annAndBob();
  await using _ = rig;
  const admin = rig.person("admin", "admin");
  await rig.prefer(eve, { broadcasts: false });
  rig.clock.advance(1);
  for (let n = 0; n < 70; n++) await rig.broadcast(admin, { kind: "category", category: "feet" });
  assert.deepEqual(await waits(), nothing);
  await rig.broadcast(admin, { kind: "all" });
  assert.deepEqual(await waits(), something);
  assert.deepEqual(await rig.room.pending.of(eve.userId), nothing);
  await rig.take(ann);
  await rig.rest();
  assert.deepEqual(await waits(), nothing);
});
