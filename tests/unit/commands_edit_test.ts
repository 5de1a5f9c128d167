import assert from "node:assert/strict";
import { Editing } from "../../lib/commands/editing.ts";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import type { Params } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, kindOf, taken } from "../fakes/command_rig.ts";
import { LiveRig } from "../fakes/live_rig.ts";
import { until } from "../fakes/until.ts";

type Change = Omit<Params<"command.edit">, "id">;

async function twoContacts() {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const edit = (id: string, change: Change, who: Caller = ann) =>
    rig.room.sender.edit(who, { id, ...change });
  return { rig, ann, bob, edit };
}

/** Titles that a new device of a person would be handed. */
async function titles(rig: CommandRig, who: Caller): Promise<(string | null)[]> {
  return (await rig.inboxOf(who)).map(({ command }) => "sealed" in command ? "(sealed)" : command.title);
}

Deno.test("CM-11: a command that nobody was handed changes in place, and only what it became is delivered", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const sent = await rig.send(ann, bob, {
    title: "Frist",
    body: "Old.",
    dueAt: iso(rig.clock.now() + dayMs),
  });
  const next = await rig.send(ann, bob, { title: "Second" });
  rig.clock.advance(60_000);
  const editedMs = rig.clock.now();
  const { command, audience } = taken(await edit(sent.id, { title: "First", dueAt: null }));
  assert.deepEqual(command, { ...sent, title: "First", dueAt: null });
  assert.deepEqual(audience, { matched: 1, excluded: {} });
  assert.deepEqual(taken(await rig.room.history.get(ann, { id: sent.id })).command, command);
  assert.deepEqual(await rig.told(ann, sent.id), { bob: "queued" });
  // It lies where it would if it were sent now.
  assert.deepEqual(await titles(rig, bob), ["Second", "First"]);
  assert.deepEqual(await rig.take(bob), [next.id, sent.id]);
  const got = taken(await rig.room.history.get(bob, { id: sent.id }));
  assert.deepEqual(got.command, command);
  assert.deepEqual(got.timeline.map(({ state }) => state), ["queued", "delivered"]);
  assert.ok(got.timeline.every(({ edited }) => edited === undefined));
  // Its sender reads when they changed it.
  const { timeline } = taken(await rig.room.history.get(ann, { id: sent.id }));
  const edits = timeline.filter(({ edited }) => edited === true);
  assert.deepEqual(edits, [{ at: iso(editedMs), state: "queued", who: "ann", edited: true }]);
  assert.deepEqual(timeline.map(({ at }) => at), timeline.map(({ at }) => at).sort());
  assert.equal(
    JSON.stringify(await rig.room.history.inboxList(bob, { q: "Frist" })).includes(sent.id),
    false,
  );
});

Deno.test("CM-11: the same change again gets the same answer, also once the command was delivered; another one is refused then", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob);
  const change = { body: "New.", categories: ["general"] };
  const first = taken(await edit(id, change));
  assert.deepEqual(taken(await edit(id, change)), first);
  await rig.take(bob);
  assert.deepEqual(taken(await edit(id, change)), first);
  assert.equal(kindOf(await edit(id, { body: "Newer." })), "conflict");
  assert.deepEqual(taken(await rig.room.history.get(bob, { id })).command, first.command);
});

Deno.test("CM-11, CO-9: consent is decided anew with what the command has become", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "block", censored: "ask" } });
  const { id } = await rig.send(ann, bob, { categories: ["feet"] });
  assert.equal((await rig.stateOf(bob, id))?.withheldBy !== null, true);
  taken(await edit(id, { categories: ["general"] }));
  assert.deepEqual(await titles(rig, bob), ["Title"]);
  taken(await edit(id, { categories: ["censored"] }));
  assert.deepEqual(await titles(rig, bob), ["(sealed)"]);
  taken(await edit(id, { categories: ["feet"] }));
  assert.deepEqual(await titles(rig, bob), []);
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, { view: "all" })).items, []);
  assert.deepEqual(await rig.told(ann, id), { bob: "queued" });
  assert.equal((await rig.commands.openCounts(bob.userId, true)).from(ann.userId), 1);
});

Deno.test("CM-11: what was delivered, shown, answered, cancelled, stopped or expired is not changed, and nobody changes another's", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const [shown, cancelled] = [await rig.send(ann, bob), await rig.send(ann, bob)];
  taken(await rig.room.transitions.cancel(ann, { id: cancelled.id }));
  taken(await rig.room.history.inboxList(bob, { view: "all" }));
  const open = await rig.send(ann, [bob, rig.person("cleo")]);
  await rig.take(bob);
  for (const { id } of [shown, cancelled, open]) {
    assert.equal(kindOf(await edit(id, { title: "Other" })), "conflict");
    assert.equal(kindOf(await edit(id, { title: "Other" }, bob)), "not_found");
  }
  const before = await rig.send(ann, bob);
  taken(await rig.room.safety.stop(bob));
  const during = await rig.send(ann, bob);
  assert.equal(kindOf(await edit(before.id, { title: "Other" })), "conflict");
  taken(await edit(during.id, { title: "Other" }));
  assert.deepEqual(await titles(rig, bob), []);
  taken(await rig.room.safety.resume(bob));
  assert.deepEqual(await titles(rig, bob), ["Other"]);
  rig.clock.advance(14 * dayMs);
  assert.equal(kindOf(await edit(during.id, { title: "Third" })), "expired");
});

Deno.test("CM-11: a change is checked as a send is, with what stays of the command", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { body: undefined });
  assert.equal(kindOf(await edit(id, { title: null })), "invalid_params");
  assert.equal(kindOf(await edit(id, { kind: "link" })), "invalid_params");
  assert.equal(kindOf(await edit(id, { categories: ["nothing"] })), "invalid_params");
  assert.equal(kindOf(await edit(id, { dueAt: iso(rig.clock.now() - 1) })), "invalid_params");
  assert.equal(kindOf(await edit(id, { attachments: ["01HZZZZZZZZZZZZZZZZZZZZZZZ"] })), "not_found");
  assert.deepEqual(await titles(rig, bob), ["Title"]);
  const link = taken(await edit(id, { kind: "link", data: { href: "https://example.org/" } })).command;
  assert.deepEqual([link.kind, link.data], ["link", { href: "https://example.org/" }]);
});

Deno.test("CM-11, CM-8: a scheduled command changes with its time, and is released once, at the time that it has then", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const at = (ms: number) => iso(rig.clock.now() + ms);
  const { id, expiresAt } = await rig.send(ann, bob, { deliverAt: at(dayMs) });
  const later = taken(await edit(id, { title: "Later", deliverAt: at(2 * dayMs) })).command;
  assert.equal(Date.parse(later.expiresAt) - Date.parse(expiresAt), dayMs);
  await rig.runDue(dayMs);
  assert.deepEqual(await titles(rig, bob), []);
  await rig.runDue(dayMs);
  assert.deepEqual(await titles(rig, bob), ["Later"]);
  // It waits for nothing any more, and can be put off again as nobody has it.
  taken(await edit(id, { deliverAt: at(dayMs) }));
  assert.deepEqual(await titles(rig, bob), []);
  const now = taken(await edit(id, { title: "Now", deliverAt: null })).command;
  assert.equal(now.deliverAt, null);
  await rig.runDue(3 * dayMs);
  assert.deepEqual(await titles(rig, bob), ["Now"]);
  assert.equal((await rig.take(bob)).length, 1);
});

Deno.test("CM-11, DL-6: a command ends at the time that it has after the change, and its deadline is reminded of at the new one", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  const at = (ms: number) => iso(rig.clock.now() + ms);
  const { id } = await rig.send(ann, bob, { expiresAt: at(3600_000) });
  taken(await edit(id, { expiresAt: at(2 * dayMs), dueAt: at(dayMs) }));
  await rig.runDue(3600_000);
  assert.deepEqual(await rig.told(ann, id), { bob: "queued" });
  await rig.take(bob);
  await rig.runDue(dayMs - 2 * 3600_000);
  const due = rig.bell.rung.filter(({ userId, method }) => userId === bob.userId && method === "command.due");
  assert.equal(due.length, 1);
  await rig.runDue(dayMs);
  assert.deepEqual(await rig.told(ann, id), { bob: "delivered" });
  await rig.runDue(3600_000);
  assert.deepEqual(await rig.told(ann, id), { bob: "expired" });
});

Deno.test("CM-11, BR-4: a broadcast changes until it is released, and whom it reaches is asked anew", async () => {
  const { rig, bob, edit } = await twoContacts();
  await using _ = rig;
  const root = rig.person("root", "admin");
  const { id } = await rig.broadcast(root, { kind: "all" }, {
    deliverAt: iso(rig.clock.now() + dayMs),
    categories: ["feet"],
  });
  const { audience } = taken(await edit(id, { title: "To all", categories: ["general"] }, root));
  assert.equal(audience.matched, 2);
  const now = taken(await edit(id, { deliverAt: null }, root)).command;
  assert.equal(now.title, "To all");
  await rig.runDue();
  assert.deepEqual(await titles(rig, bob), ["To all"]);
  assert.equal(kindOf(await edit(id, { title: "Other" }, root)), "conflict");
  const { id: released } = await rig.broadcast(root, { kind: "all" });
  assert.equal(kindOf(await edit(released, { title: "Other" }, root)), "conflict");
});

Deno.test("CM-11, CO-6: a release, a cancel, a Stop and another edit at the same moment leave one whole outcome", async () => {
  const { rig, ann, bob, edit } = await twoContacts();
  await using _ = rig;
  for (const rival of ["release", "cancel", "stop", "edit"] as const) {
    const { id } = await rig.send(ann, bob, { deliverAt: iso(rig.clock.now() + 1000) });
    rig.clock.advance(1000);
    const act = {
      release: () => rig.jobs.runDue(),
      cancel: () => rig.room.transitions.cancel(ann, { id }),
      stop: () => rig.room.safety.stop(bob),
      edit: () => edit(id, { body: "Both." }),
    };
    const [answer] = await Promise.all([edit(id, { title: rival }), act[rival]()]);
    await rig.jobs.runDue();
    const { command } = taken(await rig.room.history.get(ann, { id }));
    assert.equal("title" in command && command.title, kindOf(answer) === "taken" ? rival : "Title", rival);
    if (rival === "release") assert.equal((await titles(rig, bob)).at(-1), rival);
    if (rival === "cancel") assert.deepEqual(await rig.told(ann, id), { bob: "cancelled" });
    if (rival === "edit") assert.equal("body" in command && command.body, "Both.");
    if (rival === "stop") {
      assert.deepEqual(await titles(rig, bob), []);
      taken(await rig.room.safety.resume(bob));
    }
    taken(await rig.room.transitions.cancel(ann, { id }));
  }
});

/** A recipient who is on the line, and an edit that is being written when `meanwhile` happens. */
async function duringTheWrite<T>(meanwhile: (live: LiveRig, bob: Caller) => Promise<T>) {
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const live = await LiveRig.open({
    change: (store) => ({
      ...store,
      edit: async (edit) => {
        begun.resolve();
        await goOn.promise;
        return await store.edit(edit);
      },
    }),
  });
  const [ann, bob] = [live.rig.person("ann"), live.rig.person("bob")];
  live.rig.connect(ann, bob);
  const { id } = await live.rig.send(ann, bob, { title: "Before" });
  const answer = live.rig.room.sender.edit(ann, { id, title: "After" });
  await begun.promise;
  const met = meanwhile(live, bob);
  await live.rig.rest();
  goOn.resolve();
  return { live, answer: await answer, met: await met };
}

Deno.test("CM-11: edits of one command run one after the other, and a read waits for all of them", async () => {
  const editing = new Editing();
  const steps: string[] = [];
  const run = (name: string) =>
    editing.run("c", async () => {
      steps.push(`${name} begins`);
      for (let turns = 0; turns < 5; turns++) await null;
      steps.push(`${name} ends`);
    });
  const all = [run("one"), run("two"), run("three")];
  await all[0];
  await editing.settled(["c"]);
  await Promise.all(all);
  const whole = ["one", "two", "three"].flatMap((name) => [`${name} begins`, `${name} ends`]);
  assert.deepEqual(steps, whole);
});

Deno.test("CM-11: a device that connects during the write is handed the new text, once", async () => {
  const { live, met, answer } = await duringTheWrite((live, bob) => live.connect(bob));
  await using _ = live;
  taken(answer);
  const handed = await until(() => {
    const all = met.socket.notified("command.deliver").flatMap(({ deliveries }) =>
      deliveries as { command: { title: string } }[]
    );
    return all.length > 0 && all;
  }, "the delivery");
  await live.rig.rest();
  assert.deepEqual(handed.map(({ command }) => command.title), ["After"]);
});

Deno.test("CM-11: a page that is asked for during the write shows the new text", async () => {
  const { live, met, answer } = await duringTheWrite((live, bob) =>
    live.rig.room.history.inboxList(bob, { view: "all" })
  );
  await using _ = live;
  taken(answer);
  const { items } = taken(met);
  assert.deepEqual(items.map(({ command }) => "sealed" in command ? null : command.title), ["After"]);
});

Deno.test("CM-11: a device that was handed the command and has not acknowledged it keeps what it has", async () => {
  await using live = await LiveRig.open();
  const [ann, bob] = [live.rig.person("ann"), live.rig.person("bob")];
  live.rig.connect(ann, bob);
  // A limit a day: then the record alone says that it was counted.
  for (const dailyLimit of [null, 5]) {
    taken(await live.rig.consent.set(bob, { dailyLimit }));
    const device = await live.connect(bob);
    const { id } = await live.rig.send(ann, bob);
    await until(() => device.socket.delivered().includes(id), "the delivery");
    assert.equal(kindOf(await live.rig.room.sender.edit(ann, { id, title: "After" })), "conflict");
    device.connection.end("replaced", "gone");
    await live.rig.rest();
    assert.equal(kindOf(await live.rig.room.sender.edit(ann, { id, title: "After" })), "conflict");
  }
});
