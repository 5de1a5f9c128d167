import assert from "node:assert/strict";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { CommandRig } from "../fakes/command_rig.ts";

Deno.test("DL-2: what was counted for a device is delivered without a second read, and what came meanwhile is not missed", async () => {
  await using store = await openStore(":memory:");
  await using rig = await CommandRig.open({ store });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  for (let at = 0; at < 10; at++) await rig.send(ann, bob, { key: `first-${at}` });
  let lists = 0;
  const kv = new Proxy(store.kv, {
    get(target, name) {
      if (name === "list") lists++;
      return Reflect.get(target, name, target);
    },
  });
  // It hears of writes of its own only, so `rig.commands` writes and `counting` reads in turns below.
  const counting = kvCommandStore({ ...store, kv });
  const all = await rig.commands.inboxAfter(bob.userId, null, 100);
  assert.equal(await counting.inboxCountAfter(bob.userId, null), 10);
  assert.equal(lists, 1);
  assert.deepEqual(await counting.inboxAfter(bob.userId, null, 4), all.slice(0, 4));
  assert.deepEqual(await counting.inboxAfter(bob.userId, all[3]!.cursor, 4), all.slice(4, 8));
  assert.deepEqual(await counting.inboxAfter(bob.userId, all[7]!.cursor, 4), all.slice(8));
  assert.equal(lists, 1);
  assert.deepEqual(await counting.inboxAfter(bob.userId, null, 4), all.slice(0, 4), "from the store again");
  assert.equal(lists, 2);
  // Fewer were counted than wait: the rest is in the store.
  assert.equal(await counting.inboxCountAfter(bob.userId, null, 6), 6);
  assert.deepEqual(await counting.inboxAfter(bob.userId, null, 4), all.slice(0, 4));
  assert.deepEqual(await counting.inboxAfter(bob.userId, all[3]!.cursor, 4), all.slice(4, 8));
  // An append discards what was counted, also while it is being counted.
  const { commands } = rig;
  assert.equal(await commands.inboxCountAfter(bob.userId, null), 10);
  await rig.send(ann, bob, { key: "later" });
  assert.equal((await commands.inboxAfter(bob.userId, null, 100)).length, 11);
  const count = commands.inboxCountAfter(bob.userId, null);
  await Promise.all([rig.send(ann, bob, { key: "meanwhile" }), count]);
  assert.equal((await commands.inboxAfter(bob.userId, null, 100)).length, 12);
});
