import assert from "node:assert/strict";
import { CommandRig, taken } from "../fakes/command_rig.ts";

const text = "Kneel now";

async function twoContacts() {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  return { rig, ann, bob };
}

Deno.test("CO-11: a recipient's note reaches no sender who stopped or blocks them; a stopped one reads it later", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const views = async () => [
    taken(await rig.room.history.get(ann, { id })),
    taken(await rig.room.history.list(ann, { box: "outbox" })),
    rig.bell.changesOf(ann.userId),
  ];
  const reads = async () => JSON.stringify(await views()).includes(text);
  await rig.room.safety.stop(ann);
  taken(await rig.room.transitions.update(bob, { id, state: "accepted", note: text }));
  assert.equal(await reads(), false);
  assert.deepEqual(rig.bell.changesOf(ann.userId).map(({ state, note }) => [state, note]), [
    ["delivered", null],
    ["accepted", null],
  ]);
  taken(await rig.room.safety.resume(ann));
  assert.equal(await reads(), true);
  await rig.prefer(ann, { blockedUsers: ["bob"] });
  assert.equal(JSON.stringify((await views()).slice(0, 2)).includes(text), false);
  rig.bell.rung.length = 0;
  taken(await rig.room.transitions.update(bob, { id, state: "completed", note: text }));
  assert.equal(await reads(), false);
  await rig.prefer(ann, { blockedUsers: [] });
  assert.equal(await reads(), true);
  assert.equal(JSON.stringify(taken(await rig.room.history.get(bob, { id }))).includes(text), true);
});

Deno.test("CO-11, CO-10: a blocked sender's review ends the work, and its note never arrives; the sender sees no difference", async () => {
  const seen: unknown[] = [];
  for (const blockedUsers of [[], ["ann"]]) {
    const { rig, ann, bob } = await twoContacts();
    await using _ = rig;
    const { id } = await rig.send(ann, bob, { requires: "review" });
    await rig.take(bob);
    taken(await rig.room.transitions.update(bob, { id, state: "accepted" }));
    taken(await rig.room.transitions.update(bob, { id, state: "submitted", note: "Done" }));
    await rig.prefer(bob, { blockedUsers });
    const answer = taken(
      await rig.room.transitions.review(ann, { id, recipient: "bob", accept: false, note: text }),
    );
    const own = taken(await rig.room.history.get(ann, { id }));
    seen.push([answer, own, rig.bell.changesOf(ann.userId)]);
    assert.equal(own.timeline.at(-1)!.note, text);
    await rig.prefer(bob, { blockedUsers: [] });
    const ofBob = [
      taken(await rig.room.history.get(bob, { id })),
      taken(await rig.room.history.inboxList(bob, {})),
      taken(await rig.room.transitions.update(bob, { id, state: "submitted", note: "Again" })),
      rig.bell.changesOf(bob.userId),
    ];
    assert.equal(ofBob[0] !== undefined && JSON.stringify(ofBob).includes(text), blockedUsers.length === 0);
    assert.equal(JSON.stringify(ofBob).includes('"state":"returned"'), true);
  }
  assert.deepEqual(seen[1], seen[0]);
});
