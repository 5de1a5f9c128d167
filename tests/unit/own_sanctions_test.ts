import assert from "node:assert/strict";
import { OwnSanctions } from "../../lib/moderation/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { adminRig } from "../fakes/admin_rig.ts";

const hourMs = 3600_000;

async function rigWithPeople() {
  const rig = await adminRig();
  const mod = await rig.person("mod", "moderator");
  const [ann, bob] = [await rig.person("ann"), await rig.person("bob")];
  /** What a person sees, here, after a restart, and in a process beside others. */
  const seen = async (who: typeof ann) => {
    const { sanctions } = await rig.ownSanctions.list(who);
    for (const exclusive of [true, false]) {
      const needs = { store: rig.userRecords, bell: rig.bell, clock: rig.clock };
      const again = await OwnSanctions.load(needs, exclusive);
      assert.deepEqual(await again.of(who.userId), sanctions);
    }
    return sanctions.map(({ kind, reason }) => `${kind} ${reason}`);
  };
  const impose = async (kind: "warn" | "mute" | "suspend", reason: string, until?: string) =>
    must(await rig.users.sanction(mod, "ann", { kind, reason, until })).id;
  return { ...rig, mod, ann, bob, seen, impose, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

Deno.test("MO-7: a warning is seen until its person has read it, by nobody else, and moderators see that it was read", async () => {
  await using rig = await rigWithPeople();
  const { ownSanctions, ann, bob, mod, seen, impose } = rig;
  const [first, second] = [await impose("warn", "Be kind."), await impose("warn", "Again.")];
  assert.deepEqual(await seen(ann), ["warn Be kind.", "warn Again."]);
  assert.deepEqual(await seen(bob), []);
  assert.equal(kindOf(await ownSanctions.read(bob, first)), "not_found");
  const left = must(await ownSanctions.read(ann, first)).sanctions;
  assert.deepEqual(left.map(({ id }) => id), [second]);
  assert.deepEqual(must(await ownSanctions.read(ann, first)).sanctions, left, "read twice");
  assert.deepEqual(await seen(ann), ["warn Again."]);
  const [, read] = must(await rig.users.get(mod, "ann")).sanctions;
  assert.deepEqual([read!.id, read!.over, read!.readAt], [first, true, iso(rig.clock.now())]);
  assert.equal(kindOf(await rig.users.lift(mod, "ann", first, "Too late.")), "conflict");
});

Deno.test("MO-7: a person sees mutes and suspensions until their end or lift, and cannot read them away", async () => {
  await using rig = await rigWithPeople();
  const { ownSanctions, users, ann, mod, seen, impose } = rig;
  const mute = await impose("mute", "Loud.");
  await impose("suspend", "Spam.", iso(rig.clock.now() + hourMs));
  const warning = await impose("warn", "Mind.", iso(rig.clock.now() + hourMs));
  assert.deepEqual(await seen(ann), ["mute Loud.", "suspend Spam.", "warn Mind."]);
  assert.equal(kindOf(await ownSanctions.read(ann, mute)), "not_found");
  must(await users.lift(mod, "ann", warning, "A mistake."));
  assert.deepEqual(await seen(ann), ["mute Loud.", "suspend Spam."]);
  rig.clock.advance(hourMs);
  assert.deepEqual(await seen(ann), ["mute Loud."]);
});

Deno.test("MO-7: the person's devices hear each change, with what is in force", async () => {
  await using rig = await rigWithPeople();
  const { ownSanctions, users, bell, ann, mod, impose } = rig;
  await impose("warn", "Nobody is there to hear it.");
  assert.deepEqual(bell.notified, []);
  bell.connected.add(ann.userId);
  const mute = await impose("mute", "Loud.");
  const [warning] = (await ownSanctions.list(ann)).sanctions;
  must(await ownSanctions.read(ann, warning!.id));
  must(await users.lift(mod, "ann", mute, "Quiet now."));
  const heard = bell.notified.map(({ userId, method, params }) => {
    assert.deepEqual([userId, method], [ann.userId, "sanction.changed"]);
    return (params as { sanctions: { kind: string }[] }).sanctions.map(({ kind }) => kind).join();
  });
  assert.deepEqual(heard, ["warn,mute", "mute", ""]);
});

Deno.test("MO-7: a warning that is read while another comes loses neither", async () => {
  await using rig = await rigWithPeople();
  const { ownSanctions, ann, seen, impose } = rig;
  const first = await impose("warn", "First.");
  const [read] = await Promise.all([ownSanctions.read(ann, first), impose("warn", "Second.")]);
  assert.equal(kindOf(read), "answered");
  assert.deepEqual(await seen(ann), ["warn Second."]);
});
