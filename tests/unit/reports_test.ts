import assert from "node:assert/strict";
import { iso } from "../../lib/platform/mod.ts";
import { moderationLimits } from "../../lib/protocol/mod.ts";
import { kindOf, must } from "../fakes/accounts_rig.ts";
import { moderationRig } from "../fakes/moderation_rig.ts";

const dayMs = 24 * 3600_000;

Deno.test("MO-1: a report keeps a snapshot of what was reported, and the same report again is the same", async () => {
  await using rig = await moderationRig();
  const { ann, bob, command, report, cases, reports } = rig;
  const id = command(bob, "Pay me, or else.");
  const made = await report(ann, id, { reason: "threat", note: "He means it." });
  rig.subjects.clear();
  const [record] = await cases.reports([made.report.id]);
  assert.deepEqual([record!.snapshot.text, record!.note], ["Pay me, or else.", "He means it."]);
  assert.equal(
    kindOf(await reports.create(ann, { about: { command: id }, reason: "threat" })),
    "not_found",
    "what is gone cannot be reported anew",
  );
  const again = command(bob);
  const first = await report(ann, again, { reason: "threat" });
  assert.equal((await report(ann, again, { reason: "threat" })).report.id, first.report.id);
  assert.deepEqual(
    (await reports.list(ann, {})).reports.map((one) => [one.id, one.outcome]),
    [[first.report.id, null], [made.report.id, null]],
  );
  assert.deepEqual((await reports.list(bob, {})).reports, []);
});

Deno.test("MO-1: similar reports are one case; other people, and other reasons, are others", async () => {
  await using rig = await moderationRig();
  const { ann, bob, eve, zoe, command, report } = rig;
  const flood = await Promise.all([ann, eve, zoe].map((by) => report(by, command(bob))));
  assert.equal(new Set(flood.map(({ caseId }) => caseId)).size, 1);
  await report(ann, command(bob), { reason: "threat" });
  await report(ann, command(eve));
  assert.deepEqual(
    (await rig.waiting()).map(({ reason, user, count, harm }) => [harm, reason, user, count]),
    [[3, "threat", "bob", 1], [2, "spam", "bob", 3], [1, "spam", "eve", 1]],
    "the worst first; three people make it worse",
  );
});

Deno.test("MO-1: nobody floods: neither the queue nor one person, and a refusal says when it ends", async () => {
  await using rig = await moderationRig();
  const { ann, bob, clock, command, report, reports } = rig;
  for (let at = 0; at < moderationLimits.reportsPerPairDay; at++) await report(ann, command(bob));
  const more = () => reports.create(ann, { about: { command: command(bob) }, reason: "spam" });
  const refused = await more();
  assert.equal(kindOf(refused), "rate_limited");
  assert.equal((refused as { detail: { retryAfterMs?: number } }).detail.retryAfterMs, dayMs);
  for (let at = moderationLimits.reportsPerPairDay; at < moderationLimits.reportsPerDay; at++) {
    const other = await rig.person(`person-${at}`);
    await report(ann, command(other));
  }
  const other = await rig.person("one-more");
  assert.equal(
    kindOf(await reports.create(ann, { about: { command: command(other) }, reason: "spam" })),
    "rate_limited",
  );
  clock.advance(dayMs);
  assert.equal(kindOf(await more()), "answered");
});

Deno.test("MO-1: people who report in bad faith have one report a day left, until it is undone or forgotten", async () => {
  await using rig = await moderationRig();
  const { ann, bob, mod, clock, command, report, decided, queue, reports } = rig;
  const cases: string[] = [];
  for (let at = 0; at < moderationLimits.badFaithReports; at++) {
    const { caseId } = await report(ann, command(bob));
    must(await decided(mod, caseId, { badFaith: true }));
    cases.push(caseId);
  }
  const other = () => reports.create(ann, { about: { command: command(rig.eve) }, reason: "spam" });
  assert.equal(kindOf(await other()), "rate_limited");
  must(await queue.undo(mod, cases[0]!, "It was meant well."));
  assert.equal(kindOf(await other()), "answered");
  must(await decided(mod, cases[0]!, { badFaith: true }));
  assert.equal(kindOf(await other()), "rate_limited");
  clock.advance(moderationLimits.badFaithMs);
  assert.equal(kindOf(await other()), "answered");
});

Deno.test("MO-1: blocking and reporting is one step, and the block stays when the report is refused", async () => {
  await using rig = await moderationRig();
  const { ann, bob, command, report, reports, blocked } = rig;
  for (let at = 0; at < moderationLimits.reportsPerPairDay; at++) await report(ann, command(bob));
  const refused = await reports.create(ann, {
    about: { command: command(bob) },
    reason: "spam",
    block: true,
  });
  assert.equal(kindOf(refused), "rate_limited");
  assert.deepEqual(blocked, ["ann bob"]);
  assert.equal(
    kindOf(await reports.create(bob, { about: { command: command(bob) }, reason: "spam" })),
    "conflict",
  );
});

Deno.test("MO-1: the author hears the outcome and nothing of the sanction; the reported person hears no report", async () => {
  await using rig = await moderationRig();
  const { ann, bob, eve, mod, bell, command, report, decided, queue, reports } = rig;
  for (const { userId } of [ann, bob, eve]) bell.connected.add(userId);
  const { report: made, caseId } = await report(ann, command(bob), { note: "A word only Ann would use." });
  await report(eve, command(bob));
  must(await decided(mod, caseId, { outcome: "upheld", reason: "No adverts.", actions: [{ kind: "mute" }] }));
  const to = (who: typeof ann) => bell.notified.filter(({ userId }) => userId === who.userId);
  const [heard, ...others] = to(ann);
  assert.deepEqual(others, []);
  assert.deepEqual([heard!.method, heard!.params], ["report.changed", {
    report: { ...made, outcome: "acted", decidedAt: iso(rig.clock.now()) },
  }]);
  assert.ok(!JSON.stringify(heard).includes("mute") && !JSON.stringify(heard).includes("No adverts"));
  assert.deepEqual(to(bob).map(({ method }) => method), ["sanction.changed"]);
  const notices = (who: typeof ann) => rig.notices.of(who.userId).map(({ kind }) => kind);
  assert.deepEqual([notices(ann), notices(eve)], [["report_decided"], ["report_decided"]]);
  assert.deepEqual(notices(bob), ["sanction_imposed"]);
  for (const word of ["A word only", "ann", "eve", made.id, caseId]) {
    assert.ok(!JSON.stringify(to(bob)).includes(word), word);
  }
  must(await queue.undo(mod, caseId, "A mistake."));
  const last = to(ann).at(-1)!.params as { report: { outcome: string | null } };
  assert.equal(last.report.outcome, null);
  assert.deepEqual([notices(ann).length, notices(bob)], [1, ["sanction_imposed", "sanction_lifted"]]);
  assert.equal((await reports.list(ann, {})).reports[0]!.outcome, null);
});

Deno.test("AU-9: with the author's account their reports go, and with the reported person's the cases", async () => {
  await using rig = await moderationRig();
  const { ann, bob, eve, mod, command, report, cases, caseRemoval, view } = rig;
  const first = await report(ann, command(bob));
  const second = await report(eve, command(bob));
  const alone = await report(ann, command(eve));
  assert.equal(await caseRemoval.forget(ann.userId, 20, false), false);
  assert.deepEqual(await cases.reports([first.report.id, alone.report.id]), []);
  assert.deepEqual((await rig.waiting()).map(({ id }) => id), [second.caseId]);
  assert.equal(must(await view.get(mod, second.caseId)).reports.length, 1);
  await caseRemoval.forget(bob.userId, 20, true);
  assert.equal((await rig.waiting()).length, 1, "under legal hold");
  await caseRemoval.forget(bob.userId, 20, false);
  assert.deepEqual(await rig.waiting(), []);
  assert.deepEqual(await cases.reports([second.report.id]), []);
  const kept: string[] = [];
  const own = new Set(["case", "case_open", "case_about", "queue_open", "report", "report_of"]);
  for await (const { key } of rig.store.kv.list({ prefix: [] })) {
    if (own.has(String(key[0]))) kept.push(key.join(" "));
  }
  assert.deepEqual(kept, []);
});
