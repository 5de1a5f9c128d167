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
  return { rig, ann, bob, eve, waits: () => waitsFor(rig, ann.userId) };
}

/** Whether the person can be told of a command now; if not, from when on. */
async function waitsFor(rig: CommandRig, userId: string): Promise<{ now: boolean; fromMs: number | null }> {
  const found: { now: boolean; fromMs: number | null } = { now: false, fromMs: null };
  for (let after: string | null = null, more = true; more;) {
    const page = await rig.room.alerts.after(userId, after, 64);
    for (const { command } of page.alerts) {
      if (command?.verdict === "tell") found.now = true;
      if (command?.verdict === "hold" && command.untilMs !== null) {
        found.fromMs = Math.min(found.fromMs ?? Infinity, command.untilMs);
      }
    }
    ({ upTo: after, more } = page);
  }
  return found.now ? something : found;
}

Deno.test("UI-12, DL-9: a command can be told of until the person looked at it on any device, and a look changes nothing", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  assert.deepEqual(await waits(), nothing);
  await rig.send(bob, ann, { kind: "task" });
  const before = await dump(rig.store.kv);
  assert.deepEqual(await waits(), something);
  assert.deepEqual(await dump(rig.store.kv), before);
  await rig.take(ann);
  await rig.rest();
  assert.deepEqual(await waits(), something, "a device has it, and nobody looked");
  const [{ command: { id } } = assert.fail()] = (await rig.readInbox(ann, null)).deliveries;
  taken(await rig.room.transitions.update(ann, { id, state: "seen" }));
  assert.deepEqual(await waits(), nothing);
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
  for (const { command: { id } } of (await rig.readInbox(ann, null)).deliveries) {
    taken(await rig.room.transitions.update(ann, { id, state: "seen" }));
  }
  await rig.send(bob, ann);
  const later = await waits();
  assert.equal(later.now, false);
  assert.ok(later.fromMs! > rig.clock.now());
});

Deno.test("CO-4 UI-12: a command that is delivered while it is looked at does not count against itself", async () => {
  const { rig, ann, bob, waits } = await annAndBob();
  await using _ = rig;
  await rig.prefer(ann, { dailyLimit: 1 });
  await rig.send(bob, ann);
  const { consent } = rig;
  const standing = consent.standingAtDelivery.bind(consent);
  let delivered = 0;
  consent.standingAtDelivery = async (userId) => {
    consent.standingAtDelivery = standing;
    delivered = (await rig.readInbox(ann, null)).deliveries.length;
    return await standing(userId);
  };
  assert.deepEqual(await waits(), something);
  assert.equal(delivered, 1);
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
  assert.deepEqual(await waitsFor(rig, eve.userId), nothing);
  for (const { command: { id } } of (await rig.readInbox(ann, null)).deliveries) {
    taken(await rig.room.transitions.update(ann, { id, state: "accepted" }));
  }
  assert.deepEqual(await waits(), nothing);
});
