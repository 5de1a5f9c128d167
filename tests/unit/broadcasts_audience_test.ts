import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { type Audience, english, type PreferencesChange, Refusal } from "../../lib/protocol/mod.ts";
import { CommandRig, kindOf, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

const all = { kind: "all" } as const;
const feet = { kind: "category", category: "feet" } as const;
const choir = { kind: "group", group: "choir" } as const;

function peopleOf(rig: CommandRig, count: number): Caller[] {
  return Array.from({ length: count }, (_, at) => rig.person(`p${at}`));
}

Deno.test("BR-2: a group takes commands from its senders and owners, and from nobody else", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob, carl] = [rig.person("ann"), rig.person("bob"), rig.person("carl")];
  const [dora, admin] = [rig.person("dora"), rig.person("admin", "admin")];
  rig.join(ann, "choir", "owner");
  rig.join(bob, "choir", "sender");
  rig.join(carl, "choir", "member");
  rig.join(dora, "other", "owner");
  const answers = [];
  for (const who of [ann, bob, carl, dora, admin]) {
    answers.push(kindOf(await rig.room.sender.send(who, rig.draft([], { audience: choir }))));
  }
  assert.deepEqual(answers, ["taken", "taken", "forbidden", "not_found", "not_found"]);
  const unknown = await rig.room.sender.send(
    ann,
    rig.draft([], { audience: { kind: "group", group: "nobody-knows" } }),
  );
  assert.ok(unknown instanceof Refusal && unknown.kind === "not_found");
  assert.match(english(unknown.message), /nobody-knows/);
});

Deno.test("BR-1: a group's command reaches each member who accepted, but not its sender", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob, carl, dora] = ["ann", "bob", "carl", "dora"].map((name) => rig.person(name)) as [
    Caller,
    Caller,
    Caller,
    Caller,
  ];
  for (const who of [ann, bob, carl]) rig.join(who, "choir", "sender");
  rig.join(dora, "other");
  const command = await rig.broadcast(ann, choir);
  assert.deepEqual(command.audience, { kind: "group", name: "choir" });
  for (const who of [bob, carl]) assert.deepEqual(await rig.take(who), [command.id]);
  for (const who of [ann, dora]) assert.deepEqual(await rig.take(who), []);
});

Deno.test("BR-2: a category and everyone take commands from those with the right to broadcast only", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const admin = rig.person("admin", "admin");
  await rig.prefer(bob, { categories: { feet: "allow" } });
  for (const audience of [all, feet]) {
    const draft = () => rig.draft([], { audience });
    assert.equal(kindOf(await rig.room.sender.send(ann, draft())), "forbidden");
    assert.equal(kindOf(await rig.room.sender.preview(ann, draft())), "forbidden");
    assert.equal(
      kindOf(await rig.room.sender.send({ ...ann, rights: { broadcast: true } }, draft())),
      "taken",
    );
    assert.equal(kindOf(await rig.room.sender.send(admin, draft())), "taken");
  }
  assert.equal((await rig.take(bob)).length, 4);
});

Deno.test("BR-1: a category's own command carries it, once, and it counts towards the five", async () => {
  await using rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const command = await rig.broadcast(admin, feet);
  assert.deepEqual(command.categories, ["feet"]);
  assert.deepEqual(command.audience, { kind: "category", name: "feet" });
  const with2 = await rig.broadcast(admin, feet, { categories: ["general", "feet"] });
  assert.deepEqual(with2.categories, ["general", "feet"]);
  assert.deepEqual((await rig.broadcast(admin, all)).categories, ["general"]);
  const { kv } = rig.store;
  for (const slug of ["one", "two", "three"]) {
    await kv.set(["category", slug], { slug, title: slug, description: "", order: 9, retired: false });
  }
  await using fresh = await CommandRig.open({ store: rig.store, clock: rig.clock });
  const send = (categories: string[]) =>
    fresh.room.sender.send(admin, fresh.draft([], { audience: feet, categories, key: categories.join() }));
  assert.equal(kindOf(await send(["general", "one", "two", "three"])), "taken");
  const sixth = await send(["general", "one", "two", "three", "censored"]);
  assert.ok(sixth instanceof Refusal && sixth.kind === "invalid_params");
  assert.deepEqual(Object.keys(sixth.detail.fields ?? {}), ["categories"]);
});

Deno.test("BR-4: who joins later does not get it, neither the server nor a group", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob, admin] = [rig.person("ann"), rig.person("bob"), rig.person("admin", "admin")];
  rig.join(ann, "choir", "owner");
  const toAll = await rig.broadcast(admin, all);
  await rig.broadcast(ann, choir);
  rig.clock.advance(1);
  rig.join(bob, "choir");
  const carl = rig.person("carl", "member", rig.clock.now());
  rig.join(carl, "choir");
  assert.deepEqual(await rig.take(bob), [toAll.id]);
  assert.deepEqual(await rig.take(carl), []);
  rig.clock.advance(1);
  const later = await rig.broadcast(ann, choir);
  assert.deepEqual(await rig.take(bob), [later.id]);
  assert.deepEqual(await rig.take(carl), [later.id]);
  rig.leave(bob, "choir");
  const without = await rig.broadcast(ann, choir);
  rig.clock.advance(1);
  rig.join(bob, "choir");
  assert.deepEqual(await rig.take(bob), []);
  assert.deepEqual(await rig.take(carl), [without.id]);
  const open = (await rig.inboxOf(bob)).map(({ command }) => command.id);
  assert.deepEqual(open, [toAll.id], "nor what came before the new membership");
});

Deno.test("BR-4: a person who leaves a group before its command was delivered does not get it", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.join(ann, "choir", "owner");
  rig.join(bob, "choir");
  const { id } = await rig.broadcast(ann, choir);
  rig.leave(bob, "choir");
  assert.deepEqual(await rig.take(bob), []);
  assert.equal(kindOf(await rig.room.transitions.update(bob, { id, state: "seen" })), "not_found");
  assert.deepEqual(taken(await rig.room.history.inboxList(bob, {})).items, []);
});

Deno.test("BR-4: a broadcast is written once, the same for 10 and for 1,000 people", async () => {
  const written: [number, string[]][] = [];
  for (const count of [10, 1000]) {
    await using rig = await CommandRig.open();
    const admin = rig.person("admin", "admin");
    for (const person of peopleOf(rig, count)) rig.join(person, "choir");
    rig.join(admin, "choir", "owner");
    const before = new Set((await dump(rig.store.kv)).map(([key]) => key.join("/")));
    for (const audience of [all, feet, choir]) await rig.broadcast(admin, audience);
    const added = (await dump(rig.store.kv)).map(([key]) => key).filter((key) => !before.has(key.join("/")));
    written.push([count, added.map((key) => String(key[0]))]);
  }
  assert.deepEqual(written[0]![1], written[1]![1]);
  // One job ends all that were sent in one second.
  assert.equal(
    written[0]![1].length,
    3 * ["broadcast", "cast", "command", "outbox", "send_key"].length + ["job"].length,
  );
});

Deno.test("BR-3: a preview counts by the rules, names what excludes, and writes nothing", async () => {
  await using rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const people = peopleOf(rig, 11);
  const caster: Caller = { ...rig.person("caster"), rights: { broadcast: true } };
  const [p0, p1, p2, p3, p4] = people as [Caller, Caller, Caller, Caller, Caller];
  await rig.prefer(p0, { broadcasts: false });
  await rig.prefer(p1, { categories: { general: "block" } });
  await rig.prefer(p2, { blockedUsers: ["admin"] });
  await rig.prefer(p3, { categories: { general: "ask" } });
  await rig.prefer(p4, { quietHours: { from: "00:00", to: "23:59" }, dailyLimit: 0 });
  await rig.room.safety.stop(p4);
  for (const who of [admin, caster, ...people]) rig.bell.present.add(who.userId);
  for (const who of people.slice(3, 6)) rig.bell.present.delete(who.userId);
  const before = await dump(rig.store.kv);
  const truth = {
    matched: 9,
    online: 6,
    offline: 3,
    excluded: { broadcasts: 1, "category:general": 1, blocked_user: 1 },
  };
  const draft = rig.draft([], { audience: all });
  assert.deepEqual(await rig.room.sender.preview(admin, draft), truth);
  assert.deepEqual(await rig.room.sender.preview(caster, draft), { matched: 12, excluded: {} });
  const wanted = rig.draft([], { audience: feet });
  assert.deepEqual(await rig.room.sender.preview(caster, wanted), { matched: 12, excluded: {} });
  assert.deepEqual(await dump(rig.store.kv), before);
  assert.deepEqual(await rig.room.sender.preview(admin, rig.draft([], { audience: feet })), {
    matched: 0,
    online: 0,
    offline: 0,
    excluded: { broadcasts: 1, blocked_user: 1, "category:feet": 10 },
  });
});

Deno.test("BR-3: the answer to a send has the counts of its preview, and keeps them for a repeat", async () => {
  await using rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  peopleOf(rig, 6);
  const draft = rig.draft([], { audience: all });
  const counts = taken(await rig.room.sender.preview(admin, draft));
  const sent = taken(await rig.room.sender.send(admin, draft));
  assert.deepEqual(sent.audience, counts);
  assert.equal(counts.matched, 6);
  rig.person("late", "member", rig.clock.now());
  assert.deepEqual(taken(await rig.room.sender.send(admin, draft)), sent);
});

Deno.test("BR-3, CO-3: a group's sender learns how many are in it, an administrator how many it reaches", async () => {
  await using rig = await CommandRig.open();
  const admin = rig.person("admin", "admin");
  const people = peopleOf(rig, 7);
  for (const person of people) rig.join(person, "choir", "sender");
  rig.join(admin, "choir", "sender");
  const draft = rig.draft([], { audience: choir });
  const preview = (who: Caller) => rig.room.sender.preview(who, draft);
  const before = await preview(people[0]!);
  assert.deepEqual(before, { matched: 7, excluded: {} });
  await rig.prefer(people[1]!, { blockedUsers: ["p0", "admin"] });
  await rig.prefer(people[2]!, { categories: { general: "block" } });
  assert.deepEqual(await preview(people[0]!), before);
  assert.deepEqual(await preview(admin), {
    matched: 5,
    online: 5,
    offline: 0,
    excluded: { blocked_user: 1, "category:general": 1 },
  });
});

Deno.test("BR-3: members get counts rounded down to two digits", async () => {
  await using rig = await CommandRig.open();
  const caster: Caller = { ...rig.person("caster"), rights: { broadcast: true } };
  const members = peopleOf(rig, 4);
  rig.join(caster, "choir", "sender");
  for (const who of members) rig.join(who, "choir");
  const matched = async (audience: Audience) =>
    taken(await rig.room.sender.preview(caster, rig.draft([], { audience }))).matched;
  assert.deepEqual([await matched(choir), await matched(all)], ["<5", "<5"]);
  for (let number = 0; number < 125; number++) {
    rig.join(rig.person(`more-${number}`, "member", rig.clock.now()), "choir");
  }
  assert.deepEqual([await matched(choir), await matched(all)], [120, 120]);
});

Deno.test("BR-3, CO-10: no count of a member's preview or broadcast depends on a person's rules or presence", async () => {
  const worlds: PreferencesChange[] = [
    {},
    { blockedUsers: ["caster", "puppet-0"] },
    { acceptFrom: "nobody", broadcasts: false },
    { categories: { general: "block" } },
  ];
  const seen: unknown[] = [];
  for (const [world, change] of worlds.entries()) {
    await using rig = await CommandRig.open();
    const caster: Caller = { ...rig.person("caster"), rights: { broadcast: true } };
    const victim = rig.person("victim");
    const own = Array.from({ length: 5 }, (_, at) => rig.person(`puppet-${at}`));
    for (const who of [caster, ...own]) rig.bell.present.add(who.userId);
    if (world % 2 === 0) rig.bell.present.add(victim.userId);
    else rig.bell.offline.add(victim.userId);
    const feetToo = own.map((who) => rig.prefer(who, { categories: { feet: "allow" } }));
    await Promise.all([...feetToo, rig.prefer(victim, { categories: { feet: "allow" } })]);
    await rig.prefer(victim, change);
    rig.clock.advance(1);
    const answers: unknown[] = [];
    for (const audience of [all, feet]) {
      const answer = taken(await rig.room.sender.send(caster, rig.draft([], { audience })));
      answers.push(
        answer.audience,
        taken(await rig.room.history.get(caster, { id: answer.command.id })).totals,
      );
      await rig.room.safety.stop(victim);
      answers.push(taken(await rig.room.history.get(caster, { id: answer.command.id })).totals);
      taken(await rig.room.safety.resume(victim));
      rig.clock.advance(1);
    }
    const direct = rig.draft([victim, ...own]);
    answers.push(await rig.room.sender.preview(caster, direct));
    answers.push(taken(await rig.room.sender.send(caster, direct)).audience);
    seen.push(answers);
  }
  for (const other of seen.slice(1)) assert.deepEqual(other, seen[0]);
  assert.deepEqual(seen[0], [
    { matched: 6, excluded: {} },
    { queued: 6 },
    { queued: 5, stopped: 1 },
    { matched: 6, excluded: {} },
    { queued: 6 },
    { queued: 5, stopped: 1 },
    { matched: 6, excluded: {} },
    { matched: 6, excluded: {} },
  ]);
});

Deno.test("CM-1: the same key with another audience is a conflict; sends at the same time are one broadcast", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  const draft = rig.draft([], { audience: all });
  const answers = await Promise.all(Array.from({ length: 6 }, () => rig.room.sender.send(admin, draft)));
  const ids = new Set(answers.map((answer) => taken(answer).command.id));
  assert.equal(ids.size, 1);
  assert.equal(kindOf(await rig.room.sender.send(admin, { ...draft, audience: feet })), "conflict");
  assert.deepEqual(await rig.take(bob), [...ids]);
});

Deno.test("DL-5: broadcasts and direct commands of one sender arrive in the order in which they were sent", async () => {
  await using rig = await CommandRig.open();
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  const drafts = Array.from(
    { length: 40 },
    (_, at) => rig.draft(bob, at % 3 === 0 ? { audience: all } : {}),
  );
  const sent = await Promise.all(drafts.map((draft) => rig.room.sender.send(admin, draft)));
  assert.deepEqual(await rig.take(bob), sent.map((answer) => taken(answer).command.id));
});
