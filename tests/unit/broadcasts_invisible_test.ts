import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import type { PreferencesChange } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";

const choir = { kind: "group", group: "choir" } as const;
const all = { kind: "all" } as const;
type Ending = "expires" | "is cancelled" | "is stopped" | "is stopped and resumed";

/**
 * All that a group's sender hears and reads of a command to a group in which somebody withholds it and never opens their
 * inbox, or would take it and never opens their inbox. The rigs have the same clock and randomness.
 */
async function groupTranscript(change: PreferencesChange, ending: Ending): Promise<unknown[]> {
  await using rig = await CommandRig.open();
  const [ann, bob, carl] = [rig.person("ann"), rig.person("bob"), rig.person("carl")];
  rig.join(ann, "choir", "sender");
  rig.join(bob, "choir");
  rig.join(carl, "choir");
  await rig.prefer(bob, change);
  for (const who of [ann, bob, carl]) rig.bell.present.add(who.userId);
  const written: unknown[] = [];
  const draft = rig.draft([], { audience: choir, dueAt: iso(rig.clock.now() + dayMs) });
  written.push(await rig.room.sender.preview(ann, draft));
  const sent = taken(await rig.room.sender.send(ann, draft));
  written.push(sent, await rig.room.sender.send(ann, draft));
  const later = await rig.broadcast(ann, choir, {
    deliverAt: iso(rig.clock.now() + 1000),
    requires: "review",
  });
  await rig.runDue(1000);
  await rig.take(carl);
  const read = async () => {
    for (let seconds = 0; seconds < 2; seconds++) {
      await rig.clock.advanceAsync(1000);
      await rig.rest();
    }
    for (const { id } of [sent.command, later]) {
      written.push(await rig.room.history.get(ann, { id }));
      written.push(await rig.room.transitions.review(ann, { id, recipient: "bob", accept: true }));
    }
    for (const state of ["queued", "delivered", "stopped", undefined] as const) {
      const filter = state === undefined ? {} : { state };
      written.push(await rig.room.history.list(ann, { box: "outbox", ...filter }));
    }
  };
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
    case "is stopped and resumed":
      await rig.room.safety.stop(bob);
      await rig.broadcast(ann, choir);
      rig.clock.advance(5000);
      taken(await rig.room.safety.resume(bob));
      break;
    default:
      ending satisfies never;
  }
  await read();
  const heard = rig.bell.rung.filter(({ userId, what }) => userId === ann.userId && what === "notify");
  written.push(heard.map((one) => JSON.stringify(one)).sort());
  if (Object.keys(change).length > 0) assert.deepEqual(rig.bell.changesOf(bob.userId), []);
  return written;
}

const unwanted: Record<string, PreferencesChange> = {
  "blocked": { blockedUsers: ["ann"] },
  "a blocked category": { categories: { general: "block" } },
};

for (const ending of ["expires", "is cancelled", "is stopped", "is stopped and resumed"] as const) {
  for (const [name, change] of Object.entries(unwanted)) {
    Deno.test(`CO-3: ${name} looks to a group's sender like a command that waits and ${ending}`, async () => {
      const waiting = await groupTranscript({}, ending);
      assert.deepEqual(await groupTranscript(change, ending), waiting);
      assert.equal(JSON.stringify(waiting).includes("queued"), true);
    });
  }
}

Deno.test("CO-3: who blocks a broadcast after it was sent stays among those who wait, and then expires", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob, carl] = [rig.person("admin", "admin"), rig.person("bob"), rig.person("carl")];
  const { id } = await rig.broadcast(admin, all);
  rig.clock.advance(1);
  const before = taken(await rig.room.history.get(admin, { id }));
  await rig.prefer(bob, { blockedUsers: ["admin"] });
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })), before);
  await rig.take(carl);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { queued: 1, delivered: 1 });
  assert.equal(kindOf(await rig.room.history.get(bob, { id })), "not_found");
  await rig.runDue(15 * dayMs);
  assert.deepEqual(taken(await rig.room.history.get(admin, { id })).totals, { expired: 2 });
  assert.deepEqual(rig.bell.changesOf(bob.userId), []);
});

Deno.test("CO-3: no answer to an update tells a broadcast that is withheld from one that is not there", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  await rig.prefer(bob, { broadcasts: false });
  rig.clock.advance(1);
  const { id } = await rig.broadcast(admin, all);
  const gone = id.slice(0, -1) + (id.endsWith("0") ? "1" : "0");
  for (const state of ["seen", "accepted", "declined"] as const) {
    assert.deepEqual(
      await rig.room.transitions.update(bob, { id, state }),
      await rig.room.transitions.update(bob, { id: gone, state }),
    );
  }
  assert.deepEqual(await rig.room.history.get(bob, { id }), await rig.room.history.get(bob, { id: gone }));
});
