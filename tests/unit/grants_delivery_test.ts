import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { GrantChange } from "../../lib/protocol/mod.ts";
import { until } from "../fakes/until.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

const hourMs = 3600_000;

/** Bob with two contacts, and a group that all three are in. */
async function rigOfThree() {
  const rig = await CommandRig.open();
  const [ann, bob, cat] = [rig.person("ann"), rig.person("bob"), rig.person("cat")];
  rig.connect(ann, bob);
  rig.connect(cat, bob);
  for (const one of [ann, bob, cat]) rig.join(one, "choir", one === bob ? "member" : "sender");
  return { rig, ann, bob, cat };
}

Deno.test("CO-12: a grant lets through from one contact what the preferences block, until its end and not after it", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const feet = { categories: ["feet"] };
  await rig.grant(bob, {
    to: { user: "ann" },
    categories: { feet: "allow" },
    until: iso(rig.clock.now() + dayMs),
  });
  const first = await rig.send(ann, bob, feet);
  await rig.send(cat, bob, feet);
  assert.deepEqual(await rig.take(bob), [first.id]);
  assert.match((await rig.stateOf(bob, first.id))!.allowedBy!, /feet=allow; grant=user:ann$/);
  // The server may have slept: no job ends it.
  rig.clock.advance(dayMs);
  await rig.send(ann, bob, feet);
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(taken(await rig.grants.list(bob)).grants, []);
});

Deno.test("CO-12: what waited when its grant ended is withheld, and its sender sees it wait", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, {
    to: { user: "ann" },
    categories: { feet: "allow" },
    until: iso(rig.clock.now() + 1000),
  });
  const { id } = await rig.send(ann, bob, { categories: ["feet"] });
  rig.clock.advance(1000);
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.told(ann, id), { bob: "queued" });
});

Deno.test("CO-12: a grant seals, blocks and withholds kinds of one contact only", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, categories: { general: "ask" }, kinds: ["task"] });
  await rig.send(ann, bob);
  const task = await rig.send(ann, bob, { kind: "task" });
  const message = await rig.send(cat, bob);
  const got = await rig.inboxOf(bob);
  assert.deepEqual(got.map(({ command }) => [command.id, "sealed" in command]), [[task.id, true], [
    message.id,
    false,
  ]]);
  assert.deepEqual(await rig.take(bob), [task.id, message.id]);
  const listed = taken(await rig.room.history.inboxList(bob, {})).items;
  assert.deepEqual(listed.map(({ command }) => "sealed" in command), [false, true]);
});

Deno.test("CO-12: a paused sender's commands wait, others pass them, and they come in their order on resuming", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  const [a1, a2] = [await rig.send(ann, bob), await rig.send(ann, bob)];
  const c1 = await rig.send(cat, bob);
  assert.deepEqual(await rig.take(bob), [c1.id]);
  assert.deepEqual(await rig.take(bob, "desktop"), [c1.id]);
  const a3 = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.told(ann, a1.id), { bob: "queued" });
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  const a4 = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), [a1, a2, a3, a4].map(({ id }) => id));
  assert.deepEqual(await rig.take(bob, "desktop"), [a1, a2, a3, a4].map(({ id }) => id));
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.commands.held(bob.userId), []);
});

Deno.test("CO-12: a pause ends by itself, and what expired meanwhile never comes", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, paused: true, until: iso(rig.clock.now() + dayMs) });
  await rig.send(ann, bob, { expiresAt: iso(rig.clock.now() + hourMs) });
  const { id } = await rig.send(ann, bob);
  const slice = await rig.readInbox(bob);
  assert.deepEqual([slice.deliveries, slice.held, slice.apart], [[], null, {
    untilMs: rig.clock.now() + dayMs,
  }]);
  await rig.runDue(dayMs);
  assert.deepEqual(await rig.take(bob), [id]);
});

Deno.test("CO-12: hours of a grant replace the quiet hours for its contact only", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const at = (hours: number) => iso(rig.clock.now() + hours * hourMs).slice(11, 16);
  await rig.prefer(bob, { quietHours: { from: at(-1), to: at(2) } });
  await rig.grant(bob, { to: { user: "ann" }, hours: [{ from: "00:00", to: "00:00" }] });
  const c1 = await rig.send(cat, bob);
  const a1 = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), [a1.id]);
  await rig.grant(bob, { to: { user: "ann" }, hours: [{ from: at(4), to: at(5) }] });
  const a2 = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), []);
  rig.clock.advance(2 * hourMs);
  assert.deepEqual(await rig.take(bob), [c1.id]);
  rig.clock.advance(2 * hourMs);
  assert.deepEqual(await rig.take(bob), [a2.id]);
});

for (
  const [name, limit] of Object.entries<{ grant?: Omit<GrantChange, "to">; ceiling?: true }>({
    "of a grant": { grant: { open: 2 } },
    "of the ceiling": { ceiling: true },
  })
) {
  Deno.test(`CO-12: a number open ${name} holds the next command until one closes`, async () => {
    const { rig, ann, bob, cat } = await rigOfThree();
    await using _ = rig;
    const before = await rig.send(ann, bob);
    assert.deepEqual(await rig.take(bob), [before.id]);
    if (limit.ceiling) await rig.prefer(bob, { limits: { open: 2 } });
    else await rig.grant(bob, { to: { user: "ann" }, ...limit.grant });
    const [a1, a2] = [await rig.send(ann, bob), await rig.send(ann, bob)];
    const c1 = await rig.send(cat, bob);
    const expected = limit.ceiling ? [a1.id] : [a1.id, c1.id];
    assert.deepEqual(await rig.take(bob), expected);
    assert.deepEqual(await rig.take(bob, "desktop"), [before.id, ...expected]);
    taken(await rig.room.transitions.update(bob, { id: before.id, state: "completed" }));
    assert.deepEqual(await rig.take(bob), [a2.id]);
    assert.deepEqual(await rig.take(bob), []);
    taken(await rig.room.transitions.cancel(ann, { id: a1.id }));
    assert.deepEqual(await rig.take(bob), limit.ceiling ? [c1.id] : []);
  });
}

Deno.test("CO-12: what was handed to a device counts as open before it is acknowledged", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, open: 1 });
  const a1 = await rig.send(ann, bob);
  await rig.send(ann, bob);
  for (let tries = 0; tries < 3; tries++) {
    assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [a1.id]);
  }
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id: a1.id, state: "seen" })), "taken");
});

Deno.test("CO-12: what a device was handed counts for its day, and is not open, once a rule withholds it", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  await rig.prefer(bob, { limits: { perDay: 3, open: 2 } });
  const [c1, c2] = [await rig.send(cat, bob), await rig.send(cat, bob)];
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [c1.id, c2.id]);
  await rig.prefer(bob, { blockedUsers: ["cat"] });
  const a1 = await rig.send(ann, bob);
  await rig.send(ann, bob);
  // The read that withholds them frees their room, and later ones count alike.
  const listed = async () =>
    taken(await rig.room.history.inboxList(bob, {})).items.map((one) => one.command.id);
  assert.deepEqual(await listed(), [a1.id]);
  assert.deepEqual(await listed(), [a1.id]);
  assert.deepEqual(await rig.take(bob), [a1.id]);
  rig.clock.advance(dayMs);
  assert.equal((await rig.take(bob)).length, 1);
});

Deno.test("CO-12: a number a day of a grant is its own; the daily limit counts the others; the ceiling counts all", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  await rig.prefer(bob, { dailyLimit: 1 });
  await rig.grant(bob, { to: { user: "ann" }, perDay: 2 });
  const a = [await rig.send(ann, bob), await rig.send(ann, bob), await rig.send(ann, bob)];
  const c = [await rig.send(cat, bob), await rig.send(cat, bob)];
  const ids = (...commands: { id: string }[]) => commands.map(({ id }) => id);
  assert.deepEqual(await rig.take(bob), ids(a[0]!, a[1]!, c[0]!));
  assert.deepEqual(await rig.take(bob), []);
  await rig.prefer(bob, { limits: { perDay: 2 } });
  rig.clock.advance(dayMs);
  assert.deepEqual(await rig.take(bob), ids(a[2]!, c[1]!));
  rig.clock.advance(dayMs);
  const more = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), ids(more));
});

Deno.test("CO-12: a grant for a group holds, blocks and allows what is sent to it, and nothing else", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const choir = { kind: "group", group: "choir" } as const;
  const before = await rig.broadcast(ann, choir, { categories: ["feet"] });
  rig.clock.advance(1);
  await rig.grant(bob, { to: { group: "choir" }, categories: { feet: "allow" } });
  rig.clock.advance(1);
  const sent = await rig.broadcast(ann, choir, { categories: ["feet"] });
  await rig.send(ann, bob, { categories: ["feet"] });
  assert.deepEqual(await rig.take(bob), [sent.id], "what came before it stays withheld");
  await rig.grant(bob, { to: { group: "choir" }, paused: true });
  const [g1, direct] = [await rig.broadcast(ann, choir), await rig.send(ann, bob)];
  const g2 = await rig.broadcast(cat, choir);
  assert.deepEqual(await rig.take(bob), [direct.id]);
  rig.clock.advance(1);
  taken(await rig.grants.end(bob, { id: "group:choir" }));
  assert.deepEqual(await rig.take(bob), [g1.id, g2.id]);
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.take(bob, "tablet"), [direct, g1, g2].map(({ id }) => id));
  assert.equal((await rig.stateOf(bob, before.id))?.deliveredAt ?? null, null);
});

Deno.test("CO-12, DL-9: what a group's grant blocked while it was in force stays withheld after its end", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  const choir = { kind: "group", group: "choir" } as const;
  await rig.grant(bob, {
    to: { group: "choir" },
    categories: { general: "block" },
    until: iso(rig.clock.now() + 1000),
  });
  await rig.broadcast(ann, choir);
  rig.clock.advance(1000);
  const after = await rig.broadcast(ann, choir);
  assert.deepEqual(await rig.take(bob), [after.id]);
});

Deno.test("CO-6, CO-12: a Stop ends what a pause holds; cancelling does too", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const choir = { kind: "group", group: "choir" } as const;
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  const [direct, cast, cancelled] = [
    await rig.send(ann, bob),
    await rig.broadcast(ann, choir),
    await rig.send(ann, bob),
  ];
  const other = await rig.send(cat, bob);
  assert.deepEqual(await rig.take(bob), [other.id]);
  taken(await rig.room.transitions.cancel(ann, { id: cancelled.id }));
  await rig.room.safety.stop(bob);
  assert.deepEqual(await rig.told(ann, direct.id), { bob: "stopped" });
  assert.equal((await rig.told(ann, cast.id)).bob, "stopped");
  taken(await rig.room.safety.resume(bob));
  taken(await rig.grants.end(bob, { id: "user:ann" }));
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.commands.held(bob.userId), []);
});

Deno.test("CO-12: a command that was delivered is not held by a pause or a number", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), [id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: true, open: 1, perDay: 1 });
  assert.deepEqual(await rig.take(bob, "desktop"), [id]);
});

Deno.test("DL-3, DL-5, CO-12: what one device was handed is no more held for another, and gets no new place", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const choir = { group: "choir" };
  const [a1, g1] = [await rig.send(ann, bob), await rig.broadcast(cat, { kind: "group", ...choir })];
  // The phone has both and did not acknowledge them when the first grants are made.
  const handed = (await rig.readInbox(bob)).deliveries;
  assert.deepEqual(handed.map(({ command }) => command.id), [a1.id, g1.id]);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  await rig.grant(bob, { to: choir, open: 1 });
  rig.room.inbox.handed(bob.userId, [a1.id, g1.id]);
  const [a2, g2] = [await rig.send(ann, bob), await rig.broadcast(cat, { kind: "group", ...choir })];
  assert.deepEqual(await rig.take(bob, "desktop"), [a1.id, g1.id]);
  const { cursor } = handed.at(-1)!;
  await rig.room.inbox.acknowledge(bob.userId, "phone", cursor, [a1.id, g1.id]);
  assert.deepEqual(await rig.take(bob), []);
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  await rig.grant(bob, { to: choir, open: null });
  for (const device of ["phone", "desktop"]) assert.deepEqual(await rig.take(bob, device), [a2.id, g2.id]);
});

Deno.test("DL-3, CO-12: an acknowledgement that is being written when the first grant is made counts", async () => {
  const held = Promise.withResolvers<void>();
  let writes = 0;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      take: async (...given) => {
        if (writes++ === 0) await held.promise;
        return await store.take(...given);
      },
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob);
  const taking = rig.take(bob);
  await until(() => writes === 1);
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [id], "another device");
  held.resolve();
  assert.deepEqual(await taking, [id]);
  assert.deepEqual(await rig.commands.held(bob.userId), []);
});

Deno.test("CO-12: a contact that the person removes keeps nothing of their grant but a pause", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  await rig.grant(bob, { to: { user: "ann" }, categories: { feet: "allow" }, accept: true, shown: true });
  await rig.grants.contactRemoved(bob, "ann");
  assert.deepEqual(taken(await rig.grants.list(bob)).grants, []);
  await rig.grant(bob, { to: { user: "ann" }, categories: { feet: "allow" }, paused: true });
  await rig.grants.contactRemoved(bob, "ann");
  const [left] = taken(await rig.grants.list(bob)).grants;
  assert.deepEqual([left?.paused, left?.categories], [true, undefined]);
  await rig.send(ann, bob);
  assert.deepEqual(await rig.take(bob), []);
});

Deno.test("CO-12, CO-7: grants are refused for strangers, oneself, other groups, the past and too many", async () => {
  const { rig, bob } = await rigOfThree();
  await using _ = rig;
  rig.person("eve");
  const set = async (change: GrantChange) => kindOf(await rig.grants.set(bob, change));
  assert.equal(await set({ to: { user: "eve" }, categories: { feet: "allow" } }), "forbidden");
  assert.equal(await set({ to: { user: "eve" }, paused: true }), "taken");
  assert.equal(await set({ to: { user: "eve" }, categories: { feet: "allow" } }), "forbidden");
  assert.equal(await set({ to: { user: "nobody-here" }, paused: true }), "not_found");
  assert.equal(await set({ to: { group: "tennis" }, perDay: 1 }), "not_found");
  assert.equal(await set({ to: { group: "choir" }, shown: true }), "invalid_params");
  assert.equal(await set({ to: { user: "ann" }, categories: { nothing: "allow" } }), "invalid_params");
  assert.equal(await set({ to: { user: "ann" }, perDay: 1, until: iso(rig.clock.now()) }), "invalid_params");
  assert.equal(kindOf(await rig.grants.end(bob, { id: "user:ann" })), "not_found");
  for (let one = 1; one < 50; one++) {
    rig.person(`person-${one}`);
    assert.equal(await set({ to: { user: `person-${one}` }, paused: true }), "taken");
  }
  assert.equal(await set({ to: { user: "ann" }, perDay: 1 }), "queue_full");
});

Deno.test("CO-12: several devices read beside each other: each gets each command once and in its sender's order", async () => {
  const { rig, ann, bob, cat } = await rigOfThree();
  await using _ = rig;
  const devices = ["phone", "desktop", "tablet"];
  const got = new Map(devices.map((device) => [device, [] as string[]]));
  const readAll = () =>
    Promise.all(devices.map(async (device) => got.get(device)!.push(...await rig.take(bob, device))));
  await rig.grant(bob, { to: { user: "ann" }, paused: true });
  const sent = { ann: [] as string[], cat: [] as string[] };
  const sendSome = async (count: number) => {
    for (let one = 0; one < count; one++) {
      sent.ann.push((await rig.send(ann, bob)).id);
      sent.cat.push((await rig.send(cat, bob)).id);
    }
  };
  await sendSome(20);
  await readAll();
  await sendSome(20);
  await rig.grant(bob, { to: { user: "ann" }, paused: false });
  await Promise.all([readAll().then(readAll).then(readAll), sendSome(10)]);
  for (let look = 0; look < 4; look++) await readAll();
  for (const [device, ids] of got) {
    for (const from of [sent.ann, sent.cat]) {
      const theirs = [...new Set(ids.filter((id) => from.includes(id)))];
      assert.deepEqual(theirs, from, device);
    }
  }
});

Deno.test("CM-6, CO-12: a broadcast that waited for a pause and then got a new place is delivered to nobody after its cancellation", async () => {
  const { rig, ann, bob } = await rigOfThree();
  await using _ = rig;
  const choir = { group: "choir" };
  await rig.grant(bob, { to: choir, paused: true });
  const { id } = await rig.broadcast(ann, { kind: "group", ...choir });
  // A device reads past it, and at its new place after the pause.
  assert.deepEqual(await rig.take(bob), []);
  await rig.grant(bob, { to: choir, paused: false });
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command.id), [id]);
  taken(await rig.room.transitions.cancel(ann, { id }));
  assert.deepEqual(await rig.inboxOf(bob), []);
});
