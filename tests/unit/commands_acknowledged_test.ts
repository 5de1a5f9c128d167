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
