import assert from "node:assert/strict";
import { newPreferences } from "../../lib/consent/mod.ts";
import { RuleSets } from "../../lib/consent/shared_rules.ts";
import type { Preferences } from "../../lib/protocol/mod.ts";
import type { Standing } from "../../lib/consent/mod.ts";
import { CommandRig } from "../fakes/command_rig.ts";

const all = { kind: "all" } as const;
const night = { from: "22:00", to: "07:00" };

function standingOf(change: Partial<Preferences> = {}, over: Partial<Standing> = {}): Standing {
  const preferences = { ...newPreferences, ...change };
  return { preferences, openedAt: {}, stopped: false, timeZone: "UTC", deliveredToday: 0, ...over };
}

Deno.test("CO-9: people with equal rules share them, and a time zone counts only with quiet hours", () => {
  const sets = new RuleSets();
  const usual = sets.of(standingOf());
  assert.equal(sets.of(standingOf({}, { timeZone: "Asia/Tokyo" })), usual);
  assert.equal(sets.of(standingOf({}, { openedAt: { broadcasts: 5 } })), usual);
  const others = [
    standingOf({ broadcasts: false }),
    standingOf({ blockedUsers: ["ann"] }),
    standingOf({ blockedUsers: ["bob"] }),
    standingOf({ categories: { general: "ask" } }),
    standingOf({ quietHours: [night] }),
    standingOf({ quietHours: [night] }, { timeZone: "Asia/Tokyo" }),
  ].map((standing) => sets.of(standing));
  assert.equal(new Set([usual, ...others]).size, others.length + 1);
});

Deno.test("CO-12: grants are part of the rules, and so is the time zone of their hours", () => {
  const sets = new RuleSets();
  const grant = { id: "group:choir", to: { group: "choir" }, sinceMs: 1, untilMs: null } as const;
  const grants = (over: object) => ({ grants: { current: [{ ...grant, ...over }], past: [] } });
  const hours = { hours: [{ days: ["mo"], from: "09:00", to: "10:00" }] };
  const all = [
    standingOf(),
    standingOf({}, grants({ kinds: ["task"] })),
    standingOf({}, grants({ categories: { feet: "ask" } })),
    standingOf({}, grants(hours)),
    standingOf({}, { ...grants(hours), timeZone: "Asia/Tokyo" }),
  ].map((standing) => sets.of(standing));
  assert.equal(new Set(all).size, all.length);
  assert.equal(sets.of(standingOf({}, grants({ kinds: ["task"] }))), all[1]);
});

Deno.test("DL-9: shared rules know when somebody last loosened one of them", () => {
  const sets = new RuleSets();
  assert.equal(sets.of(standingOf()).openedTo, -Infinity);
  sets.of(standingOf({}, { openedAt: { broadcasts: 3, categories: { feet: 9 }, users: { ann: 7 } } }));
  const rules = sets.of(standingOf({}, { openedAt: { users: { ann: 4 } } }));
  assert.equal(rules.openedTo, 9);
  sets.of(standingOf({}, { openedAt: { kinds: [{ kinds: ["task"], untilMs: 12 }] } }));
  assert.equal(rules.openedTo, 12);
  assert.equal(rules.standing.openedAt, undefined);
});

Deno.test("DL-9, BR-4: a broadcast written for later rings nobody who loosened a rule after it was written", async () => {
  await using rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const people = ["bob", "carl", "dora"].map((name) => rig.person(name));
  const [bob, carl, dora] = people;
  // All three end with the same preferences: bob and carl had them from the start, dora loosens hers in between.
  for (const one of people) await rig.prefer(one, { categories: { feet: "allow" } });
  await rig.prefer(dora!, { categories: { feet: "block" } });
  rig.clock.advance(1000);
  const deliverAt = new Date(rig.clock.now() + 3600_000).toISOString();
  await rig.broadcast(admin, all, { categories: ["feet"], deliverAt });
  rig.clock.advance(1000);
  await rig.prefer(dora!, { categories: { feet: "allow" } });
  for (const one of people) {
    rig.bell.present.add(one.userId);
    await rig.consent.standing(one.userId);
  }
  rig.bell.rung.length = 0;
  await rig.runDue(3600_000);
  const rung = rig.bell.rung.flatMap((one) =>
    one.what === "ring" && one.entry !== undefined ? [one.userId] : []
  );
  assert.deepEqual(rung, [bob!.userId, carl!.userId]);
});

Deno.test("CO-6, CO-4: who is stopped or has a daily limit shares no rules", async () => {
  await using rig = await CommandRig.open();
  const [bob, carl, dora] = ["bob", "carl", "dora"].map((name) => rig.person(name));
  await rig.prefer(carl!, { dailyLimit: 3 });
  const shared = async (userId: string) => {
    await rig.consent.standing(userId);
    return rig.consent.sharedRules(userId);
  };
  const usual = await shared(bob!.userId);
  assert.notEqual(usual, undefined);
  assert.equal(await shared(dora!.userId), usual);
  assert.equal(await shared(carl!.userId), undefined);
  await rig.room.safety.stop(bob!);
  assert.equal(rig.consent.sharedRules(bob!.userId), undefined);
  assert.equal(await shared(bob!.userId), undefined);
  await rig.room.safety.resume(bob!);
  assert.equal(await shared(bob!.userId), usual);
  await rig.prefer(dora!, { broadcasts: false });
  assert.notEqual(await shared(dora!.userId), usual);
});
