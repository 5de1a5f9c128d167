import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { iso } from "../../lib/platform/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const hourMs = 3600_000;

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob };
}

const idsOf = (deliveries: readonly { command: { id: string } }[]) =>
  deliveries.map(({ command }) => command.id);

Deno.test("DL-2: a new device starts with every open command, oldest first; one that came back with what it missed", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const first = await rig.send(ann, bob);
  const second = await rig.send(ann, bob);
  assert.deepEqual(await rig.room.inbox.resume(bob.userId, "phone"), { cursor: null, pending: 2 });
  assert.deepEqual(await rig.take(bob, "phone"), [first.id, second.id]);
  assert.deepEqual(await rig.take(bob, "phone"), []);
  const third = await rig.send(ann, bob);
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).pending, 1);
  assert.deepEqual(await rig.take(bob, "phone"), [third.id]);
  taken(await rig.room.transitions.update(bob, { id: second.id, state: "completed" }));
  assert.deepEqual(await rig.take(bob, "desktop"), [first.id, third.id]);
});

Deno.test("CM-1: a command to oneself arrives like any other, also for someone who accepts from nobody", async () => {
  const { rig, ann } = await twoContacts();
  await using _ = rig;
  taken(await rig.consent.set(ann, { acceptFrom: "nobody" }));
  const note = await rig.send(ann, ann);
  assert.deepEqual(await rig.take(ann, "phone"), [note.id]);
  taken(await rig.room.transitions.update(ann, { id: note.id, state: "completed" }));
  const detail = taken(await rig.room.history.get(ann, { id: note.id }));
  assert.equal(detail.state?.state, "completed");
  assert.equal(detail.recipients?.[0]?.state, "completed");
});

Deno.test("DL-2: a device's place is in the store half a second after it acknowledged", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.send(ann, bob);
  await rig.take(bob, "phone");
  assert.equal(await rig.commands.cursor(bob.userId, "phone"), null);
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).pending, 0);
  await rig.clock.advanceAsync(500);
  await rig.room.inbox.flush();
  const cursor = await rig.commands.cursor(bob.userId, "phone");
  assert.match(cursor ?? "", /^[0-9a-f]{20}$/);
  assert.deepEqual(await rig.room.inbox.resume(bob.userId, "phone"), { cursor, pending: 0 });
});

Deno.test("DL-2: a place that could not be written is kept and written with the next try", async () => {
  let failing = true;
  await using rig = await CommandRig.open({
    change: (store) => ({
      ...store,
      saveCursors: (cursors) => failing ? Promise.reject(new Error("disk full")) : store.saveCursors(cursors),
    }),
  });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  await rig.send(ann, bob);
  await rig.take(bob, "phone");
  await rig.room.inbox.flush();
  assert.equal((await rig.room.inbox.resume(bob.userId, "phone")).pending, 0);
  failing = false;
  await rig.room.inbox.flush();
  assert.notEqual(await rig.commands.cursor(bob.userId, "phone"), null);
});

Deno.test("WS-10: kinds that a device cannot show are passed over and wait for another", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const message = await rig.send(ann, bob);
  const task = await rig.send(ann, bob, { kind: "task" });
  assert.deepEqual(idsOf(await rig.inboxOf(bob, new Set(["task"]))), [task.id]);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), [message.id, task.id]);
  assert.equal((await rig.stateOf(bob, message.id))?.state, "queued");
});

Deno.test("DL-6: what ran out is delivered to nobody from that moment on, though the store still holds it", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const own = await rig.send(ann, bob, { expiresAt: iso(rig.clock.now() + hourMs) });
  const other = await rig.send(ann, bob);
  rig.clock.advance(hourMs - 1);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), [own.id, other.id]);
  rig.clock.advance(1);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), [other.id]);
  const listed = taken(await rig.room.history.inboxList(bob, {}));
  assert.deepEqual(idsOf(listed.items), [other.id]);
  assert.equal((await rig.stateOf(bob, own.id))?.state, "queued");
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id: own.id, state: "accepted" })), "expired");
});

Deno.test("DL-6: the sender hears once that it expired, after 14 days or at its own time", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const own = await rig.send(ann, bob, { expiresAt: iso(rig.clock.now() + hourMs) });
  const other = await rig.send(ann, bob);
  await rig.runDue(hourMs);
  await rig.runDue(1000);
  const heard = () =>
    rig.bell.changesOf(ann.userId).map(({ id, state, recipient }) => [id, state, recipient]);
  assert.deepEqual(heard(), [[own.id, "expired", "bob"]]);
  await rig.runDue(14 * dayMs - hourMs - 1001);
  assert.equal(heard().length, 1);
  await rig.runDue(1);
  assert.deepEqual(heard().slice(1), [[other.id, "expired", "bob"]]);
  assert.deepEqual(await dump(rig.store.kv, keys.inbox(bob.userId)), []);
  assert.equal(await rig.commands.inboxCountAfter(bob.userId, null), 0);
});

Deno.test("DL-6: what a person took on does not expire under their hands; the rest does", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const accepted = await rig.send(ann, bob);
  const seen = await rig.send(ann, bob);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: accepted.id, state: "accepted" }));
  taken(await rig.room.transitions.update(bob, { id: seen.id, state: "seen" }));
  await rig.runDue(14 * dayMs);
  assert.equal((await rig.stateOf(bob, accepted.id))?.state, "accepted");
  assert.equal((await rig.stateOf(bob, seen.id))?.state, "expired");
  taken(await rig.room.transitions.update(bob, { id: accepted.id, state: "completed" }));
  assert.equal((await rig.stateOf(bob, accepted.id))?.state, "completed");
});

Deno.test("DL-6: two weeks after the last happening nothing is left of a command", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: command.id, state: "accepted" }));
  await rig.runDue(20 * dayMs);
  taken(await rig.room.transitions.update(bob, { id: command.id, state: "completed" }));
  await rig.runDue(14 * dayMs - 1);
  assert.equal((await rig.stateOf(bob, command.id))?.state, "completed");
  // Purging comes round with the command's job, which looks once in a fortnight.
  await rig.runDue(14 * dayMs);
  await rig.runDue(14 * dayMs);
  for (const prefix of ["command", "state", "outbox", "inbox", "job"]) {
    assert.deepEqual(await dump(rig.store.kv, [prefix]), [], prefix);
  }
  assert.equal(kindOf(await rig.room.history.get(ann, { id: command.id })), "not_found");
});

Deno.test("CM-8: a scheduled command comes when it is due and not before", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + 90 * dayMs) });
  assert.deepEqual(await rig.told(ann, command.id), { bob: "scheduled" });
  assert.equal(kindOf(await rig.room.history.get(bob, { id: command.id })), "not_found");
  await rig.runDue(90 * dayMs - 1);
  assert.deepEqual(await rig.inboxOf(bob), []);
  await rig.runDue(1);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), [command.id]);
  assert.deepEqual(rig.bell.rung.filter(({ what }) => what === "ring"), [{
    what: "ring",
    userId: bob.userId,
  }]);
  assert.deepEqual(await rig.told(ann, command.id), { bob: "queued" });
});

Deno.test("CM-8: a scheduled command that was cancelled in time never comes, and its person hears nothing", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + dayMs) });
  assert.deepEqual(taken(await rig.room.transitions.cancel(ann, { id: command.id })).totals, {
    cancelled: 1,
  });
  await rig.runDue(dayMs);
  assert.deepEqual(await rig.inboxOf(bob), []);
  assert.deepEqual(rig.bell.rung.filter(({ userId }) => userId === bob.userId), []);
});

Deno.test("DL-5: scheduled commands that fell due while nobody looked arrive in order", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const carl = rig.person("carl");
  const sent: string[] = [];
  for (let at = 0; at < 30; at++) {
    // Every third has more recipients, so that its release takes longer.
    const to = at % 3 === 0 ? [carl, bob] : [bob];
    const deliverAt = iso(rig.clock.now() + 1000 + Math.floor(at / 2));
    sent.push((await rig.send(ann, to, { deliverAt })).id);
  }
  await rig.runDue(dayMs);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), sent);
});

Deno.test("DL-9: consent that was tightened after the send keeps the command back for good; the sender sees it wait", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  for (
    const change of [{ blockedUsers: ["ann"] }, { acceptFrom: "nobody" as const }, {
      categories: { general: "block" as const },
    }]
  ) {
    const command = await rig.send(ann, bob);
    const before = await rig.consent.get(bob);
    await rig.prefer(bob, change);
    assert.deepEqual(await rig.inboxOf(bob), [], JSON.stringify(change));
    assert.deepEqual(await rig.told(ann, command.id), { bob: "queued" });
    await rig.prefer(bob, before);
    assert.deepEqual(await rig.inboxOf(bob), []);
    assert.deepEqual(await rig.take(bob), []);
    assert.deepEqual(await rig.told(ann, command.id), { bob: "queued" });
    assert.equal(kindOf(await rig.room.history.get(bob, { id: command.id })), "not_found");
    assert.equal(
      kindOf(await rig.room.transitions.update(bob, { id: command.id, state: "seen" })),
      "not_found",
    );
    assert.equal(await rig.commands.inboxCountAfter(bob.userId, null), 0);
  }
});

Deno.test("DL-9: consent is asked for a scheduled command when it is due, not when it was sent", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const stranger = rig.person("stranger");
  const deliverAt = iso(rig.clock.now() + 1000);
  const lost = await rig.send(ann, bob, { deliverAt });
  const won = await rig.send(stranger, bob, { deliverAt });
  await rig.prefer(bob, { acceptFrom: "anyone", blockedUsers: ["ann"] });
  await rig.runDue(1000);
  assert.deepEqual(idsOf(await rig.inboxOf(bob)), [won.id]);
  assert.deepEqual(await rig.told(ann, lost.id), { bob: "queued" });
});

Deno.test("DL-9: a delivered command stays the person's, and does not go to further devices once it is blocked", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob);
  await rig.take(bob, "phone");
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(await rig.inboxOf(bob), []);
  assert.deepEqual(idsOf(taken(await rig.room.history.inboxList(bob, {})).items), [command.id]);
});

Deno.test("CO-2: before it is opened a sealed command shows nothing but sender, times and categories, anywhere", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "ask" } });
  const secret = {
    kind: "x-secret-kind",
    title: "SECRET title",
    body: "SECRET body",
    data: { s: "SECRET data" },
  };
  const command = await rig.send(ann, bob, { ...secret, categories: ["general", "feet"] });
  const sealed = {
    id: command.id,
    sealed: true,
    from: command.from,
    categories: ["general", "feet"],
    createdAt: command.createdAt,
    deliverAt: null,
    dueAt: null,
    expiresAt: command.expiresAt,
  };
  const delivered = await rig.inboxOf(bob);
  assert.deepEqual(delivered.map(({ command }) => command), [sealed]);
  await rig.take(bob);
  const list = taken(await rig.room.history.inboxList(bob, {}));
  const detail = taken(await rig.room.history.get(bob, { id: command.id }));
  assert.deepEqual(list.items[0]!.command, sealed);
  assert.deepEqual(detail.command, sealed);
  const deferred = taken(await rig.room.transitions.update(bob, { id: command.id, state: "deferred" }));
  assert.deepEqual(deferred.command, sealed);
  const known = JSON.stringify([
    delivered,
    list,
    detail,
    deferred,
    rig.bell.rung.filter((one) => one.userId === bob.userId),
  ]);
  assert.doesNotMatch(known, /secret/i);

  const opened = taken(await rig.room.transitions.update(bob, { id: command.id, state: "seen" }));
  assert.deepEqual(opened.command, command);
  assert.deepEqual(rig.bell.changesOf(bob.userId).at(-1)?.command, command);
  assert.deepEqual(taken(await rig.room.history.get(bob, { id: command.id })).command, command);
  assert.deepEqual((await rig.inboxOf(bob)).map(({ command }) => command), [command]);
});

Deno.test("CO-2: a sealed command that is declined stays sealed", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { general: "ask" } });
  const command = await rig.send(ann, bob, { title: "SECRET" });
  await rig.take(bob);
  const declined = taken(await rig.room.transitions.update(bob, { id: command.id, state: "declined" }));
  assert.equal("sealed" in declined.command, true);
  const list = taken(await rig.room.history.inboxList(bob, {}));
  assert.doesNotMatch(JSON.stringify([list, rig.bell.changesOf(bob.userId)]), /SECRET/);
});

Deno.test("CO-4: quiet hours hold what comes, in order, and lose nothing", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  rig.setTimeZone(bob, "Europe/Berlin");
  // The clock stands at midnight UTC, one o'clock in Berlin.
  await rig.prefer(bob, { quietHours: { from: "22:00", to: "07:00" } });
  const first = await rig.send(ann, bob);
  const second = await rig.send(ann, bob);
  const slice = await rig.readInbox(bob);
  assert.deepEqual(slice.deliveries, []);
  assert.equal(slice.upTo, null);
  assert.deepEqual(slice.held, { untilMs: rig.clock.now() + 6 * hourMs });
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
  assert.equal(rig.bell.changesOf(ann.userId).length, 0);
  rig.clock.advance(6 * hourMs);
  assert.deepEqual(await rig.take(bob), [first.id, second.id]);
});

Deno.test("CO-4: the daily limit holds the rest until tomorrow, counts each once and over all devices", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { dailyLimit: 2 });
  const sent = [];
  for (let at = 0; at < 5; at++) sent.push((await rig.send(ann, bob)).id);
  const slice = await rig.readInbox(bob);
  assert.deepEqual(idsOf(slice.deliveries), sent.slice(0, 2));
  assert.deepEqual(slice.held, { untilMs: rig.clock.now() + dayMs });
  assert.equal(slice.upTo, slice.deliveries[1]!.cursor);
  // Read again without an acknowledgement, and by another device: the same two.
  assert.deepEqual(await rig.take(bob, "phone"), sent.slice(0, 2));
  assert.deepEqual(await rig.take(bob, "desktop"), sent.slice(0, 2));
  assert.deepEqual(await rig.take(bob, "phone"), []);
  rig.clock.advance(dayMs);
  assert.deepEqual(await rig.take(bob, "phone"), sent.slice(2, 4));
  rig.clock.advance(dayMs);
  assert.deepEqual(await rig.take(bob, "phone"), sent.slice(4));
  assert.deepEqual((await dump(rig.store.kv, ["delivered_on"])).map(([, count]) => count), [2, 2, 1]);
});

Deno.test("CO-8: the person reads which rule let a command through; the sender does not", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const command = await rig.send(ann, bob);
  await rig.prefer(bob, { acceptFrom: "anyone" });
  await rig.take(bob);
  const rule = "acceptFrom=anyone (anyone); general=allow";
  assert.equal(taken(await rig.room.history.get(bob, { id: command.id })).state?.allowedBy, rule);
  assert.equal(taken(await rig.room.history.inboxList(bob, {})).items[0]!.state?.allowedBy, rule);
  const answer = taken(await rig.room.transitions.update(bob, { id: command.id, state: "seen" }));
  assert.equal(answer.state.allowedBy, rule);
  const seenBySender = [
    taken(await rig.room.history.get(ann, { id: command.id })),
    taken(await rig.room.history.list(ann, { box: "outbox" })),
    rig.bell.changesOf(ann.userId),
  ];
  assert.doesNotMatch(JSON.stringify(seenBySender), /acceptFrom|allowedBy/);
});
