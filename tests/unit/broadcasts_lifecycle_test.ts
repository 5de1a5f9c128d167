import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { CommandState } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";
import { until } from "../fakes/until.ts";

const all = { kind: "all" } as const;
const choir = { kind: "group", group: "choir" } as const;

/** An administrator, and people of the choir who have done everything that there is with its command. */
async function inEveryState() {
  const rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const people = ["queued", "delivered", "accepted", "completed"].map((name) => rig.person(name));
  const [queued, delivered, accepted, completed] = people as [
    typeof admin,
    typeof admin,
    typeof admin,
    typeof admin,
  ];
  rig.join(admin, "choir", "owner");
  for (const who of people) rig.join(who, "choir");
  const broadcast = async (audience: typeof all | typeof choir, change = {}) => {
    const { id } = await rig.broadcast(admin, audience, change);
    for (const who of [delivered, accepted, completed]) await rig.take(who);
    taken(await rig.room.transitions.update(accepted, { id, state: "accepted" }));
    taken(await rig.room.transitions.update(completed, { id, state: "completed" }));
    return id;
  };
  const totals = async (id: string) => taken(await rig.room.history.get(admin, { id })).totals;
  return { rig, admin, people, queued, delivered, accepted, completed, broadcast, totals };
}

Deno.test("CM-6: cancelling a broadcast ends what is open for everybody; what was done stays done", async () => {
  const { rig, admin, people, delivered, broadcast, totals, completed } = await inEveryState();
  await using _ = rig;
  for (const who of people) rig.bell.present.add(who.userId);
  const id = await broadcast(all);
  rig.bell.rung.length = 0;
  const answer = taken(await rig.room.transitions.cancel(admin, { id }));
  assert.deepEqual(answer, { id, totals: { cancelled: 3, completed: 1 } });
  assert.deepEqual(await totals(id), { cancelled: 3, completed: 1 });
  for (const who of people) {
    const heard = rig.bell.changesOf(who.userId).map((told) => told.state);
    assert.deepEqual(heard, who === completed ? [] : ["cancelled"], who.username);
    assert.deepEqual(await rig.inboxOf(who), []);
  }
  assert.equal(kindOf(await rig.room.transitions.update(delivered, { id, state: "seen" })), "conflict");
  const items = taken(await rig.room.history.inboxList(delivered, {})).items;
  assert.deepEqual(items.map(({ state }) => state?.state), ["cancelled"]);
  assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id })).totals, answer.totals, "again");
});

Deno.test("CM-6: only its sender cancels a broadcast, and those who block it hear nothing of the end", async () => {
  const { rig, admin, people, queued, delivered, broadcast } = await inEveryState();
  await using _ = rig;
  for (const who of people) rig.bell.present.add(who.userId);
  const id = await broadcast(all);
  await rig.prefer(queued, { blockedUsers: ["admin"] });
  rig.bell.rung.length = 0;
  assert.equal(kindOf(await rig.room.transitions.cancel(delivered, { id })), "not_found");
  assert.equal(kindOf(await rig.room.transitions.cancel(rig.person("eve"), { id })), "not_found");
  taken(await rig.room.transitions.cancel(admin, { id }));
  assert.deepEqual(rig.bell.changesOf(queued.userId), []);
  assert.equal(rig.bell.changesOf(delivered.userId).length, 1);
});

Deno.test("CM-7: totals are told at most once a second, and add up to those whom it matched", async () => {
  const { rig, admin, people } = await inEveryState();
  await using _ = rig;
  const { id } = await rig.broadcast(admin, all);
  const told = () => rig.bell.changesOf(admin.userId).filter((change) => change.id === id);
  const states: CommandState[] = ["seen", "accepted", "deferred", "declined"];
  let seconds = 0;
  for (const state of states) {
    for (const who of people) {
      await rig.take(who);
      taken(await rig.room.transitions.update(who, { id, state }));
      await rig.clock.advanceAsync(200);
    }
    seconds += 0.8;
    assert.ok(told().length <= Math.ceil(seconds), `${told().length} in ${seconds} s`);
  }
  // Totals are read from the store, which may take longer than the fake seconds above.
  await until(async () => {
    await rig.clock.advanceAsync(1000);
    await rig.rest();
    return told().at(-1)?.totals?.declined === people.length;
  }, "the last totals");
  assert.ok(told().length >= 3);
  for (const { totals, recipient, state } of told()) {
    const sum = Object.values(totals ?? {}).reduce((sum, count) => sum + count, 0);
    assert.deepEqual([sum, recipient, state], [4, undefined, undefined]);
  }
  assert.deepEqual(told().at(-1)?.totals, { declined: 4 });
});

Deno.test("CM-7: a sender who is not connected is told nothing, and reads the totals later", async () => {
  const { rig, admin, broadcast, totals } = await inEveryState();
  await using _ = rig;
  rig.bell.offline.add(admin.userId);
  const id = await broadcast(choir);
  await rig.clock.advanceAsync(5000);
  await rig.rest();
  assert.deepEqual(rig.bell.changesOf(admin.userId), []);
  assert.deepEqual(await totals(id), { queued: 1, delivered: 1, accepted: 1, completed: 1 });
});

Deno.test("CM-7: a group's sender sees each recipient, that of everyone the totals only", async () => {
  const { rig, admin, people, accepted, queued, broadcast } = await inEveryState();
  await using _ = rig;
  const toChoir = await broadcast(choir);
  const toAll = await broadcast(all);
  const detail = taken(await rig.room.history.get(admin, { id: toChoir }));
  assert.deepEqual(
    (detail.recipients ?? []).map(({ username, state }) => [username, state]).sort(),
    people.map(({ username }) => [username, username]).sort(),
  );
  assert.deepEqual(
    detail.timeline.filter(({ state }) => state === "accepted").map(({ who }) => who),
    ["accepted"],
  );
  const broad = taken(await rig.room.history.get(admin, { id: toAll }));
  assert.deepEqual(
    [broad.recipients, broad.timeline, broad.totals],
    [
      undefined,
      [{ at: broad.command.createdAt, state: "queued" }],
      { queued: 1, delivered: 1, accepted: 1, completed: 1 },
    ],
  );
  const own = taken(await rig.room.history.get(accepted, { id: toAll }));
  assert.deepEqual([own.state?.state, own.totals, own.recipients], ["accepted", undefined, undefined]);
  assert.equal(kindOf(await rig.room.history.get(queued, { id: toAll })), "not_found", "not delivered yet");
  const sent = taken(await rig.room.history.list(admin, { box: "outbox" })).items;
  assert.deepEqual(sent.map(({ command, totals }) => [command.id, totals?.accepted]), [
    [toAll, 1],
    [toChoir, 1],
  ]);
});

Deno.test("CM-5: proof of a broadcast is reviewed for each who handed it in", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.person("carl");
  rig.join(admin, "choir", "owner");
  rig.join(bob, "choir");
  const { id } = await rig.broadcast(admin, choir, { requires: "review", kind: "task" });
  const review = (recipient: string, accept: boolean) =>
    rig.room.transitions.review(admin, { id, recipient, accept });
  assert.equal(kindOf(await review("bob", true)), "not_found", "he has done nothing with it");
  await rig.take(bob);
  assert.equal(kindOf(await review("bob", true)), "conflict");
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state: "completed" })), "conflict");
  taken(await rig.room.transitions.update(bob, { id, state: "submitted", note: "done" }));
  assert.equal(taken(await review("bob", false)).recipient.state, "returned");
  taken(await rig.room.transitions.update(bob, { id, state: "submitted" }));
  assert.equal(taken(await review("bob", true)).recipient.state, "completed");
  for (const name of ["carl", "nobody"]) assert.equal(kindOf(await review(name, true)), "not_found");
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { completed: 1 });
});

Deno.test("DL-6: an expired broadcast is delivered to nobody, even before its job has run", async () => {
  const { rig, admin, queued, accepted } = await inEveryState();
  await using _ = rig;
  const expiresAt = iso(rig.clock.now() + dayMs);
  const { id } = await rig.broadcast(admin, all, { expiresAt });
  await rig.take(accepted);
  rig.clock.advance(dayMs);
  assert.deepEqual(await rig.inboxOf(queued), []);
  assert.deepEqual(await rig.inboxOf(accepted), []);
  assert.equal((await rig.room.inbox.resume(queued.userId, "new")).pending, 0);
  assert.equal(kindOf(await rig.room.transitions.update(accepted, { id, state: "accepted" })), "expired");
  assert.equal(kindOf(await rig.room.transitions.update(queued, { id, state: "seen" })), "expired");
  assert.deepEqual(taken(await rig.room.history.inboxList(queued, {})).items, []);
});

Deno.test("DL-6: it expires once, its sender hears the totals once, and two weeks later it is gone", async () => {
  const { rig, admin, people, queued, delivered, accepted, broadcast, totals } = await inEveryState();
  await using _ = rig;
  for (const who of people) rig.bell.present.add(who.userId);
  const id = await broadcast(all, { requires: "confirmation", expiresAt: iso(rig.clock.now() + dayMs) });
  await rig.clock.advanceAsync(1000);
  await rig.rest();
  rig.bell.rung.length = 0;
  await rig.runDue(dayMs);
  await rig.runDue(60_000);
  assert.deepEqual(await totals(id), { expired: 2, accepted: 1, completed: 1 });
  assert.deepEqual(rig.bell.changesOf(queued.userId).map(({ state }) => state), ["expired"]);
  assert.deepEqual(rig.bell.changesOf(delivered.userId).map(({ state }) => state), ["expired"]);
  assert.deepEqual(rig.bell.changesOf(accepted.userId), [], "what was taken on stays");
  await rig.clock.advanceAsync(1000);
  await rig.rest();
  assert.deepEqual(rig.bell.changesOf(admin.userId).map((told) => told.totals), [
    { expired: 2, accepted: 1, completed: 1 },
  ]);
  assert.deepEqual((await rig.inboxOf(accepted)).map(({ command, state }) => [command.id, state]), [
    [id, "accepted"],
  ], "also on a new device");
  for (const who of [queued, delivered]) assert.deepEqual(await rig.inboxOf(who), []);
  await rig.runDue(14 * dayMs);
  assert.equal(kindOf(await rig.room.history.get(admin, { id })), "taken", "somebody works on it");
  taken(await rig.room.transitions.update(accepted, { id, state: "completed" }));
  await rig.runDue(14 * dayMs);
  assert.equal(kindOf(await rig.room.history.get(admin, { id })), "not_found");
  const left = (await dump(rig.store.kv)).map(([key]) => String(key[0]));
  const kept = left.filter((kind) => ["broadcast", "cast", "command", "outbox", "total"].includes(kind));
  assert.deepEqual(kept, []);
  assert.deepEqual(taken(await rig.room.history.inboxList(accepted, {})).items, []);
});

Deno.test("CO-6: a stop also ends what somebody took on of a broadcast that has run out", async () => {
  const { rig, accepted, broadcast, totals } = await inEveryState();
  await using _ = rig;
  const id = await broadcast(all, { expiresAt: iso(rig.clock.now() + dayMs) });
  await rig.runDue(dayMs);
  await rig.room.safety.stop(accepted);
  assert.equal((await rig.stateOf(accepted, id))?.state, "stopped");
  assert.deepEqual(await totals(id), { expired: 2, completed: 1, stopped: 1 });
});

Deno.test("CM-8: a scheduled broadcast is nobody's until its time, then it is like one sent now", async () => {
  const { rig, admin, people, queued, delivered } = await inEveryState();
  await using _ = rig;
  const deliverAt = iso(rig.clock.now() + dayMs);
  const command = await rig.broadcast(admin, choir, { deliverAt, dueAt: iso(rig.clock.now() + 2 * dayMs) });
  const { id } = command;
  assert.equal(command.deliverAt, deliverAt);
  const detail = async () => taken(await rig.room.history.get(admin, { id }));
  assert.deepEqual((await detail()).totals, { scheduled: 4 });
  assert.deepEqual(new Set((await detail()).recipients?.map(({ state }) => state)), new Set(["scheduled"]));
  assert.deepEqual(await rig.inboxOf(queued), []);
  assert.equal(kindOf(await rig.room.transitions.update(queued, { id, state: "seen" })), "not_found");
  const late = rig.person("late");
  rig.clock.advance(1);
  rig.join(late, "choir");
  rig.bell.present.add(queued.userId).add(late.userId);
  for (const who of [queued, late]) await rig.consent.standing(who.userId);
  rig.bell.rung.length = 0;
  await rig.runDue(dayMs - 1);
  const rung = rig.bell.rung.filter(({ what }) => what === "ring");
  assert.deepEqual(rung.map(({ userId, entry }) => [userId, entry?.delivery.state]), [[
    queued.userId,
    "queued",
  ]]);
  assert.deepEqual((await detail()).totals, { queued: 4 });
  for (const who of people) assert.deepEqual(await rig.take(who), [id]);
  assert.deepEqual(await rig.take(late), []);
  assert.deepEqual((await detail()).totals, { delivered: 4 });
  const own = taken(await rig.room.history.get(delivered, { id }));
  assert.deepEqual(own.timeline.map(({ at, state }) => [state, at]), [
    ["scheduled", command.createdAt],
    ["queued", deliverAt],
    ["delivered", deliverAt],
  ]);
  taken(await rig.room.transitions.update(delivered, { id, state: "completed" }));
  assert.deepEqual((await detail()).totals, { delivered: 3, completed: 1 });
});

Deno.test("CM-8: a scheduled broadcast that is cancelled before its time reaches nobody, and nobody hears of it", async () => {
  const { rig, admin, people, queued } = await inEveryState();
  await using _ = rig;
  for (const who of people) rig.bell.present.add(who.userId);
  rig.bell.rung.length = 0;
  const { id } = await rig.broadcast(admin, choir, { deliverAt: iso(rig.clock.now() + dayMs) });
  assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id })).totals, { cancelled: 4 });
  await rig.runDue(dayMs);
  assert.deepEqual(await rig.inboxOf(queued), []);
  assert.deepEqual(rig.bell.rung.filter(({ userId }) => userId !== admin.userId), []);
  const { recipients, totals } = taken(await rig.room.history.get(admin, { id }));
  assert.deepEqual(totals, { cancelled: 4 });
  assert.deepEqual(new Set(recipients?.map(({ state }) => state)), new Set(["cancelled"]));
});

Deno.test("DL-6, CM-8: a broadcast whose time came and went while the server was down is delivered to nobody", async () => {
  const { rig, admin, queued } = await inEveryState();
  await using _ = rig;
  rig.bell.present.add(queued.userId);
  await rig.consent.standing(queued.userId);
  const { id } = await rig.broadcast(admin, all, { deliverAt: iso(rig.clock.now() + dayMs) });
  await rig.jobs[Symbol.asyncDispose]();
  rig.bell.rung.length = 0;
  rig.clock.advance(16 * dayMs);
  await rig.room.run({ kind: "release", commandId: id });
  assert.deepEqual(rig.bell.rung.filter(({ what }) => what === "ring"), []);
  await rig.room.run({ kind: "expire", commandId: id });
  await rig.room.run({ kind: "release", commandId: id });
  assert.deepEqual(await rig.inboxOf(queued), []);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { expired: 4 });
});

Deno.test("CM-4: a deferred broadcast comes back at its time; a person who is no recipient cannot move it", async () => {
  const { rig, admin, queued, delivered, broadcast } = await inEveryState();
  await using _ = rig;
  const id = await broadcast(choir);
  const until = iso(rig.clock.now() + dayMs);
  taken(await rig.room.transitions.update(delivered, { id, state: "deferred", until }));
  await rig.runDue(dayMs);
  assert.equal((await rig.stateOf(delivered, id))?.state, "delivered");
  for (const who of [admin, rig.person("eve")]) {
    assert.equal(
      kindOf(await rig.room.transitions.update(who, { id, state: "seen" })),
      "not_found",
      who.username,
    );
  }
  const answer = taken(await rig.room.transitions.update(queued, { id, state: "declined", note: "no" }));
  assert.equal(answer.state.state, "declined");
  assert.equal(kindOf(await rig.room.transitions.update(queued, { id, state: "accepted" })), "conflict");
  assert.deepEqual(await rig.inboxOf(queued), []);
});

Deno.test("DL-10: broadcasts stand in the history between direct commands, paged and filtered, each once", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  await rig.prefer(bob, { categories: { feet: "allow" } });
  const sent: string[] = [];
  for (let at = 0; at < 30; at++) {
    rig.clock.advance(1000);
    const categories = at % 5 === 0 ? ["feet"] : ["general"];
    const command = at % 3 === 0
      ? await rig.send(admin, bob, { categories })
      : await rig.broadcast(admin, all, { categories });
    sent.push(command.id);
    if (at === 14) await rig.take(bob);
  }
  const listed = async (params: Record<string, unknown>) => {
    const ids: string[] = [];
    for (let before: string | null = null;;) {
      const page: Awaited<ReturnType<typeof rig.room.history.inboxList>> = taken(
        await rig.room.history.inboxList(bob, {
          ...params,
          limit: 7,
          ...(before === null ? {} : { before }),
        }),
      );
      ids.push(...page.items.map(({ command }) => command.id));
      if (page.next === null) return ids;
      before = page.next;
    }
  };
  assert.deepEqual(await listed({}), sent.toReversed());
  assert.deepEqual(await listed({ category: "feet" }), sent.filter((_, at) => at % 5 === 0).toReversed());
  assert.deepEqual(
    await listed({ state: "delivered" }),
    sent.toReversed(),
    "being listed is being delivered",
  );
  taken(await rig.room.transitions.update(bob, { id: sent[1]!, state: "completed" }));
  taken(await rig.room.transitions.cancel(admin, { id: sent[2]! }));
  assert.deepEqual(await listed({ state: "completed" }), [sent[1]]);
  assert.deepEqual(await listed({ state: "cancelled" }), [sent[2]]);
});

Deno.test("CM-8: dueAt of a broadcast is reminded of on the devices of those who have it open", async () => {
  const { rig, people, queued, completed, broadcast } = await inEveryState();
  await using _ = rig;
  for (const who of people) rig.bell.present.add(who.userId);
  const dueAt = iso(rig.clock.now() + dayMs);
  const id = await broadcast(all, { dueAt });
  await rig.runDue(dayMs - 3600_000);
  const reminded = rig.bell.rung.filter(({ method }) => method === "command.due");
  const expected = people.filter((who) => who !== queued && who !== completed);
  assert.deepEqual(
    reminded.map(({ userId, params }) => [userId, params]).sort(),
    expected.map(({ userId }) => [userId, { id, dueAt }]).sort(),
  );
});
