import assert from "node:assert/strict";
import type { CommandStore } from "../../lib/commands/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { LiveRig } from "../fakes/live_rig.ts";

const all = { kind: "all" } as const;
const choir = { kind: "group", group: "choir" } as const;
const noFeet = { categories: { feet: "block" } } as const;

/** Bob and carl take everything of the administrator, with a word before the store's changes. */
async function openHouse(change?: (store: CommandStore) => CommandStore) {
  const rig = await CommandRig.open(change === undefined ? {} : { change });
  const [admin, bob, carl] = [rig.person("admin", "admin"), rig.person("bob"), rig.person("carl")];
  rig.join(admin, "choir", "owner");
  for (const who of [bob, carl]) {
    rig.connect(admin, who);
    rig.join(who, "choir");
    await rig.prefer(who, { categories: { feet: "allow" } });
  }
  rig.clock.advance(1);
  const listed = async (who: typeof bob) =>
    taken(await rig.room.history.inboxList(who, {})).items.map(({ command, state }) => [
      command.id,
      state?.state,
    ]);
  const totals = async (id: string) => taken(await rig.room.history.get(admin, { id })).totals;
  return { rig, admin, bob, carl, listed, totals };
}

/** Handed to a device that has not acknowledged it yet; the call that does. */
async function handOver(rig: CommandRig, who: ReturnType<CommandRig["person"]>, device = "phone") {
  const { deliveries } = await rig.readInbox(who);
  const ids = deliveries.map(({ command }) => command.id);
  return {
    ids,
    acknowledge: () => rig.room.inbox.acknowledge(who.userId, device, deliveries.at(-1)!.cursor, ids),
  };
}

for (const rung of [true, false]) {
  const how = rung ? "with the ring" : "by a read";
  Deno.test(`CO-6: a broadcast that was delivered ${how}, then blocked and stopped, is not opened by a late acknowledgement`, async () => {
    const { rig, admin, bob, carl, listed, totals } = await openHouse();
    await using _ = rig;
    if (rung) rig.bell.present.add(bob.userId);
    await rig.consent.standing(bob.userId);
    const { id } = await rig.broadcast(admin, all, { categories: ["feet"] });
    assert.equal(rig.room.inFlight.has(bob.userId, id), rung);
    const { ids, acknowledge } = await handOver(rig, bob);
    assert.deepEqual(ids, [id]);
    await rig.prefer(bob, noFeet);
    await rig.room.safety.stop(bob);
    await acknowledge();
    const record = await rig.stateOf(bob, id);
    assert.deepEqual([record?.state, record?.withheldBy], ["stopped", "category:feet"]);
    assert.deepEqual(await totals(id), { queued: 2 }, "to its sender it waits");
    assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state: "seen" })), "not_found");
    assert.deepEqual(await listed(bob), []);
    rig.clock.advance(1);
    taken(await rig.room.safety.resume(bob));
    await rig.prefer(bob, { categories: { feet: "allow" } });
    await acknowledge();
    assert.deepEqual(await rig.take(bob, "new"), []);
    assert.deepEqual(await rig.take(carl), [id]);
    assert.deepEqual(await totals(id), { queued: 1, delivered: 1 });
  });
}

Deno.test("CO-6: an acknowledgement and a stop at once, with and without a block, in either order, leave nothing open", async () => {
  for (const blocked of [true, false]) {
    for (const first of ["stop", "acknowledge"]) {
      for (const audience of [all, choir]) {
        const { rig, admin, bob, totals } = await openHouse();
        await using _ = rig;
        const { id } = await rig.broadcast(admin, audience, { categories: ["feet"] });
        const { acknowledge } = await handOver(rig, bob);
        if (blocked) await rig.prefer(bob, noFeet);
        const stop = () => rig.room.safety.stop(bob);
        await Promise.all((first === "stop" ? [stop, acknowledge] : [acknowledge, stop]).map((act) => act()));
        assert.equal((await rig.stateOf(bob, id))?.state, "stopped", `${first} first`);
        const sum = Object.values(await totals(id) ?? {}).reduce((whole, one) => whole + one, 0);
        assert.equal(sum, 2);
      }
    }
  }
});

Deno.test("CO-6, BR-6: who leaves a group and stops while an acknowledgement is being read has nothing of it open", async () => {
  let leaving: ((commandId: string) => Promise<void>) | null = null;
  await using live = await LiveRig.open({
    change: (store) => ({
      ...store,
      async broadcast(commandId) {
        await leaving?.(commandId);
        return await store.broadcast(commandId);
      },
    }),
  });
  const { rig } = live;
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.join(admin, "choir", "owner");
  rig.join(bob, "choir");
  rig.clock.advance(1);
  const first = await rig.broadcast(admin, choir);
  const second = await rig.broadcast(admin, all);
  const { ids, acknowledge } = await handOver(rig, bob);
  assert.deepEqual(ids, [first.id, second.id]);
  taken(await rig.room.transitions.cancel(admin, { id: second.id }));
  // The first one was read, while bob was still in the group, when the second is being read.
  leaving = async (commandId) => {
    if (commandId !== second.id) return;
    leaving = null;
    await rig.rest();
    rig.leave(bob, "choir");
    await rig.room.safety.stop(bob);
  };
  await acknowledge();
  assert.equal(leaving, null);
  assert.equal(await rig.stateOf(bob, first.id), null, "nothing of the group");
  assert.equal((await rig.stateOf(bob, second.id))?.state, "cancelled");
});

Deno.test("DL-10: a command that was delivered and ended before its acknowledgement is in the history as it ended", async () => {
  const { rig, admin, bob, carl, listed, totals } = await openHouse();
  await using _ = rig;
  for (const kind of ["direct", "all", "group"]) {
    for (const end of ["cancelled", "expired", "stopped"]) {
      const change = end === "expired" ? { expiresAt: iso(rig.clock.now() + dayMs) } : {};
      const audience = kind === "all" ? all : choir;
      const { id } = kind === "direct"
        ? await rig.send(admin, [bob, carl], change)
        : await rig.broadcast(admin, audience, change);
      const { acknowledge } = await handOver(rig, bob);
      if (end === "cancelled") taken(await rig.room.transitions.cancel(admin, { id }));
      else if (end === "expired") await rig.runDue(dayMs);
      else await rig.room.safety.stop(bob);
      const before = await totals(id);
      rig.bell.rung.length = 0;
      await acknowledge();
      assert.deepEqual((await listed(bob))[0], [id, end], `${kind} ${end}`);
      assert.deepEqual(await totals(id), before, `${kind} ${end}`);
      assert.deepEqual(rig.bell.changesOf(admin.userId), [], "its sender hears of nothing");
      assert.deepEqual(rig.bell.changesOf(bob.userId).map(({ state }) => state), [end], "the device does");
      const refused = kindOf(await rig.room.transitions.update(bob, { id, state: "seen" }));
      assert.equal(refused, end === "expired" ? "expired" : "conflict");
      assert.deepEqual((await listed(carl)).filter(([listed]) => listed === id && end === "cancelled"), []);
      rig.clock.advance(1);
      taken(await rig.room.safety.resume(bob));
      assert.deepEqual(await rig.take(bob, `new-${id}`), []);
    }
  }
});

Deno.test("DL-10, CO-6: a command that ends while its page is being made was not delivered, and is not in the history", async () => {
  let before: (() => Promise<void>) | null = null;
  const { rig, admin, bob, listed } = await openHouse((store) => ({
    ...store,
    async take(userId, some, at, current) {
      const act = before;
      before = null;
      await act?.();
      return await store.take(userId, some, at, current);
    },
  }));
  await using _ = rig;
  await rig.send(admin, bob);
  before = async () => void await rig.room.safety.stop(bob);
  assert.deepEqual(await listed(bob), []);
  assert.equal(before, null);
  assert.deepEqual(await listed(bob), []);
});

Deno.test("CO-3, DL-10: what was blocked before it was acknowledged stays away, and its sender sees it wait", async () => {
  const { rig, admin, bob, listed } = await openHouse();
  await using _ = rig;
  const { id } = await rig.send(admin, bob, { categories: ["feet"] });
  const { acknowledge } = await handOver(rig, bob);
  await rig.prefer(bob, noFeet);
  assert.deepEqual(await rig.inboxOf(bob), []);
  await acknowledge();
  assert.deepEqual(await listed(bob), []);
  assert.deepEqual(await rig.told(admin, id), { bob: "queued" });
});

Deno.test("CM-6: of an answer to a broadcast and its cancelling at once, nothing comes after the cancelling", async () => {
  for (const state of ["completed", "accepted", "declined", "deferred"] as const) {
    let before: (() => Promise<void>) | null = null;
    const { rig, admin, bob, totals } = await openHouse((store) => ({
      ...store,
      async change(changes, also) {
        const act = before;
        before = null;
        await act?.();
        return await store.change(changes, also);
      },
    }));
    await using _ = rig;
    const { id } = await rig.broadcast(admin, all);
    await rig.take(bob);
    before = async () => {
      assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id })).totals, { cancelled: 2 });
    };
    assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state })), "conflict", state);
    assert.deepEqual(await totals(id), { cancelled: 2 });
  }
});

Deno.test("CM-5: a broadcast's verdict that races with its cancelling is refused", async () => {
  let before: (() => Promise<void>) | null = null;
  const { rig, admin, bob, totals } = await openHouse((store) => ({
    ...store,
    async change(changes, also) {
      const act = before;
      before = null;
      await act?.();
      return await store.change(changes, also);
    },
  }));
  await using _ = rig;
  const { id } = await rig.broadcast(admin, all, { requires: "review" });
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id, state: "submitted", note: "Done." }));
  before = async () => void taken(await rig.room.transitions.cancel(admin, { id }));
  const verdict = { id, recipient: "bob", accept: true };
  assert.equal(kindOf(await rig.room.transitions.review(admin, verdict)), "conflict");
  assert.deepEqual(await totals(id), { cancelled: 2 });
});

Deno.test("CM-6, DL-6: cancelling what ran out changes nothing, whether its job has come round or not", async () => {
  for (const due of [true, false]) {
    const { rig, admin, bob, carl, totals } = await openHouse();
    await using _ = rig;
    const expiresAt = iso(rig.clock.now() + dayMs);
    const direct = await rig.send(admin, [bob, carl], { expiresAt });
    const broadcast = await rig.broadcast(admin, all, { expiresAt });
    const waiting = await rig.broadcast(admin, all, { expiresAt });
    await rig.take(bob);
    for (const { id } of [direct, broadcast]) {
      taken(await rig.room.transitions.update(bob, { id, state: "accepted" }));
    }
    rig.clock.advance(dayMs);
    if (due) await rig.jobs.runDue();
    assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id: waiting.id })).totals, {
      expired: 2,
    });
    for (const { id } of [direct, broadcast]) {
      // What somebody took on does not run out, and can be taken back.
      const both = { expired: 1, cancelled: 1 };
      assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id })).totals, both, `due: ${due}`);
      await rig.jobs.runDue();
      assert.deepEqual(taken(await rig.room.transitions.cancel(admin, { id })).totals, both);
      assert.deepEqual(await totals(id), both);
    }
  }
});

Deno.test("CM-7: the sender of a broadcast sees when it was made, released and how it ended", async () => {
  const { rig, admin, bob, totals } = await openHouse();
  await using _ = rig;
  const begunMs = rig.clock.now();
  const timeline = async (id: string) => taken(await rig.room.history.get(admin, { id })).timeline;
  const deliverAt = iso(begunMs + 1000);
  const { id } = await rig.broadcast(admin, { kind: "category", category: "feet" }, { deliverAt });
  const scheduled = { at: iso(begunMs), state: "scheduled" };
  assert.deepEqual(await timeline(id), [scheduled]);
  await rig.runDue(1000);
  const released = { at: deliverAt, state: "queued" };
  assert.deepEqual(await timeline(id), [scheduled, released]);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id, state: "accepted" }));
  assert.deepEqual(await timeline(id), [scheduled, released], "nothing of single people");
  await rig.runDue(14 * dayMs);
  const expired = { at: iso(rig.clock.now()), state: "expired" };
  assert.deepEqual(await timeline(id), [scheduled, released, expired]);
  rig.clock.advance(1000);
  taken(await rig.room.transitions.cancel(admin, { id }));
  const cancelled = { at: iso(rig.clock.now()), state: "cancelled", who: "admin" };
  assert.deepEqual(await timeline(id), [scheduled, released, expired, cancelled]);
  assert.deepEqual(await totals(id), { expired: 1, cancelled: 1 });
  const now = await rig.broadcast(admin, all);
  assert.deepEqual(await timeline(now.id), [{ at: iso(rig.clock.now()), state: "queued" }]);
});

Deno.test("DL-4: a command in flight to one person twice takes the room of one", async () => {
  const { rig, admin, bob, carl } = await openHouse();
  await using _ = rig;
  const { id } = await rig.send(admin, carl);
  const record = (await rig.stateOf(carl, id))!;
  const { inFlight } = rig.room;
  inFlight.add("A")(carl.userId, record, null);
  const again = inFlight.add("B");
  for (let time = 0; time < 60_000; time++) again(bob.userId, record, null);
  assert.ok(inFlight.has(carl.userId, "A"), "there was no need to forget anything");
});

Deno.test("CO-6: what a read is about to withhold while stop is pressed ends with the rest", async () => {
  const gate = Promise.withResolvers<void>();
  let reading: Promise<unknown> | null = null;
  let waits = false;
  await using live = await LiveRig.open({
    change: (store) => ({
      ...store,
      async states(wanted) {
        const found = await store.states(wanted);
        if (waits) await gate.promise;
        return found;
      },
      async setStop(userId, sinceMs) {
        const stop = await store.setStop(userId, sinceMs);
        waits = false;
        gate.resolve();
        await reading;
        return stop;
      },
    }),
  });
  const { rig } = live;
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  await rig.prefer(bob, { categories: { feet: "allow" } });
  const { id } = await rig.send(admin, bob, { categories: ["feet"] });
  await rig.prefer(bob, noFeet);
  waits = true;
  reading = rig.readInbox(bob);
  await rig.rest();
  await rig.room.safety.stop(bob);
  assert.equal((await rig.stateOf(bob, id))?.state, "stopped");
  assert.deepEqual(await rig.told(admin, id), { bob: "stopped" });
});
