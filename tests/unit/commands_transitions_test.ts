import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { StateRecord } from "../../lib/commands/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { type CommandState, english, Refusal, type TimelineEntry } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const hourMs = 3600_000;

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob, transitions: rig.room.transitions };
}

Deno.test("CM-4: a task goes all its way, and everybody hears each step", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { kind: "task" });
  await rig.take(bob);
  const steps: CommandState[] = ["seen", "accepted", "submitted", "completed"];
  for (const state of steps) {
    rig.clock.advance(1000);
    const answer = taken(await transitions.update(bob, { id, state, note: `now ${state}` }));
    assert.equal(answer.state.state, state);
    assert.equal(answer.state.updatedAt, iso(rig.clock.now()));
  }
  const heard = rig.bell.changesOf(ann.userId).map(({ state, recipient, note }) => [state, recipient, note]);
  assert.deepEqual(heard, [
    ["delivered", "bob", null],
    ...steps.map((state) => [state, "bob", `now ${state}`]),
  ]);
  assert.deepEqual(rig.bell.changesOf(bob.userId).map(({ state }) => state), steps);
  const detail = taken(await rig.room.history.get(ann, { id }));
  assert.deepEqual(detail.totals, { completed: 1 });
  assert.deepEqual(detail.timeline.map(({ state }) => state), ["queued", "delivered", ...steps]);
  assert.deepEqual([...new Set(detail.timeline.map(({ who }) => who))], ["bob"]);
});

Deno.test("CM-4, CM-5: a repeat is fine and changes nothing; another note to it and a forbidden move are conflicts", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const first = taken(await transitions.update(bob, { id, state: "accepted", note: "yes" }));
  const heard = rig.bell.rung.length;
  rig.clock.advance(1000);
  assert.deepEqual(taken(await transitions.update(bob, { id, state: "accepted", note: "yes" })), first);
  assert.deepEqual(taken(await transitions.update(bob, { id, state: "accepted" })), first);
  // What would be dropped is refused: nobody is told that it was kept.
  assert.equal(kindOf(await transitions.update(bob, { id, state: "accepted", note: "again" })), "conflict");
  assert.equal(rig.bell.rung.length, heard);
  for (
    const state of [
      "seen",
      "delivered",
      "queued",
      "scheduled",
      "returned",
      "expired",
      "cancelled",
      "stopped",
    ] as const
  ) {
    assert.equal(kindOf(await transitions.update(bob, { id, state })), "conflict", state);
  }
  taken(await transitions.update(bob, { id, state: "declined" }));
  assert.equal(kindOf(await transitions.update(bob, { id, state: "accepted" })), "conflict");
  assert.equal(kindOf(await transitions.update(bob, { id, state: "declined" })), "taken");
});

Deno.test("CM-4: an answer that overtakes its acknowledgement counts, and the late acknowledgement changes nothing", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  const [delivery] = await rig.inboxOf(bob);
  taken(await transitions.update(bob, { id, state: "accepted" }));
  await rig.room.inbox.acknowledge(bob.userId, "phone", delivery!.cursor, [id]);
  const record = await rig.stateOf(bob, id);
  assert.equal(record?.state, "accepted");
  assert.notEqual(record?.deliveredAt, null);
});

Deno.test("CM-4: nobody but a recipient answers, nobody but the sender reviews or cancels", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const eve = rig.person("eve");
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  const answers = [
    await transitions.update(eve, { id, state: "declined" }),
    await transitions.update(ann, { id, state: "declined" }),
    await transitions.cancel(eve, { id }),
    await transitions.cancel(bob, { id }),
    await transitions.review(bob, { id, recipient: "bob", accept: true }),
    await transitions.review(ann, { id, recipient: "eve", accept: true }),
    await transitions.update(bob, { id: "0".repeat(26), state: "seen" }),
    await transitions.cancel(ann, { id: "0".repeat(26) }),
  ];
  assert.deepEqual([...new Set(answers.map(kindOf))], ["not_found"]);
  const wording = answers.slice(0, 1).concat(answers[6]!).map((one) => english((one as Refusal).message));
  assert.equal(wording[0], wording[1], "what is another's looks like what is not there");
});

Deno.test("CM-5: what is required for proof or review is not submitted or completed without it", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const proof = await rig.send(ann, bob, { requires: "proof" });
  const review = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  for (const state of ["submitted", "completed"] as const) {
    const answer = await transitions.update(bob, { id: proof.id, state, note: "It is done, believe me." });
    assert.equal(kindOf(answer), "invalid_params", state);
    assert.deepEqual(Object.keys((answer as Refusal).detail.fields ?? {}), ["proof"]);
  }
  for (const note of [undefined, "", "  \n "]) {
    const answer = await transitions.update(bob, { id: review.id, state: "submitted", note });
    assert.equal(kindOf(answer), "invalid_params");
    assert.deepEqual(Object.keys((answer as Refusal).detail.fields ?? {}), ["note"]);
  }
  for (const { id } of [proof, review]) assert.equal((await rig.stateOf(bob, id))?.state, "delivered");
});

Deno.test("CM-5: the recipient's note stays theirs, and the sender's review is beside it, for both and in notifications", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  const review = (accept: boolean, note?: string) =>
    transitions.review(ann, { id, recipient: "bob", accept, note });
  assert.equal(kindOf(await review(true)), "conflict");
  taken(await transitions.update(bob, { id, state: "submitted", note: "All watered." }));
  assert.equal(kindOf(await transitions.update(bob, { id, state: "completed" })), "conflict");
  const back = taken(await review(false, "The small one too.")).recipient;
  assert.deepEqual([back.state, back.note, back.review?.accept, back.review?.note], [
    "returned",
    "All watered.",
    false,
    "The small one too.",
  ]);
  const seen = [
    taken(await rig.room.history.get(bob, { id })).state!,
    taken(await rig.room.history.get(ann, { id })).recipients![0]!,
    rig.bell.changesOf(bob.userId).at(-1)!,
    rig.bell.changesOf(ann.userId).at(-1)!,
  ];
  for (const one of seen) assert.deepEqual([one.note, one.review], ["All watered.", back.review]);

  const again = taken(await transitions.update(bob, { id, state: "submitted", note: "Now all." })).state;
  assert.deepEqual([again.note, again.review], ["Now all.", undefined], "a review is of one submission");
  const done = taken(await review(true)).recipient;
  assert.deepEqual([done.state, done.note, done.review], ["completed", "Now all.", {
    accept: true,
    note: null,
    at: done.updatedAt,
  }]);
  assert.deepEqual(await rig.inboxOf(bob), []);
});

Deno.test("CM-5, CM-7: the sender's timeline names who did each thing, and to whose copy", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  for (
    const step of [
      () => transitions.update(bob, { id, state: "submitted", note: "Here." }),
      () => transitions.review(ann, { id, recipient: "bob", accept: false, note: "Not yet." }),
      () => transitions.cancel(ann, { id }),
    ]
  ) {
    rig.clock.advance(1000);
    taken(await step());
  }
  const entries = (timeline: TimelineEntry[]) =>
    timeline.map(({ state, who, note }) => [state, who, note].filter((part) => part !== undefined).join(" "));
  const expected = ["submitted bob Here.", "returned ann Not yet.", "cancelled ann"];
  const sent = taken(await rig.room.history.get(ann, { id })).timeline;
  assert.deepEqual(entries(sent), ["queued bob", "delivered bob", ...expected]);
  assert.deepEqual(sent.map(({ recipient }) => recipient), [undefined, undefined, undefined, "bob", "bob"]);
  const received = taken(await rig.room.history.get(bob, { id })).timeline;
  assert.deepEqual(entries(received), ["queued", "delivered", ...expected]);
  assert.ok(received.every(({ recipient }) => recipient === undefined));
});

Deno.test("CM-5: a record of an earlier version, with the review's note in place of the recipient's, is read as it was meant", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { requires: "review" });
  await rig.take(bob);
  taken(await transitions.update(bob, { id, state: "submitted", note: "Mine." }));
  taken(await transitions.review(ann, { id, recipient: "bob", accept: false, note: "Theirs." }));
  const key = keys.state(bob.userId, id);
  const { review: _review, ...record } = (await rig.store.kv.get<StateRecord>(key)).value!;
  await rig.store.kv.set(key, { ...record, note: "Theirs." });
  const own = taken(await rig.room.history.get(bob, { id })).state!;
  assert.deepEqual([own.note, own.review?.accept, own.review?.note], ["Mine.", false, "Theirs."]);
  const declined = taken(await transitions.update(bob, { id, state: "declined" })).state;
  assert.equal(declined.note, "Mine.");
});

Deno.test("CM-5: files to hand in are refused as long as there are none", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const answer = await transitions.update(bob, { id, state: "submitted", proof: ["0".repeat(26)] });
  assert.equal(kindOf(answer), "not_found");
  assert.equal((await rig.stateOf(bob, id))?.state, "delivered");
});

Deno.test("CM-4: deferred comes back at its time, not at an earlier one that was put off", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const at = (hours: number) => iso(rig.clock.now() + hours * hourMs);
  const until = at(2);
  const later = at(5);
  const answer = taken(await transitions.update(bob, { id, state: "deferred", until }));
  assert.deepEqual([answer.state.state, answer.state.until], ["deferred", until]);
  assert.equal(rig.bell.changesOf(ann.userId).at(-1)?.until, until);
  assert.equal(
    taken(await transitions.update(bob, { id, state: "deferred", until: later })).state.until,
    later,
  );
  await rig.runDue(2 * hourMs);
  assert.equal((await rig.stateOf(bob, id))?.state, "deferred");
  await rig.runDue(3 * hourMs);
  const record = await rig.stateOf(bob, id);
  assert.deepEqual([record?.state, record?.until], ["delivered", null]);
  assert.equal(rig.bell.changesOf(bob.userId).at(-1)?.state, "delivered");
  assert.equal(rig.bell.changesOf(ann.userId).at(-1)?.state, "delivered");
});

Deno.test("CM-4: a deferral that was taken up or ended does not come back", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const taken1 = await rig.send(ann, bob);
  const ended = await rig.send(ann, bob);
  await rig.take(bob);
  const until = iso(rig.clock.now() + hourMs);
  for (const { id } of [taken1, ended]) {
    taken(await transitions.update(bob, { id, state: "deferred", until }));
  }
  taken(await transitions.update(bob, { id: taken1.id, state: "accepted" }));
  taken(await transitions.cancel(ann, { id: ended.id }));
  await rig.runDue(hourMs);
  assert.equal((await rig.stateOf(bob, taken1.id))?.state, "accepted");
  assert.equal((await rig.stateOf(bob, ended.id))?.state, "cancelled");
});

Deno.test("CM-5: until goes with deferred only, and lies ahead", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  const until = iso(rig.clock.now() + hourMs);
  assert.equal(kindOf(await transitions.update(bob, { id, state: "accepted", until })), "invalid_params");
  const past = iso(rig.clock.now());
  assert.equal(
    kindOf(await transitions.update(bob, { id, state: "deferred", until: past })),
    "invalid_params",
  );
  assert.equal((await rig.stateOf(bob, id))?.state, "delivered");
});

Deno.test("CM-6: cancelling ends what is open, leaves what has ended, and it vanishes from devices", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const others = ["carl", "dora", "emil"].map((name) => rig.person(name));
  for (const other of others) rig.connect(ann, other);
  const [carl, dora] = others as [typeof bob, typeof bob];
  const { id } = await rig.send(ann, [bob, ...others]);
  for (const one of [bob, carl, dora]) await rig.take(one);
  taken(await transitions.update(bob, { id, state: "completed" }));
  taken(await transitions.update(carl, { id, state: "accepted" }));
  rig.bell.rung.length = 0;
  const answer = taken(await transitions.cancel(ann, { id }));
  assert.deepEqual(answer, { id, totals: { completed: 1, cancelled: 3 } });
  for (const one of others) {
    assert.deepEqual(await rig.inboxOf(one), []);
    assert.deepEqual(rig.bell.changesOf(one.userId).map(({ id, state }) => [id, state]), [[id, "cancelled"]]);
    assert.equal(
      rig.bell.rung.some((rung) => rung.what === "consentChanged" && rung.userId === one.userId),
      true,
    );
  }
  assert.deepEqual(rig.bell.changesOf(bob.userId), []);
  assert.deepEqual(taken(await transitions.cancel(ann, { id })), answer);
  assert.deepEqual(await dump(rig.store.kv, ["inbox"]), []);
});

Deno.test("DL-8: what one device closes is told to all devices and handed to none any more", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  await rig.take(bob, "phone");
  const { cursor } = await rig.room.inbox.resume(bob.userId, "desktop");
  taken(await transitions.update({ ...bob, device: "phone" }, { id, state: "declined" }));
  assert.deepEqual(rig.bell.changesOf(bob.userId).map(({ id, state }) => [id, state]), [[id, "declined"]]);
  assert.deepEqual((await rig.readInbox(bob, cursor)).deliveries, []);
});

Deno.test("CM-7: an absent sender is not called, and reads it all later", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  rig.bell.offline.add(ann.userId);
  const { id } = await rig.send(ann, bob);
  await rig.take(bob);
  taken(await transitions.update(bob, { id, state: "accepted" }));
  assert.deepEqual(rig.bell.changesOf(ann.userId), []);
  const detail = taken(await rig.room.history.get(ann, { id }));
  assert.deepEqual(detail.timeline.map(({ state }) => state), ["queued", "delivered", "accepted"]);
});

Deno.test("CM-7: a record stays small whatever is written into it, so that it can always be ended", async () => {
  const { rig, ann, bob, transitions } = await twoContacts();
  await using _ = rig;
  const commands = [];
  for (let at = 0; at < 33; at++) commands.push(await rig.send(ann, bob, { requires: "review" }));
  await rig.take(bob);
  const note = "👍".repeat(1000);
  for (const { id } of commands) {
    for (let round = 0; round < (id === commands[0]!.id ? 60 : 8); round++) {
      taken(await transitions.update(bob, { id, state: "submitted", note }));
      taken(await transitions.review(ann, { id, recipient: "bob", accept: false, note }));
    }
  }
  const record = await rig.stateOf(bob, commands[0]!.id);
  assert.equal(record?.timeline.length, 50);
  assert.deepEqual(record?.timeline.slice(0, 2).map(({ state }) => state), ["queued", "delivered"]);
  assert.equal(record?.timeline.at(-1)?.note, note);
  await rig.room.safety.stop(bob);
  for (const { id } of commands) assert.equal((await rig.stateOf(bob, id))?.state, "stopped");
});

Deno.test("CM-6: a command to a hundred people is cancelled and expires for each of them", async () => {
  await using rig = await CommandRig.open();
  const ann = rig.person("ann");
  const people = Array.from({ length: 100 }, (_, at) => rig.person(`person-${at}`));
  for (const person of people) rig.connect(ann, person);
  const cancelled = await rig.send(ann, people);
  const expired = await rig.send(ann, people);
  assert.deepEqual(taken(await rig.room.transitions.cancel(ann, { id: cancelled.id })).totals, {
    cancelled: 100,
  });
  await rig.runDue(14 * dayMs);
  assert.deepEqual(taken(await rig.room.history.get(ann, { id: expired.id })).totals, { expired: 100 });
  assert.equal(rig.bell.changesOf(ann.userId).length, 200);
  assert.deepEqual(await dump(rig.store.kv, ["inbox"]), []);
});
