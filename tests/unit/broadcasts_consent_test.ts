import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { PreferencesChange } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const all = { kind: "all" } as const;
const choir = { kind: "group", group: "choir" } as const;
const hourMs = 3600_000;

async function adminAndBob(change: PreferencesChange = {}) {
  const rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const bob = rig.person("bob");
  rig.join(admin, "choir", "owner");
  rig.join(bob, "choir");
  if (Object.keys(change).length > 0) await rig.prefer(bob, change);
  // A later moment, so that what was chosen comes before what is sent.
  rig.clock.advance(1);
  return { rig, admin, bob };
}

Deno.test("CO-9: a broadcast reaches those whose rules let it through, and nothing is written of the others", async () => {
  const cases: [PreferencesChange, "all" | "choir" | "both" | "none"][] = [
    [{}, "both"],
    [{ acceptFrom: "nobody" }, "both"],
    [{ blockedUsers: ["admin"] }, "none"],
    [{ broadcasts: false }, "choir"],
    [{ categories: { general: "block" } }, "none"],
    [{ categories: { general: "ask" } }, "both"],
  ];
  for (const [change, reached] of cases) {
    const { rig, admin, bob } = await adminAndBob(change);
    await using _ = rig;
    const toAll = await rig.broadcast(admin, all);
    const toChoir = await rig.broadcast(admin, choir);
    const expected: Record<typeof reached, string[]> = {
      all: [toAll.id],
      choir: [toChoir.id],
      both: [toAll.id, toChoir.id],
      none: [],
    };
    assert.deepEqual(await rig.take(bob), expected[reached], JSON.stringify(change));
    assert.deepEqual(await dump(rig.store.kv, ["state"]), []);
    const known = await rig.commands.history(bob.userId, null, 10);
    assert.deepEqual(
      known.map(({ commandId }) => commandId).reverse(),
      expected[reached],
      JSON.stringify(change),
    );
    const lists = JSON.stringify(await dump(rig.store.kv, ["taken_newest"]));
    for (const { id } of [toAll, toChoir]) assert.equal(lists.includes(id), expected[reached].includes(id));
  }
});

Deno.test("CO-2: one blocked category of several blocks a broadcast", async () => {
  const { rig, admin, bob } = await adminAndBob({ categories: { feet: "allow" } });
  await using _ = rig;
  await rig.broadcast(admin, all, { categories: ["general", "censored"] });
  const both = await rig.broadcast(admin, all, { categories: ["general", "feet"] });
  assert.deepEqual(await rig.take(bob), [both.id]);
});

Deno.test("CO-2: with ask a broadcast comes sealed, and opening it shows it on all devices", async () => {
  const { rig, admin, bob } = await adminAndBob({ categories: { feet: "ask" } });
  await using _ = rig;
  const command = await rig.broadcast(admin, { kind: "category", category: "feet" }, { title: "Secret" });
  const sealed = {
    id: command.id,
    sealed: true,
    from: command.from,
    categories: ["feet"],
    createdAt: command.createdAt,
    deliverAt: null,
    dueAt: null,
    expiresAt: command.expiresAt,
  };
  const [delivery] = await rig.inboxOf(bob);
  assert.deepEqual(delivery?.command, sealed);
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items[0]?.command, sealed);
  assert.deepEqual(taken(await rig.room.history.get(bob, { id: command.id })).command, sealed);
  const opened = taken(await rig.room.transitions.update(bob, { id: command.id, state: "seen" }));
  assert.deepEqual(opened.command, command);
  assert.deepEqual(rig.bell.changesOf(bob.userId).map(({ state, command }) => [state, command?.id]), [
    ["seen", command.id],
  ]);
  assert.deepEqual((await rig.inboxOf(bob))[0]?.command, command);
});

Deno.test("CO-2, CO-9: what is rung out is sealed for those who ask and open for those who allow", async () => {
  const { rig, admin, bob } = await adminAndBob({ categories: { general: "ask" } });
  await using _ = rig;
  const others = ["carl", "dora", "eve", "fay"].map((name) => rig.person(name));
  const [carl, dora, eve, fay] = others as [typeof bob, typeof bob, typeof bob, typeof bob];
  await rig.prefer(dora, { broadcasts: false });
  await rig.prefer(eve, { quietHours: { from: "00:00", to: "12:00" } });
  await rig.prefer(fay, { dailyLimit: 5 });
  for (const who of [admin, bob, ...others]) rig.bell.present.add(who.userId);
  for (const who of [bob, ...others]) await rig.consent.standing(who.userId);
  rig.bell.rung.length = 0;
  const command = await rig.broadcast(admin, all);
  const rung = new Map(rig.bell.rung.map(({ userId, entry }) => [userId, entry]));
  assert.deepEqual([...rung.keys()].sort(), [bob, carl, eve, fay].map(({ userId }) => userId).sort());
  assert.deepEqual(rung.get(carl.userId)?.delivery.command, command);
  assert.equal("sealed" in rung.get(bob.userId)!.delivery.command, true);
  assert.equal("title" in rung.get(bob.userId)!.delivery.command, false);
  assert.deepEqual(
    [rung.get(eve.userId), rung.get(fay.userId)],
    [undefined, undefined],
    "they read their log",
  );
});

Deno.test("CO-8: a broadcast carries the rule that let it through, however it was delivered", async () => {
  const { rig, admin, bob } = await adminAndBob();
  await using _ = rig;
  const carl = rig.person("carl");
  rig.join(carl, "choir");
  rig.bell.present.add(carl.userId);
  await rig.consent.standing(carl.userId);
  rig.clock.advance(1);
  const toAll = await rig.broadcast(admin, all);
  const toChoir = await rig.broadcast(admin, choir);
  for (const who of [bob, carl]) {
    await rig.take(who);
    const allowed = async (id: string) => taken(await rig.room.history.get(who, { id })).state?.allowedBy;
    assert.equal(await allowed(toAll.id), "broadcasts=true; general=allow");
    assert.equal(await allowed(toChoir.id), "membership; general=allow");
  }
});

Deno.test("DL-9, CO-7: what was closed when a broadcast was sent stays closed, whatever is opened later", async () => {
  const cases: [PreferencesChange, PreferencesChange][] = [
    [{ categories: { general: "block" } }, { categories: { general: "allow" } }],
    [{ broadcasts: false }, { broadcasts: true }],
    [{ blockedUsers: ["admin"] }, { blockedUsers: [] }],
  ];
  for (const [closed, opened] of cases) {
    const { rig, admin, bob } = await adminAndBob(closed);
    await using _ = rig;
    const before = await rig.broadcast(admin, all);
    rig.clock.advance(1);
    await rig.prefer(bob, opened);
    rig.clock.advance(1);
    const after = await rig.broadcast(admin, all);
    assert.deepEqual(await rig.take(bob), [after.id], JSON.stringify(closed));
    assert.equal(
      kindOf(await rig.room.transitions.update(bob, { id: before.id, state: "seen" })),
      "not_found",
    );
    rig.clock.advance(1);
    await rig.prefer(bob, { categories: { general: "ask" } });
    assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [after.id]);
  }
});

Deno.test("DL-9: a broadcast that a preference blocked before its delivery never comes", async () => {
  const cases: [PreferencesChange, PreferencesChange][] = [
    [{ categories: { general: "block" } }, { categories: { general: "allow" } }],
    [{ broadcasts: false }, { broadcasts: true }],
    [{ blockedUsers: ["admin"] }, { blockedUsers: [] }],
  ];
  for (const [closed, opened] of cases) {
    const { rig, admin, bob } = await adminAndBob();
    await using _ = rig;
    const { id } = await rig.broadcast(admin, all);
    rig.clock.advance(1);
    await rig.prefer(bob, closed);
    assert.deepEqual(await rig.take(bob), []);
    rig.clock.advance(1);
    await rig.prefer(bob, opened);
    assert.deepEqual(await rig.take(bob, "another"), []);
    assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
    assert.equal(kindOf(await rig.room.history.get(bob, { id })), "not_found");
  }
});

Deno.test("CO-7: a delivered broadcast stays the person's when they block its category", async () => {
  const { rig, admin, bob } = await adminAndBob();
  await using _ = rig;
  const { id } = await rig.broadcast(admin, all);
  await rig.take(bob);
  await rig.prefer(bob, { categories: { general: "block" } });
  assert.equal(taken(await rig.room.history.inboxList(bob, {})).items.length, 1);
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state: "completed" })), "taken");
});

Deno.test("CO-4: quiet hours hold a broadcast back until they end", async () => {
  const { rig, admin, bob } = await adminAndBob({ quietHours: { from: "00:00", to: "07:00" } });
  await using _ = rig;
  const { id } = await rig.broadcast(admin, all);
  const held = await rig.readInbox(bob);
  assert.deepEqual([held.deliveries, held.held?.untilMs], [[], rig.clock.now() - 1 + 7 * hourMs]);
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state: "seen" })), "not_found");
  rig.clock.advance(7 * hourMs);
  assert.deepEqual(await rig.take(bob), [id]);
});

Deno.test("CO-4: a daily limit counts broadcasts and direct commands together, and holds the rest for tomorrow", async () => {
  const { rig, admin, bob } = await adminAndBob({ dailyLimit: 2 });
  await using _ = rig;
  rig.connect(admin, bob);
  const sent = [
    await rig.broadcast(admin, all),
    await rig.send(admin, bob),
    await rig.broadcast(admin, choir),
    await rig.send(admin, bob),
  ].map(({ id }) => id);
  const first = await rig.readInbox(bob);
  assert.deepEqual(first.deliveries.map(({ command }) => command.id), sent.slice(0, 2));
  assert.equal(Math.floor(first.held!.untilMs! / 1000), (rig.clock.now() - 1 + dayMs) / 1000, "midnight");
  // Handed over, and answered before it was acknowledged.
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id: sent[0]!, state: "seen" })), "taken");
  assert.deepEqual(await rig.take(bob, "desk"), sent.slice(0, 2), "another device of the same person");
  assert.deepEqual(await rig.take(bob), sent.slice(0, 2));
  assert.equal(await rig.consent.standing(bob.userId).then(({ deliveredToday }) => deliveredToday), 2);
  rig.clock.advance(dayMs);
  assert.deepEqual(await rig.take(bob), sent.slice(2));
});

Deno.test("CO-6: a stop ends every open broadcast of the person and of nobody else; what comes meanwhile waits", async () => {
  const { rig, admin, bob } = await adminAndBob();
  await using _ = rig;
  const carl = rig.person("carl");
  const delivered = await rig.broadcast(admin, all);
  await rig.take(bob);
  const accepted = await rig.broadcast(admin, all);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: accepted.id, state: "accepted" }));
  const done = await rig.broadcast(admin, all);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: done.id, state: "completed" }));
  const waiting = await rig.broadcast(admin, choir);
  rig.bell.rung.length = 0;
  await rig.room.safety.stop(bob);
  const during = await rig.broadcast(admin, all);
  const states = async () => {
    const commands = [delivered, accepted, done, waiting, during];
    return await Promise.all(commands.map(async ({ id }) => (await rig.stateOf(bob, id))?.state));
  };
  assert.deepEqual(await states(), ["stopped", "stopped", "completed", "stopped", undefined]);
  assert.deepEqual(
    rig.bell.changesOf(bob.userId).map(({ id, state }) => [id, state]),
    [[delivered.id, "stopped"], [accepted.id, "stopped"], [waiting.id, "stopped"]],
  );
  const held = await rig.readInbox(bob);
  assert.deepEqual([held.deliveries, held.held], [[], { untilMs: null }]);
  assert.deepEqual((await rig.inboxOf(carl)).length, 4);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id: delivered.id })).totals, {
    queued: 1,
    stopped: 1,
  });
  rig.clock.advance(hourMs);
  taken(await rig.room.safety.resume(bob));
  assert.deepEqual(await rig.take(bob), [during.id]);
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [during.id]);
});

Deno.test("CO-6: a stop of somebody whom a broadcast never matched changes nothing of its totals", async () => {
  const { rig, admin, bob } = await adminAndBob({ broadcasts: false });
  await using _ = rig;
  rig.person("carl");
  const { id } = await rig.broadcast(admin, all);
  assert.deepEqual(await rig.take(bob), []);
  await rig.room.safety.stop(bob);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { queued: 1 });
  // What may be written of it tells nobody anything.
  assert.equal((await rig.stateOf(bob, id))?.withheldBy, "broadcasts");
  assert.deepEqual(rig.bell.changesOf(bob.userId), []);
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
  assert.equal(kindOf(await rig.room.history.get(bob, { id })), "not_found");
  rig.clock.advance(1);
  taken(await rig.room.safety.resume(bob));
  await rig.prefer(bob, { broadcasts: true });
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { queued: 1 });
});

Deno.test("CO-6: deadlines of broadcasts that came meanwhile are later by the time stopped", async () => {
  const { rig, admin, bob } = await adminAndBob();
  await using _ = rig;
  const start = rig.clock.now();
  const dueAt = iso(start + 48 * hourMs);
  await rig.room.safety.stop(bob);
  const whole = await rig.broadcast(admin, all, { dueAt });
  const without = await rig.broadcast(admin, all);
  rig.clock.advance(hourMs);
  const part = await rig.broadcast(admin, choir, { dueAt });
  const scheduled = await rig.broadcast(admin, all, { dueAt, deliverAt: iso(start + 2 * hourMs) });
  await rig.runDue(hourMs);
  await rig.runDue(3 * hourMs);
  taken(await rig.room.safety.resume(bob));
  const after = await rig.broadcast(admin, all, { dueAt });
  const due = new Map((await rig.inboxOf(bob)).map(({ command }) => [command.id, command.dueAt]));
  assert.equal(due.get(whole.id), iso(start + 53 * hourMs));
  assert.equal(due.get(part.id), iso(start + 52 * hourMs));
  assert.equal(due.get(scheduled.id), iso(start + 51 * hourMs), "frozen from when it came");
  assert.equal(due.get(without.id), null);
  assert.equal(due.get(after.id), dueAt);
  assert.equal(await rig.stateOf(bob, without.id), null, "nothing is written where there is no deadline");
});

Deno.test("CO-6: a crash in the middle of a stop ends the broadcasts by its job", async () => {
  let failing = true;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      change: (changes, also) =>
        failing && changes.some(({ to }) => to.cast === true && to.state === "stopped")
          ? Promise.reject(new Error("killed"))
          : store.change(changes, also),
    }),
  });
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const sent = [];
  for (let at = 0; at < 40; at++) sent.push((await rig.broadcast(admin, all)).id);
  await assert.rejects(rig.room.safety.stop(bob), /killed/);
  failing = false;
  assert.deepEqual(await rig.inboxOf(bob), []);
  await rig.runDue();
  const states = await Promise.all(sent.map(async (id) => (await rig.stateOf(bob, id))?.state));
  assert.deepEqual(new Set(states), new Set(["stopped"]));
});
