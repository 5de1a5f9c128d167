import assert from "node:assert/strict";
import { newPreferences } from "../../lib/consent/mod.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";
import { CommandRig, kindOf, taken } from "../fakes/command_rig.ts";

Deno.test("CO-1: a new account allows general from contacts, takes broadcasts and blocks the rest", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  assert.deepEqual(await rig.consent.get(bob), {
    categories: { general: "allow", censored: "block", feet: "block" },
    acceptFrom: "contacts",
    broadcasts: true,
    blockedUsers: [],
    quietHours: null,
    dailyLimit: null,
    shareLimits: false,
  });
});

Deno.test("CO-1: a change is partial, answers with the whole, and every device hears it", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  taken(await rig.consent.set(bob, { categories: { feet: "ask" }, blockedUsers: ["eve", "eve"] }));
  rig.bell.rung.length = 0;
  const whole = taken(await rig.consent.set(bob, { categories: { censored: "allow" }, dailyLimit: 5 }));
  assert.deepEqual(whole, {
    ...newPreferences,
    categories: { general: "allow", censored: "allow", feet: "ask" },
    blockedUsers: ["eve"],
    dailyLimit: 5,
  });
  assert.deepEqual(await rig.consent.get(bob), whole);
  assert.deepEqual(rig.bell.rung, [
    { what: "consentChanged", userId: bob.userId },
    { what: "notify", userId: bob.userId, method: "preferences.changed", params: whole },
  ]);
  const back = taken(await rig.consent.set(bob, { dailyLimit: null, blockedUsers: [] }));
  assert.deepEqual([back.dailyLimit, back.blockedUsers, back.categories.feet], [null, [], "ask"]);
});

Deno.test("CO-1: quiet hours are answered as windows, also those that were stored as one", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  const night = { from: "22:00", to: "07:00" };
  assert.deepEqual(taken(await rig.consent.set(bob, { quietHours: night })).quietHours, [night]);
  const windows = [{ ...night, days: ["mo" as const, "tu" as const] }, { from: "12:00", to: "13:00" }];
  assert.deepEqual(taken(await rig.consent.set(bob, { quietHours: windows })).quietHours, windows);
  assert.equal(taken(await rig.consent.set(bob, { quietHours: [] })).quietHours, null);
  await rig.store.kv.set(keys.preferences(bob.userId), { ...newPreferences, quietHours: night });
  rig.consent.forget(bob.userId);
  assert.deepEqual((await rig.consent.get(bob)).quietHours, [night]);
  assert.deepEqual(taken(await rig.consent.set(bob, { dailyLimit: 3 })).quietHours, [night]);
});

Deno.test("CO-1: a change made from what is no longer so is refused, and one of something else is not", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  const shown = await rig.consent.get(bob);
  taken(await rig.consent.set(bob, { acceptFrom: "nobody", categories: { feet: "ask" } }, shown));
  for (const change of [{ acceptFrom: "anyone" }, { categories: { feet: "allow" } }] as const) {
    const stale = await rig.consent.set(bob, change, shown);
    assert.equal(kindOf(stale), "conflict");
    assert.deepEqual(Object.keys((stale as Refusal).detail.fields!), Object.keys(change));
  }
  const now = await rig.consent.get(bob);
  assert.deepEqual([now.acceptFrom, now.categories.feet], ["nobody", "ask"]);
  // The same choice twice, another category and another field are no conflict.
  taken(await rig.consent.set(bob, { acceptFrom: "nobody", dailyLimit: 4 }, shown));
  taken(await rig.consent.set(bob, { categories: { censored: "ask" } }, shown));
  // Two tabs at the same moment: one of them is told.
  const seen = await rig.consent.get(bob);
  const both = await Promise.all([1, 2].map((dailyLimit) => rig.consent.set(bob, { dailyLimit }, seen)));
  assert.deepEqual(both.map(kindOf).sort(), ["conflict", "taken"]);
});

Deno.test("CO-1: people are blocked one by one: two tabs lose none, and the limit is said", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  const names = ["eve", "dan", "fay"];
  await Promise.all(names.map((username) => rig.consent.block(bob, { username, on: true })));
  assert.deepEqual((await rig.consent.get(bob)).blockedUsers.toSorted(), names.toSorted());
  const left = taken(await rig.consent.block(bob, { username: "dan", on: false }));
  assert.deepEqual(left.blockedUsers.toSorted(), ["eve", "fay"]);
  assert.equal(kindOf(await rig.consent.block(bob, { username: "bob", on: true })), "invalid_params");
  const many = Array.from({ length: limits.blockedUsers }, (_, at) => `name-${at}`);
  taken(await rig.consent.set(bob, { blockedUsers: many }));
  assert.equal(kindOf(await rig.consent.block(bob, { username: "eve", on: true })), "conflict");
  taken(await rig.consent.block(bob, { username: "name-3", on: true }));
});

Deno.test("CO-1: an unknown category and blocking oneself are refused, and change nothing", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  const before = await rig.consent.get(bob);
  const unknown = await rig.consent.set(bob, { categories: { general: "block", nonsense: "allow" } });
  assert.ok(unknown instanceof Refusal);
  assert.equal(unknown.kind, "invalid_params");
  assert.match(english(unknown.message), /nonsense/);
  assert.equal(kindOf(await rig.consent.set(bob, { blockedUsers: ["bob"] })), "invalid_params");
  assert.deepEqual(await rig.consent.get(bob), before);
  assert.deepEqual(rig.bell.rung, []);
});

Deno.test("BR-5: a retired category is not offered and not sent with, but a choice about it still stands", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const { value } = await rig.store.kv.get<Record<string, unknown>>(keys.category("feet"));
  await rig.store.kv.set(keys.category("feet"), { ...value, retired: true });
  await using later = await CommandRig.open({ store: rig.store, clock: rig.clock });
  later.person("bob");
  assert.deepEqual((await later.consent.categories()).map(({ slug }) => slug), ["general", "censored"]);
  const draft = later.draft(bob, { categories: ["feet"] });
  assert.equal(kindOf(await later.room.sender.send(ann, draft)), "invalid_params");
  assert.equal(kindOf(await later.consent.set(bob, { categories: { feet: "block" } })), "taken");
  assert.equal("feet" in (await later.consent.get(bob)).categories, false);
});

Deno.test("CO-5: allowed categories are told to others only with shareLimits", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  taken(await rig.consent.set(bob, { categories: { feet: "ask", censored: "allow" } }));
  assert.equal(await rig.consent.sharedLimits(bob.userId), null);
  taken(await rig.consent.set(bob, { shareLimits: true }));
  assert.deepEqual(await rig.consent.sharedLimits(bob.userId), ["general", "censored"]);
});

Deno.test("DL-9: what is kept in memory of a person is never older than their last answered change", async () => {
  await using rig = await CommandRig.open();
  const bob = rig.person("bob");
  for (let round = 0; round < 20; round++) {
    const acceptFrom = round % 2 === 0 ? "nobody" as const : "anyone" as const;
    const [, , changed] = await Promise.all([
      rig.consent.standing(bob.userId),
      rig.consent.standing(bob.userId),
      rig.consent.set(bob, { acceptFrom }),
      rig.consent.standing(bob.userId),
    ]);
    assert.equal(taken(changed).acceptFrom, acceptFrom);
    assert.equal((await rig.consent.standing(bob.userId)).preferences.acceptFrom, acceptFrom);
  }
});
