import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import type { PreferencesChange } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs } from "../fakes/command_rig.ts";

const hourMs = 3600_000;
const nothing = {
  fewer: 0,
  more: 0,
  later: 0,
  sooner: 0,
  sealed: 0,
  opened: 0,
  released: 0,
  atLeast: false,
};

async function annAndBob() {
  const rig = await CommandRig.open();
  const [ann, bob, eve] = [rig.person("ann"), rig.person("bob"), rig.person("eve")];
  rig.connect(ann, bob);
  rig.connect(ann, eve);
  await rig.prefer(ann, { categories: { feet: "allow" } });
  rig.clock.advance(1);
  const effectOf = async (who: Caller, change: PreferencesChange) => {
    const before = await rig.room.weekEffects.before(who);
    await rig.prefer(who, change);
    return await rig.room.weekEffects.since(who, before);
  };
  return { rig, ann, bob, eve, effectOf };
}

Deno.test("CO-4, CO-9: a change is told for the commands of the last week, as decide() would have had them", async () => {
  const { rig, ann, bob, effectOf } = await annAndBob();
  await using _ = rig;
  // Eight days ago: not counted.
  await rig.send(bob, ann);
  await rig.take(ann);
  rig.clock.advance(8 * dayMs);
  for (const categories of [["general"], ["general"], ["feet"]]) await rig.send(bob, ann, { categories });
  await rig.take(ann);
  assert.deepEqual(await effectOf(ann, { shareLimits: true }), nothing);
  assert.deepEqual(await effectOf(ann, { categories: { feet: "ask" } }), { ...nothing, sealed: 1 });
  assert.deepEqual(await effectOf(ann, { categories: { feet: "block" } }), { ...nothing, fewer: 1 });
  assert.deepEqual(await effectOf(ann, { acceptFrom: "nobody" }), { ...nothing, fewer: 2 });
  assert.deepEqual(await effectOf(ann, { acceptFrom: "contacts" }), { ...nothing, more: 2 });
  assert.deepEqual(await effectOf(ann, { categories: { feet: "allow" } }), { ...nothing, more: 1 });
  assert.deepEqual(await effectOf(ann, { dailyLimit: 1 }), { ...nothing, later: 2 });
  assert.deepEqual(await effectOf(ann, { dailyLimit: 2 }), { ...nothing, sooner: 1 });
  assert.deepEqual(await effectOf(ann, { dailyLimit: null }), { ...nothing, sooner: 1 });
  // It is midnight.
  const night = [{ from: "23:00", to: "01:00" }];
  assert.deepEqual(await effectOf(ann, { quietHours: night }), { ...nothing, later: 3 });
  // Nobody is told that they would have waited for a Stop.
  await rig.room.safety.stop(ann);
  assert.deepEqual(await effectOf(ann, { quietHours: null }), { ...nothing, sooner: 3 });
});

Deno.test("CO-4: what quiet hours or a daily limit held is counted when it goes, and not by whom", async () => {
  const { rig, ann, bob, effectOf } = await annAndBob();
  await using _ = rig;
  await rig.prefer(ann, { quietHours: [{ from: "00:00", to: "07:00" }], dailyLimit: 1 });
  for (let sent = 0; sent < 3; sent++) await rig.send(bob, ann);
  assert.deepEqual(await rig.inboxOf(ann), []);
  assert.deepEqual(await effectOf(ann, { quietHours: null }), { ...nothing, released: 1 });
  assert.equal((await rig.inboxOf(ann)).length, 1);
  assert.deepEqual(await effectOf(ann, { dailyLimit: null }), { ...nothing, released: 2 });
});

Deno.test("CO-10: what the person's rules withhold is in no number, whatever they change", async () => {
  const { rig, ann, bob, eve, effectOf } = await annAndBob();
  await using _ = rig;
  const closed: PreferencesChange = {
    blockedUsers: ["eve"],
    categories: { feet: "block" },
    quietHours: [{ from: "00:00", to: "07:00" }],
  };
  await rig.prefer(ann, closed);
  await rig.send(eve, ann);
  await rig.send(bob, ann, { categories: ["feet"] });
  // Held, and then blocked.
  await rig.send(bob, ann);
  for (
    const change of [
      { acceptFrom: "nobody" },
      { acceptFrom: "anyone" },
      { blockedUsers: [] },
      { blockedUsers: ["bob", "eve"] },
      { categories: { feet: "allow" } },
      { categories: { general: "block" } },
      { quietHours: null },
    ] satisfies PreferencesChange[]
  ) {
    assert.deepEqual(await effectOf(ann, change), nothing, JSON.stringify(change));
  }
  rig.clock.advance(hourMs);
  assert.deepEqual(await rig.inboxOf(ann), []);
});

Deno.test("CO-4: however many there were, a change looks at the newest, and says that there were more", async () => {
  const { rig, ann, bob, effectOf } = await annAndBob();
  await using _ = rig;
  for (let sent = 0; sent < 310; sent++) await rig.send(bob, ann);
  await rig.take(ann);
  const effect = await effectOf(ann, { acceptFrom: "nobody" });
  assert.deepEqual(effect, { ...nothing, fewer: 300, atLeast: true });
});
