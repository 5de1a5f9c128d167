import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { type CommandPage, limits } from "../../lib/protocol/mod.ts";
import { CommandRig, kindOf, taken } from "../fakes/command_rig.ts";

async function twoContacts() {
  const rig = await CommandRig.open();
  const ann = rig.person("ann");
  const bob = rig.person("bob");
  rig.connect(ann, bob);
  return { rig, ann, bob, history: rig.room.history };
}

const idsOf = (page: CommandPage) => page.items.map(({ command }) => command.id);

/** Every page, by `next`. */
async function pagesOf(
  rig: CommandRig,
  caller: Caller,
  params: { box: "inbox" | "outbox"; limit: number; state?: "delivered" | "queued"; category?: string },
): Promise<string[][]> {
  const pages: string[][] = [];
  let before: string | undefined;
  do {
    const page: CommandPage = taken(
      await rig.room.history.list(caller, before === undefined ? params : { ...params, before }),
    );
    pages.push(idsOf(page));
    before = page.next ?? undefined;
  } while (before !== undefined);
  return pages;
}

Deno.test("DL-10: both boxes page newest first, complete and without repeats, over any page size", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  const sent: string[] = [];
  for (let at = 0; at < 120; at++) sent.push((await rig.send(ann, bob)).id);
  await rig.take(bob);
  const newestFirst = sent.toReversed();
  for (const box of ["inbox", "outbox"] as const) {
    const who = box === "inbox" ? bob : ann;
    for (const limit of [7, 40, 50, 100, 120, 200]) {
      const pages = await pagesOf(rig, who, { box, limit });
      assert.deepEqual(pages.flat(), newestFirst, `${box} by ${limit}`);
      for (const page of pages.slice(0, -1)) assert.equal(page.length, limit);
    }
  }
  assert.equal(taken(await rig.room.history.list(ann, { box: "outbox" })).items.length, limits.pageDefault);
});

Deno.test("DL-10: filters by state and category look through all pages", async () => {
  const { rig, ann, bob } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "allow" } });
  const feet: string[] = [];
  const accepted: string[] = [];
  for (let at = 0; at < 130; at++) {
    const { id } = await rig.send(ann, bob, { categories: [at % 40 === 3 ? "feet" : "general"] });
    if (at % 40 === 3) feet.unshift(id);
    if (at % 50 === 7) accepted.unshift(id);
  }
  await rig.take(bob);
  for (const id of accepted) taken(await rig.room.transitions.update(bob, { id, state: "accepted" }));
  for (const [box, who] of [["inbox", bob], ["outbox", ann]] as const) {
    assert.deepEqual((await pagesOf(rig, who, { box, limit: 2, category: "feet" })).flat(), feet, box);
    const list = taken(await rig.room.history.list(who, { box, state: "accepted" }));
    assert.deepEqual(idsOf(list), accepted, box);
    const both = taken(await rig.room.history.list(who, { box, state: "accepted", category: "feet" }));
    assert.deepEqual(both, { items: [], next: null }, box);
  }
});

Deno.test("DL-10: a list without closed commands keeps what waits and what is worked on", async () => {
  const { rig, ann, bob, history } = await twoContacts();
  await using _ = rig;
  const sent: string[] = [];
  for (let at = 0; at < 5; at++) sent.push((await rig.send(ann, bob)).id);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: sent[1]!, state: "completed" }));
  taken(await rig.room.transitions.update(bob, { id: sent[3]!, state: "accepted" }));
  const last = await rig.send(ann, bob);
  const open = taken(await history.inboxList(bob, { open: true }));
  assert.deepEqual(open, { ...open, next: null });
  assert.deepEqual(idsOf(open), [last.id, sent[4], sent[3], sent[2], sent[0]]);
  assert.deepEqual(taken(await history.inboxList(bob, { open: true, state: "completed" })).items, []);
});

Deno.test("DL-10: one page of a filter reads a bounded number of commands and goes on where it stopped", async () => {
  const { rig, ann, bob, history } = await twoContacts();
  await using _ = rig;
  const first = await rig.send(ann, bob);
  // From one person to another at most 500 may be open (DL-7).
  const senders = ["carl", "dora", "emil"].map((name) => rig.person(name));
  for (const sender of senders) {
    rig.connect(sender, bob);
    for (let at = 0; at < limits.historyRead / 2; at++) await rig.send(sender, bob);
  }
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: first.id, state: "accepted" }));
  const newest = taken(await history.inboxList(bob, { state: "accepted" }));
  assert.deepEqual(newest.items, []);
  const older = taken(await history.inboxList(bob, { state: "accepted", before: newest.next! }));
  assert.deepEqual([idsOf(older), older.next], [[first.id], null]);
});

Deno.test("DL-10: being listed is being delivered, and what is not shown is not", async () => {
  const { rig, ann, bob, history } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "allow" } });
  const sent: string[] = [];
  for (let at = 0; at < 10; at++) {
    sent.push((await rig.send(ann, bob, { categories: [at === 9 ? "feet" : "general"] })).id);
  }
  const stateNow = async () => await Promise.all(sent.map(async (id) => (await rig.stateOf(bob, id))?.state));
  const page = taken(await history.inboxList(bob, { limit: 3, category: "general" }));
  assert.deepEqual(idsOf(page), [sent[8], sent[7], sent[6]]);
  assert.equal(page.next, sent[6]);
  const delivered = (at: number) => at >= 6 && at <= 8;
  assert.deepEqual(await stateNow(), sent.map((_, at) => delivered(at) ? "delivered" : "queued"));
  assert.deepEqual(rig.bell.changesOf(ann.userId).map(({ id }) => id).sort(), sent.slice(6, 9));
  assert.deepEqual(idsOf(taken(await history.inboxList(bob, { state: "seen" }))), []);
  assert.deepEqual(await stateNow(), sent.map((_, at) => delivered(at) ? "delivered" : "queued"));

  // What was not shown is still decided by the rules of then.
  await rig.prefer(bob, { blockedUsers: ["ann"] });
  assert.deepEqual(idsOf(taken(await history.inboxList(bob, {}))), [sent[8], sent[7], sent[6]]);
});

Deno.test("DL-10: a list shows neither what is held nor what is withheld, and pages go on behind them", async () => {
  const { rig, ann, bob, history } = await twoContacts();
  await using _ = rig;
  const stranger = rig.person("stranger");
  const first = await rig.send(ann, bob);
  for (let at = 0; at < 120; at++) await rig.send(stranger, bob);
  const last = await rig.send(ann, bob);
  const page = taken(await history.inboxList(bob, { limit: 2 }));
  assert.deepEqual(idsOf(page), [last.id, first.id]);
  await rig.room.safety.stop(bob);
  await rig.send(ann, bob);
  assert.deepEqual(idsOf(taken(await history.inboxList(bob, {}))), [last.id, first.id]);
});

Deno.test("CM-7: sender, recipient and stranger each see what is theirs", async () => {
  const { rig, ann, bob, history } = await twoContacts();
  await using _ = rig;
  const carl = rig.person("carl");
  const eve = rig.person("eve");
  rig.connect(ann, carl);
  const command = await rig.send(ann, [bob, carl], { kind: "task" });
  const { id } = command;
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id, state: "accepted", note: "on my way" }));
  const asSender = taken(await history.get(ann, { id }));
  assert.deepEqual(asSender.command, command);
  assert.deepEqual(asSender.totals, { accepted: 1, queued: 1 });
  assert.deepEqual(
    asSender.recipients?.map(({ username, state, note }) => [username, state, note]),
    [["bob", "accepted", "on my way"], ["carl", "queued", null]],
  );
  assert.equal(asSender.state, undefined);
  const asRecipient = taken(await history.get(bob, { id }));
  assert.deepEqual(asRecipient.command, command);
  assert.deepEqual([asRecipient.state?.state, asRecipient.state?.note], ["accepted", "on my way"]);
  assert.deepEqual([asRecipient.totals, asRecipient.recipients], [undefined, undefined]);
  assert.deepEqual(asRecipient.timeline.map(({ state }) => state), ["queued", "delivered", "accepted"]);
  assert.doesNotMatch(JSON.stringify(asRecipient), /carl/);
  assert.equal(kindOf(await history.get(carl, { id })), "not_found");
  assert.equal(kindOf(await history.get(eve, { id })), "not_found");
  assert.equal(kindOf(await history.get(eve, { id: "0".repeat(26) })), "not_found");
});

Deno.test("CM-7: who sends to themselves is both, and their own rules hold", async () => {
  const { rig, ann, history } = await twoContacts();
  await using _ = rig;
  await rig.prefer(ann, { categories: { general: "block" } });
  const withheld = await rig.send(ann, ann);
  assert.deepEqual(await rig.inboxOf(ann), []);
  assert.equal(taken(await history.get(ann, { id: withheld.id })).state, undefined);
  await rig.prefer(ann, { categories: { general: "allow" } });
  const { id } = await rig.send(ann, ann);
  await rig.take(ann);
  const detail = taken(await history.get(ann, { id }));
  assert.deepEqual([detail.state?.state, detail.totals], ["delivered", { delivered: 1 }]);
});
