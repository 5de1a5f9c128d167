import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { LiveRig } from "../fakes/live_rig.ts";
import { until } from "../fakes/until.ts";

const all = { kind: "all" } as const;

Deno.test("DL-2: three devices, one new and one back after a week, get broadcasts and direct commands in one order", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  const send = async (count: number) => {
    const ids: string[] = [];
    for (let at = 0; at < count; at++) {
      rig.clock.advance(1000);
      ids.push((at % 2 === 0 ? await rig.broadcast(admin, all) : await rig.send(admin, bob)).id);
    }
    return ids;
  };
  const first = await send(9);
  assert.deepEqual(await rig.take(bob, "phone"), first);
  assert.deepEqual(await rig.take(bob, "desk"), first);
  const closed = [first[2]!, first[3]!];
  for (const id of closed) taken(await rig.room.transitions.update(bob, { id, state: "completed" }));
  // The desk stays away for a week, in which the phone goes on.
  const meanwhile: string[] = [];
  for (let day = 0; day < 7; day++) {
    rig.clock.advance(dayMs - 2000);
    const today = await send(2);
    assert.deepEqual(await rig.take(bob, "phone"), today);
    meanwhile.push(...today);
  }
  taken(await rig.room.transitions.update(bob, { id: meanwhile[4]!, state: "declined" }));
  const away = meanwhile.filter((id) => id !== meanwhile[4]);
  const { pending } = await rig.room.inbox.resume(bob.userId, "desk");
  assert.equal(pending, away.length);
  assert.deepEqual(await rig.take(bob, "desk"), away);
  const open = [...first.filter((id) => !closed.includes(id)), ...away];
  assert.equal((await rig.room.inbox.resume(bob.userId, "tablet")).pending, open.length);
  assert.deepEqual(await rig.take(bob, "tablet"), open);
  const live = await send(3);
  for (const device of ["phone", "desk", "tablet"]) {
    assert.deepEqual(await rig.take(bob, device), live, device);
    assert.deepEqual(await rig.take(bob, device), [], device);
    assert.equal((await rig.room.inbox.resume(bob.userId, device)).pending, 0);
  }
});

Deno.test("DL-4: what was broadcast is delivered after a restart, after what each device had", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const first = await rig.broadcast(admin, all);
  assert.deepEqual(await rig.take(bob), [first.id]);
  await rig.room.inbox.flush();
  const second = await rig.broadcast(admin, all);
  await using restarted = await CommandRig.open({ store: rig.store, clock: rig.clock });
  const again = restarted.person("bob");
  assert.deepEqual(await restarted.take(again), [second.id]);
  assert.deepEqual(await restarted.take(again, "new"), [first.id, second.id]);
});

Deno.test("WS-10: a device gets the broadcasts of the kinds that it shows, and the others are left for the rest", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const task = await rig.broadcast(admin, all, { kind: "task" });
  const message = await rig.broadcast(admin, all);
  const shown = async (kinds: string[]) =>
    (await rig.inboxOf(bob, new Set(kinds))).map(({ command }) => command.id);
  assert.deepEqual(await shown(["message"]), [message.id]);
  assert.deepEqual(await shown(["task", "message"]), [task.id, message.id]);
});

Deno.test("DL-1, DL-5: a live device gets broadcasts and direct commands in the order of the store, however they mix", async () => {
  await using live = await LiveRig.open();
  const { rig } = live;
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  const phone = await live.connect(bob, "phone", { window: 256 });
  const other = await live.connect(bob, "desk", { window: 3 });
  const later = rig.clock.now() + 1000;
  for (let at = 0; at < 4; at++) {
    await rig.broadcast(admin, all, { deliverAt: new Date(later).toISOString(), title: `scheduled ${at}` });
  }
  const sending: Promise<unknown>[] = [];
  for (let at = 0; at < 60; at++) {
    sending.push(at % 2 === 0 ? rig.broadcast(admin, all) : rig.send(admin, bob));
    if (at === 30) {
      rig.clock.advance(1000);
      sending.push(rig.jobs.runDue());
    }
  }
  await Promise.all(sending);
  await rig.rest();
  const order = (await rig.inboxOf(bob)).map(({ command }) => command.id);
  assert.equal(order.length, 64);
  assert.deepEqual(phone.socket.delivered(), order);
  while (other.socket.delivered().length < order.length) {
    const before = other.socket.delivered().length;
    const last = other.socket.notified("command.deliver").at(-1)!.deliveries as { cursor: string }[];
    await live.answer(other, "inbox.ack", { cursor: last.at(-1)!.cursor });
    // The answer does not wait for the next read.
    await until(() => other.socket.delivered().length > before, "more deliveries");
  }
  assert.deepEqual(other.socket.delivered(), order);
});

Deno.test("CM-6: a broadcast that is cancelled while a device reads it is not brought back by the read", async () => {
  await using live = await LiveRig.open();
  const { rig } = live;
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const { id } = await rig.broadcast(admin, all);
  const phone = await live.connect(bob);
  const cancelling = rig.room.transitions.cancel(admin, { id });
  live.hub.ring(bob.userId);
  assert.deepEqual(taken(await cancelling).totals, { cancelled: 1 });
  await rig.rest();
  const shown = phone.socket.frames.flatMap(({ method, params }) => {
    if (method === "command.changed") return [String(params?.state)];
    return method === "command.deliver" ? ["delivered"] : [];
  });
  assert.equal(shown.at(-1), "cancelled");
  assert.ok(shown.filter((what) => what === "delivered").length <= 1);
  assert.deepEqual(await rig.inboxOf(bob), []);
});

Deno.test("BR-6, DL-9: who leaves the group while its command is being written does not get it from the ring", async () => {
  let meanwhile = () => {};
  await using live = await LiveRig.open({
    change: (store) => ({
      ...store,
      accept: (acceptance) => {
        const accepting = store.accept(acceptance);
        meanwhile();
        return accepting;
      },
    }),
  });
  const { rig } = live;
  const [ann, bob, carl] = [rig.person("ann"), rig.person("bob"), rig.person("carl")];
  for (const who of [ann, bob, carl]) rig.join(who, "choir", "owner");
  const phones = await Promise.all([bob, carl].map((who) => live.connect(who)));
  meanwhile = () => rig.leave(bob, "choir");
  const { id } = await rig.broadcast(ann, { kind: "group", group: "choir" });
  await rig.rest();
  assert.deepEqual(phones.map(({ socket }) => socket.delivered()), [[], [id]]);
});

Deno.test("WS-3: what waits is counted up to a bound, own commands and broadcasts together", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  for (let at = 0; at < 150; at++) await rig.send(admin, bob);
  for (let at = 0; at < 150; at++) await rig.broadcast(admin, all);
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).pending, limits.pendingCounted);
  const got = await rig.take(bob, "phone");
  assert.equal(got.length, 300);
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).pending, 0);
});
