import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { PreferencesChange } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

type Ending = "expires" | "is cancelled" | "is stopped";

/**
 * All that a sender hears and reads of commands to somebody who never opens their inbox, with ids and times as they are: the
 * rigs have the same clock and randomness, so that two transcripts differ only where the server tells something.
 */
async function transcript(change: PreferencesChange, ending: Ending): Promise<unknown[]> {
  await using rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  await rig.prefer(bob, change);
  const written: unknown[] = [];
  const draft = rig.draft(bob, { dueAt: iso(rig.clock.now() + dayMs) });
  written.push(await rig.room.sender.preview(ann, draft));
  const sent = taken(await rig.room.sender.send(ann, draft));
  written.push(sent, await rig.room.sender.send(ann, draft));
  const later = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + 1000) });
  await rig.runDue(1000);
  const read = async () => {
    for (const { id } of [sent.command, later]) written.push(await rig.room.history.get(ann, { id }));
    for (const state of ["queued", "delivered", undefined] as const) {
      const filter = state === undefined ? {} : { state };
      written.push(await rig.room.history.list(ann, { box: "outbox", ...filter }));
    }
  };
  await read();
  const changes = [{ title: "Edited" }, { title: "Edited" }, { deliverAt: iso(rig.clock.now() + 1000) }];
  for (const change of changes) {
    written.push(await rig.room.sender.edit(ann, { id: sent.command.id, ...change }));
  }
  await rig.runDue(1000);
  await read();
  switch (ending) {
    case "expires":
      await rig.runDue(15 * dayMs);
      break;
    case "is cancelled":
      written.push(await rig.room.transitions.cancel(ann, { id: sent.command.id }));
      break;
    case "is stopped":
      await rig.room.safety.stop(bob);
      break;
    default:
      ending satisfies never;
  }
  await read();
  // Jobs of one look run beside each other, so what they tell comes in any order.
  const heard = rig.bell.rung.filter(({ userId }) => userId === ann.userId);
  written.push(heard.map((one) => JSON.stringify(one)).sort());
  if (Object.keys(change).length > 0) assert.deepEqual(rig.bell.changesOf(bob.userId), []);
  return written;
}

const unwanted: Record<string, PreferencesChange> = {
  "blocked": { blockedUsers: ["ann"] },
  "not accepted from": { acceptFrom: "nobody" },
  "a blocked category": { categories: { general: "block" } },
};

for (const ending of ["expires", "is cancelled", "is stopped"] as const) {
  for (const [name, change] of Object.entries(unwanted)) {
    Deno.test(`CO-3: ${name} looks to the sender like a command that waits and ${ending}`, async () => {
      const waiting = await transcript({}, ending);
      assert.deepEqual(await transcript(change, ending), waiting);
      assert.equal(JSON.stringify(waiting).includes("queued"), true);
    });
  }
}

Deno.test("CO-3: blocked between send and delivery looks the same too, and nothing of it reaches the person", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { id } = await rig.send(ann, bob);
  const before = taken(await rig.room.history.get(ann, { id }));
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await rig.take(bob), []);
  rig.clock.advance(dayMs);
  assert.deepEqual(taken(await rig.room.history.get(ann, { id })), before);
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
  assert.equal(kindOf(await rig.room.history.get(bob, { id })), "not_found");
  taken(await rig.room.transitions.cancel(ann, { id }));
  assert.deepEqual(rig.bell.changesOf(bob.userId), []);
});

/** Commits in which a burst of sends to one person, and then the release of a burst of scheduled ones, were written. */
async function commitsOfBursts(change: PreferencesChange): Promise<number[]> {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  await rig.prefer(bob, change);
  const commits = async () => {
    const versions = new Set<string>();
    for await (const { versionstamp } of rig.store.kv.list({ prefix: ["state", bob.userId] })) {
      versions.add(versionstamp);
    }
    return versions.size;
  };
  await Promise.all(Array.from({ length: 20 }, () => rig.send(ann, bob)));
  const sent = await commits();
  const deliverAt = iso(rig.clock.now() + 1000);
  await Promise.all(Array.from({ length: 20 }, () => rig.send(ann, bob, { deliverAt })));
  await rig.runDue(1000);
  await rig.rest();
  return [sent, await commits()];
}

Deno.test("CO-10: a burst of withheld commands takes as many commits, and so as long, as one that waits", async () => {
  const waiting = await commitsOfBursts({});
  assert.deepEqual(waiting, [20, 40]);
  for (const change of Object.values(unwanted)) assert.deepEqual(await commitsOfBursts(change), waiting);
});

Deno.test("CO-3: a withheld command is not counted against an inbox and leaves no log entry", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const { id } = await rig.send(ann, bob);
  assert.equal((await rig.stateOf(bob, id))?.withheldBy, "accept_from");
  assert.equal(await rig.commands.inboxCountAfter(bob.userId, null), 0);
  assert.deepEqual(await rig.commands.inboxAfter(bob.userId, null, 10), []);
});

Deno.test("CO-6, CO-3: a withheld command that comes after the stop does not end with it", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const before = await rig.send(ann, bob);
  rig.clock.advance(1);
  await rig.room.safety.stop(bob);
  const during = await rig.send(ann, bob);
  rig.clock.advance(1);
  taken(await rig.room.safety.resume(bob));
  await rig.take(bob);
  const after = await rig.send(ann, bob);
  assert.deepEqual(await rig.told(ann, before.id), { bob: "stopped" });
  assert.deepEqual(await rig.told(ann, during.id), { bob: "queued" });
  assert.deepEqual(await rig.told(ann, after.id), { bob: "queued" });
});
