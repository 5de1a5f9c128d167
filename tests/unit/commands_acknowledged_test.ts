import assert from "node:assert/strict";
import { CommandRig } from "../fakes/command_rig.ts";

Deno.test("DL-11: a device's place does not pass what could not be written as delivered", async () => {
  let failing = true;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      take: (...delivery) => failing ? Promise.reject(new Error("disk full")) : store.take(...delivery),
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob);
  await assert.rejects(rig.take(bob), /disk full/);
  await rig.room.inbox.flush();
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).cursor, null);
  failing = false;
  assert.deepEqual(await rig.take(bob), [id], "it comes again");
  assert.equal((await rig.stateOf(bob, id))?.state, "delivered");
});

Deno.test("DL-11: an acknowledgement behind one that failed writes what that one acknowledged", async () => {
  const fails = [true];
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      take: (...delivery) =>
        fails.pop() === true ? Promise.reject(new Error("disk full")) : store.take(...delivery),
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  for (let count = 0; count < 2; count++) await rig.send(ann, bob);
  const deliveries = await rig.inboxOf(bob);
  const acknowledged = await Promise.allSettled(
    deliveries.map(({ cursor, command }) =>
      rig.room.inbox.acknowledge(bob.userId, "phone", cursor, [command.id])
    ),
  );
  assert.deepEqual(acknowledged.map(({ status }) => status), ["rejected", "fulfilled"]);
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).cursor, deliveries[1]!.cursor);
  for (const { command } of deliveries) {
    assert.equal((await rig.stateOf(bob, command.id))?.state, "delivered");
  }
});

Deno.test("CO-6, DL-11: a failed acknowledgement, a Stop and another device's acknowledgement at once leave nothing open", async () => {
  const fails = [true];
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      take: (...delivery) =>
        fails.pop() === true ? Promise.reject(new Error("disk full")) : store.take(...delivery),
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  for (let count = 0; count < 4; count++) await rig.send(ann, bob);
  const deliveries = await rig.inboxOf(bob);
  const ids = deliveries.map(({ command }) => command.id);
  const acknowledge = (device: string, at: number, taken: string[]) =>
    rig.room.inbox.acknowledge(bob.userId, device, deliveries[at]!.cursor, taken);
  await Promise.allSettled([
    acknowledge("phone", 0, ids.slice(0, 1)),
    acknowledge("phone", 1, ids.slice(1, 2)),
    rig.room.safety.stop(bob),
    acknowledge("desk", 3, ids),
  ]);
  for (const id of ids) assert.equal((await rig.stateOf(bob, id))?.state, "stopped");
});

Deno.test("DL-11, DL-10: devices with different kinds, and a clock that is set back, leave one state for each command", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const kinds = ["task", "message", "message"];
  const ids: string[] = [];
  for (let count = 0; count < 150; count++) {
    ids.push((await rig.send(ann, bob, { kind: kinds[count % kinds.length] })).id);
  }
  const states = () => Promise.all(ids.map(async (id) => (await rig.stateOf(bob, id))?.state));
  const messages = await rig.inboxOf(bob, new Set(["message"]));
  const taken = messages.map(({ command }) => command.id);
  await rig.room.inbox.acknowledge(bob.userId, "reader", messages.at(-1)!.cursor, taken);
  assert.deepEqual(await states(), ids.map((_, at) => at % kinds.length === 0 ? "queued" : "delivered"));
  const tasks = await rig.inboxOf(bob, new Set(["task"]));
  await Promise.all(
    tasks.map(({ cursor, command }) =>
      rig.room.inbox.acknowledge(bob.userId, "worker", cursor, [command.id])
    ),
  );
  assert.deepEqual(await states(), ids.map(() => "delivered"));
  rig.clock.advance(-3600_000);
  const { id } = await rig.send(ann, bob);
  ids.push(id);
  assert.equal((await rig.take(bob, "new")).at(-1), id);
  const history: string[] = [];
  for (let before: string | null = null; before !== "";) {
    const page = await rig.commands.history(bob.userId, before, 7);
    history.push(...page.map(({ commandId }) => commandId));
    before = page.length < 7 ? "" : page.at(-1)!.commandId;
  }
  assert.deepEqual(history, ids.toSorted().toReversed());
  await rig.room.safety.stop(bob);
  assert.deepEqual(await states(), ids.map(() => "stopped"));
});

Deno.test("DL-11: the acknowledgement of what was read from the log reads no record again", async () => {
  let read = 0;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      states: (wanted) => {
        read += wanted.length;
        return store.states(wanted);
      },
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const sent = await Promise.all(Array.from({ length: 20 }, () => rig.send(ann, bob)));
  const { deliveries } = await rig.room.inbox.next(bob.userId, null, 64, null);
  assert.equal(deliveries.length, sent.length);
  read = 0;
  const ids = sent.map(({ id }) => id);
  await rig.room.inbox.acknowledge(bob.userId, "phone", deliveries.at(-1)!.cursor, ids);
  assert.equal(read, 0);
  assert.equal((await rig.stateOf(bob, ids[0]!))?.state, "delivered");
});
