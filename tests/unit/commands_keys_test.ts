import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { CommandValue } from "../../lib/adapters/kv/log_entries.ts";
import type { KvKey } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { dump, storeFile } from "../fakes/kv_stores.ts";

/** How a person's open commands count in the store: by entries of their log, and by records beside it. */
async function counted(rig: CommandRig, userId: string): Promise<{ log: string[]; apart: string[] }> {
  const entries = await dump(rig.store.kv, keys.inbox(userId)) as [KvKey, CommandValue][];
  const apart = await dump(rig.store.kv, keys.openFromOf(userId));
  return {
    log: entries.map(([, { commandId, senderKind }]) => `${senderKind} ${commandId}`).sort(),
    apart: apart.map(([key]) => `${String(key[3])} ${String(key[4])}`).sort(),
  };
}

Deno.test("DL-7: an open command counts once, by its entry in the log or by a record beside it", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const now = await rig.send(ann, bob);
  const later = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + dayMs) });
  const names = { now: `contact ${now.id}`, later: `contact ${later.id}` };
  assert.deepEqual(await counted(rig, bob.userId), { log: [names.now], apart: [names.later] });
  await rig.runDue(dayMs);
  assert.deepEqual(await counted(rig, bob.userId), { log: [names.now, names.later].sort(), apart: [] });
  // Withheld at the delivery.
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await counted(rig, bob.userId), { log: [], apart: [names.now, names.later].sort() });
  const blocked = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + dayMs) });
  await rig.runDue(dayMs);
  assert.equal((await counted(rig, bob.userId)).apart.includes(`contact ${blocked.id}`), true);
  for (const { id } of [now, later, blocked]) taken(await rig.room.transitions.cancel(ann, { id }));
  assert.deepEqual(await counted(rig, bob.userId), { log: [], apart: [] });
});

Deno.test("DL-7: a command that is purged while it is open counts no more", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob);
  await rig.commands.purge((await rig.commands.commands([id])).get(id)!);
  assert.deepEqual(await counted(rig, bob.userId), { log: [], apart: [] });
});

Deno.test("OP-2, DL-7: logs of layout 2 get kinds and senders, and nothing counts twice", async () => {
  await using file = await storeFile();
  let before: [KvKey, unknown][];
  {
    await using store = await openStore(file.path);
    await using rig = await CommandRig.open({ store });
    const [ann, bob, eve] = [rig.person("ann"), rig.person("bob"), rig.person("eve")];
    rig.connect(ann, bob);
    for (let at = 0; at < 3; at++) await rig.send(ann, bob, { key: `k${at}` });
    await rig.send(eve, bob);
    await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + dayMs) });
    before = (await dump(store.kv)).map(([key, value]) => {
      const { sent: _, ...entry } = value as CommandValue;
      return key[0] === keys.logs()[0] ? [key, entry] : [key, value];
    });
    // As layout 2 had it: every open command has the record that counts it, and entries have nothing but their command.
    for (const [key, value] of await dump(store.kv, keys.logs()) as [KvKey, CommandValue][]) {
      const { commandId, senderId, senderKind } = value;
      await store.kv.set(key, { commandId });
      await store.kv.set(keys.openFrom(String(key[1]), senderId!, senderKind!, commandId), 1);
    }
    await store.kv.set(keys.migration(), 2);
  }
  await using store = await openStore(file.path);
  assert.deepEqual(await dump(store.kv), before);
});

Deno.test("DL-6: one job ends all commands of a second, each at its time, and purges them two weeks later", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const begunAt = rig.clock.now();
  const first = await rig.send(ann, bob);
  rig.clock.advance(400);
  const second = await rig.send(ann, bob);
  const own = await rig.send(ann, bob, { expiresAt: iso(rig.clock.now() + dayMs) });
  const kinds = async () =>
    (await dump(rig.store.kv, keys.jobs())).map(([, job]) => (job as { kind: string }).kind);
  assert.deepEqual(await kinds(), ["expire", "expire_made"]);
  const states = async () => {
    const read = await rig.commands.states(
      [first, second, own].map(({ id }) => ({ userId: bob.userId, commandId: id })),
    );
    return read.map((stored) => stored?.record.state ?? "gone");
  };
  await rig.runDue(dayMs);
  assert.deepEqual(await states(), ["queued", "queued", "expired"]);
  // The first one's time, not yet the second's.
  await rig.runDue(begunAt + 14 * dayMs - rig.clock.now());
  assert.deepEqual(await states(), ["expired", "queued", "expired"]);
  await rig.runDue(1000);
  assert.deepEqual(await states(), ["expired", "expired", "expired"]);
  await rig.runDue(14 * dayMs + 1000);
  assert.deepEqual(await states(), ["gone", "gone", "gone"]);
  assert.deepEqual(await kinds(), []);
});
