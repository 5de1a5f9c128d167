import assert from "node:assert/strict";
import { moderationLimits } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { moderationRig } from "../fakes/moderation_rig.ts";

const keyOf = (answer: unknown) =>
  (answer as { message?: { key: string } }).message?.key ?? (answer as { message?: string }).message;

Deno.test("MO-2: a claim keeps others away until it is released, decided or over", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, clock, command, report, queue, decided } = rig;
  const { caseId } = await report(ann, command(bob));
  must(await queue.claim(mod, caseId));
  assert.deepEqual((await rig.waiting())[0]!.claim?.yours, true);
  assert.equal(kindOf(await queue.claim(max, caseId)), "conflict");
  assert.equal(kindOf(await decided(max, caseId)), "conflict");
  must(await queue.claim(mod, caseId, { release: true }));
  must(await queue.claim(max, caseId));
  clock.advance(moderationLimits.claimMs);
  must(await queue.claim(mod, caseId));
  must(await decided(mod, caseId));
  assert.equal((await rig.waiting()).length, 0);
  assert.equal(kindOf(await decided(max, caseId)), "conflict", "decided already");
  assert.equal(kindOf(await queue.claim(ann, caseId)), "not_found", "there is no queue for members");
});

Deno.test("MO-2: two moderators who decide at once: one does", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, command, report, decided, users } = rig;
  const { caseId } = await report(ann, command(bob));
  const upheld = { outcome: "upheld", reason: "Spam.", actions: [{ kind: "mute" }] } as const;
  const kinds = (await Promise.all(
    [mod, max].map((by) => decided(by, caseId, { ...upheld, actions: [...upheld.actions] })),
  )).map(kindOf);
  assert.deepEqual(kinds.sort(), ["answered", "conflict"]);
  assert.equal(must(await users.get(mod, "bob")).sanctions.length, 1);
});

Deno.test("MO-2: a decision imposes several sanctions in one commit, and undoing it lifts them; both are in the audit log", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, command, report, decided, queue, users, mutes, limited } = rig;
  const { caseId } = await report(ann, command(bob));
  const actions = [{ kind: "warn" }, { kind: "mute" }, { kind: "limit" }] as const;
  must(await decided(mod, caseId, { outcome: "upheld", reason: "No adverts.", actions: [...actions] }));
  const sanctions = () => users.get(mod, "bob").then((user) => must(user).sanctions);
  assert.deepEqual((await sanctions()).map(({ kind, reason, over }) => [kind, reason, over]), [
    ["limit", "No adverts.", undefined],
    ["mute", "No adverts.", undefined],
    ["warn", "No adverts.", undefined],
  ]);
  assert.ok(await mutes.muteOf(bob.userId) !== null && await limited.muteOf(bob.userId) !== null);
  must(await queue.undo(max, caseId, "The wrong person."));
  assert.deepEqual(
    (await sanctions()).map(({ lifted }) => lifted?.reason),
    Array(3).fill("The wrong person."),
  );
  assert.deepEqual([await mutes.muteOf(bob.userId), await limited.muteOf(bob.userId)], [null, null]);
  const [open] = await rig.waiting();
  assert.deepEqual([open!.id, open!.decided], [caseId, null]);
  assert.deepEqual((await rig.actions()).slice(-2), ["queue.decide", "queue.undo"]);
  assert.equal(kindOf(await queue.undo(max, caseId, "Twice.")), "conflict");
  const stats = must(await rig.view.stats(mod));
  assert.deepEqual([stats.decided, stats.undone, stats.medianMs, stats.byModerator], [1, 1, 0, { mod: 1 }]);
});

Deno.test("MO-2: a moderator's suspension needs a second one; administrators decide alone", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, root, command, report, decided, users, bell } = rig;
  const suspend = { outcome: "upheld", reason: "Threats.", actions: [{ kind: "suspend" as const }] } as const;
  const { caseId } = await report(ann, command(bob));
  const asked = must(await decided(mod, caseId, { ...suspend, actions: [...suspend.actions] }));
  assert.deepEqual([asked.decided, asked.second, asked.notYours], [null, "mod", true]);
  assert.equal(must(await users.get(mod, "bob")).status, "active");
  assert.equal(
    keyOf(await decided(mod, caseId, { ...suspend, actions: [...suspend.actions] })),
    "queue.second",
  );
  must(await decided(max, caseId, { ...suspend, actions: [...suspend.actions] }));
  assert.equal(must(await users.get(mod, "bob")).status, "suspended");
  assert.deepEqual(bell.closedUsers, [`${bob.userId} suspended`]);
  const other = await report(ann, command(rig.eve));
  must(await decided(root, other.caseId, { ...suspend, actions: [...suspend.actions] }));
  assert.equal(must(await users.get(mod, "eve")).status, "suspended");
});

Deno.test("MO-2: a second opinion that is stricter than the first needs a second one itself", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, command, report, decided, users } = rig;
  const { caseId } = await report(ann, command(bob));
  must(await decided(mod, caseId, { outcome: "dismissed", second: true }));
  const suspend = { outcome: "upheld", reason: "Threats.", actions: [{ kind: "suspend" }] } as const;
  const asked = must(await decided(max, caseId, { ...suspend, actions: [...suspend.actions] }));
  assert.deepEqual([asked.decided, asked.second], [null, "max"]);
  assert.equal(must(await users.get(mod, "bob")).status, "active");
  must(await decided(mod, caseId, { ...suspend, actions: [...suspend.actions] }));
  assert.equal(must(await users.get(mod, "bob")).status, "suspended");
});

Deno.test("MO-1: a moderator who is reported sees neither the report nor by whom", async () => {
  await using rig = await moderationRig();
  const { ann, mod, max, root, command, report, view } = rig;
  for (const reported of [mod, root]) {
    const before = must(await view.list(reported, {})).waiting;
    const { caseId, report: { id } } = await report(ann, command(reported));
    const page = must(await view.list(reported, {}));
    assert.ok(!page.items.some((item) => item.id === caseId));
    assert.deepEqual(page.waiting, before, "their own case is not counted for them");
    assert.equal(must(await view.list(max, {})).waiting.report, before.report + 1);
    assert.equal(kindOf(await view.get(reported, caseId)), "not_found");
    assert.equal(kindOf(await view.report(reported, id)), "not_found");
    assert.equal(must(await view.get(max, caseId)).reports[0]?.reporter, "ann");
  }
});

Deno.test("MO-2: nobody decides about themselves, their own report or a colleague as a moderator; misfits are refused", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, max, command, report, decided, queue } = rig;
  const own = await report(ann, command(mod));
  assert.equal(keyOf(await decided(mod, own.caseId)), "queue.own");
  const reported = await report(mod, command(bob));
  assert.equal(keyOf(await decided(mod, reported.caseId)), "queue.own");
  assert.equal(keyOf(await queue.claim(mod, reported.caseId)), "queue.own");
  const mute = [{ kind: "mute" as const }];
  assert.equal(keyOf(await decided(max, own.caseId, { outcome: "upheld", actions: mute })), "sanction.staff");
  assert.equal(kindOf(await queue.note(mod, own.caseId, "I never did.")), "forbidden");
  assert.equal(must(await rig.view.list(max, {})).items.length, 2, "a refused decision decides nothing");
  const { caseId } = reported;
  for (
    const [decision, key] of [
      [{ outcome: "granted" }, "queue.outcome"],
      [{ outcome: "release" }, "queue.outcome"],
      [{ outcome: "dismissed", actions: mute }, "queue.actions"],
      [{ outcome: "upheld" }, "queue.noActions"],
      [{ outcome: "upheld", actions: mute, badFaith: true }, "queue.outcome"],
      [{ outcome: "upheld", actions: [{ kind: "mute", until: "2000-01-01T00:00:00.000Z" }] }, "queue.until"],
    ] as const
  ) {
    assert.equal(keyOf(await decided(max, caseId, decision as Parameters<typeof decided>[2])), key);
  }
});

Deno.test("MO-2: what was found to be fine is shown first with later reports of the same item", async () => {
  await using rig = await moderationRig();
  const { ann, bob, eve, mod, command, report, decided, view, queue } = rig;
  const id = command(bob);
  const first = await report(ann, id);
  must(await decided(mod, first.caseId, { outcome: "fine", reason: "A joke between friends." }));
  const later = await report(eve, id);
  assert.notEqual(later.caseId, first.caseId);
  const shown = must(await view.get(mod, later.caseId)).reports[0]!;
  assert.equal(shown.reviewed?.reason, "A joke between friends.");
  must(await queue.undo(mod, first.caseId, "No joke."));
  assert.equal(must(await view.report(mod, later.report.id)).reviewed, null);
});

Deno.test("MO-2: each look at a case is in the audit log; notes and history are for moderators", async () => {
  await using rig = await moderationRig();
  const { ann, bob, eve, mod, max, command, report, decided, view, queue } = rig;
  const first = await report(ann, command(bob));
  must(await decided(mod, first.caseId, { outcome: "upheld", reason: "No.", actions: [{ kind: "warn" }] }));
  await report(eve, command(bob));
  const { caseId } = await report(ann, command(bob));
  must(await queue.note(mod, caseId, "Again."));
  const detail = must(await view.get(max, caseId));
  assert.deepEqual(detail.notes.map(({ by, text }) => [by, text]), [["mod", "Again."]]);
  assert.deepEqual(detail.history, { total: 3, people: 2, upheld: 1, dismissed: 0, open: 2 });
  assert.deepEqual(detail.reports.map(({ reporter }) => reporter), ["ann", "eve"]);
  assert.equal((await rig.actions()).at(-1), "queue.look");
  for (
    const call of [
      view.get(ann, caseId),
      view.list(ann, {}),
      view.stats(ann),
      view.report(ann, first.report.id),
    ]
  ) {
    assert.equal(kindOf(await call), "not_found");
  }
});

Deno.test("MO-7: one appeal for a sanction; another moderator decides, and its outcome is the person's to read", async () => {
  await using rig = await moderationRig();
  const { bob, mod, max, users, appeals, ownSanctions, decided, view, mutes } = rig;
  const mute = must(await users.sanction(mod, "bob", { kind: "mute", reason: "Loud." }));
  const sent = must(await appeals.appeal(bob, { id: mute.id, text: "I was quiet." }));
  assert.deepEqual(sent.sanctions[0]!.appeal, { state: "open", reason: null });
  assert.equal(keyOf(await appeals.appeal(bob, { id: mute.id, text: "Again." })), "appeal.again");
  assert.equal(kindOf(await appeals.appeal(rig.ann, { id: mute.id, text: "Not mine." })), "not_found");
  const [item] = await rig.waiting();
  assert.deepEqual([item!.kind, item!.user, item!.notYours], ["appeal", "bob", true]);
  assert.equal(keyOf(await decided(mod, item!.id, { outcome: "granted" })), "queue.appealOwn");
  assert.equal(must(await view.get(max, item!.id)).appeal?.text, "I was quiet.");
  must(await decided(max, item!.id, { outcome: "refused", reason: "You were not." }));
  const refused = () => ownSanctions.list(bob).then(({ sanctions }) => sanctions[0]?.appeal);
  assert.deepEqual(await refused(), { state: "refused", reason: "You were not." });
  assert.equal(keyOf(await appeals.appeal(bob, { id: mute.id, text: "Once more." })), "appeal.again");
  must(await rig.queue.undo(max, item!.id, "Read it again."));
  assert.deepEqual(await refused(), { state: "open", reason: null });
  must(await decided(max, item!.id, { outcome: "granted", reason: "You were right." }));
  assert.deepEqual((await ownSanctions.list(bob)).sanctions, []);
  assert.equal(await mutes.muteOf(bob.userId), null);
  assert.deepEqual(rig.notices.of(bob.userId).map(({ kind }) => kind), [
    "sanction_imposed",
    "appeal_decided",
    "appeal_decided",
  ]);
  assert.equal(must(await users.get(max, "bob")).sanctions[0]!.lifted?.reason, "You were right.");
});

Deno.test("MO-7: a warning can be appealed also once it was read, and nothing that is over or lifted", async () => {
  await using rig = await moderationRig();
  const { bob, mod, users, appeals, ownSanctions } = rig;
  const warning = must(await users.sanction(mod, "bob", { kind: "warn", reason: "Mind." }));
  must(await ownSanctions.read(bob, warning.id));
  must(await appeals.appeal(bob, { id: warning.id, text: "Why?" }));
  const mute = must(await users.sanction(mod, "bob", { kind: "mute", reason: "Loud." }));
  must(await users.lift(mod, "bob", mute.id, "Quiet now."));
  assert.equal(keyOf(await appeals.appeal(bob, { id: mute.id, text: "Late." })), "appeal.over");
});

Deno.test("MO-7: administrators keep the reasons for sanctions; moderators read them", async () => {
  await using rig = await moderationRig();
  const { ann, mod, root, reasons } = rig;
  assert.ok(must(await reasons.list(mod)).reasons.length > 3);
  assert.equal(kindOf(await reasons.set(mod, [])), "not_found");
  assert.equal(kindOf(await reasons.list(ann)), "not_found");
  must(await reasons.set(root, [{ title: "Ours", text: "You broke our rule." }]));
  assert.deepEqual(must(await reasons.list(mod)).reasons.map(({ title }) => title), ["Ours"]);
  assert.equal((await rig.actions()).at(-1), "reasons.change");
});

Deno.test("MO-2: an automatic rule adds its sanction to the decision that meets it, is undone with it, and is a dry run first", async () => {
  await using rig = await moderationRig();
  const { ann, eve, zoe, bob, mod, root, command, report, decided, rules, queue, users, view } = rig;
  const rule = { upheld: 3, days: 30, sanction: "mute", lastsDays: 7, dryRun: true } as const;
  assert.equal(kindOf(await rules.set(mod, [rule])), "not_found");
  must(await rules.set(root, [rule]));
  const uphold = async (by: typeof ann) => {
    const { caseId } = await report(by, command(bob));
    const { rule: met } = must(await view.get(mod, caseId));
    const actions = [{ kind: "warn" as const }];
    const item = must(await decided(mod, caseId, { outcome: "upheld", reason: "No adverts.", actions }));
    return { caseId, met, kinds: item.decided!.actions.map(({ kind }) => kind) };
  };
  for (const by of [ann, eve]) assert.deepEqual((await uphold(by)).kinds, ["warn"]);
  const dry = await uphold(zoe);
  assert.deepEqual([dry.met?.dryRun, dry.kinds], [true, ["warn"]]);
  const [entry] = await rig.auditStore.entriesBefore(null, 1);
  assert.equal(entry!.detail.rule, "3 upheld in 30 days: mute for 7 days (dry run)");
  must(await rules.set(root, [{ ...rule, dryRun: false }]));
  const { caseId, met, kinds } = await uphold(ann);
  assert.deepEqual([met?.dryRun, kinds], [false, ["warn", "mute"]]);
  const mutes = async () =>
    must(await users.get(mod, "bob")).sanctions.filter(({ kind, over }) => kind === "mute" && over !== true);
  assert.equal((await mutes()).length, 1);
  must(await queue.undo(mod, caseId, "A mistake."));
  assert.equal((await mutes()).length, 0);
  rig.clock.advance(31 * 24 * 3600_000);
  assert.deepEqual((await uphold(eve)).kinds, ["warn"], "they are too old to count");
});
