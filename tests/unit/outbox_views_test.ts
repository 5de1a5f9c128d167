import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { giveSubmissionsKeys } from "../../lib/adapters/kv/submission_keys.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { checked, methods, type ParamsInput, Refusal } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { dump } from "../fakes/kv_stores.ts";

type Asked = Omit<ParamsInput<"command.list">, "box">;

async function world() {
  const rig = await CommandRig.open();
  const [ann, bob, carl] = [rig.person("ann"), rig.person("bob"), rig.person("carl")];
  for (const one of [bob, carl]) rig.connect(ann, one);
  const list = async (who: Caller, asked: Asked) => {
    const params = checked(methods["command.list"].params, { box: "outbox", ...asked });
    assert.ok(!(params instanceof Refusal), JSON.stringify(params));
    return taken(await rig.room.history.list(who, params));
  };
  const titles = async (asked: Asked) =>
    (await list(ann, asked)).items.map(({ command }) => "title" in command ? command.title : null);
  const waiting = async () =>
    (await list(ann, { view: "review" })).items.map(({ command, recipients = [] }) => [
      "title" in command ? command.title : null,
      ...recipients.map(({ username }) => username),
    ]);
  const count = async () => (await rig.room.history.inboxCounts(ann)).review;
  const answer = async (
    who: Caller,
    id: string,
    state: "submitted" | "accepted" | "completed" | "declined",
  ) => {
    await rig.take(who);
    rig.clock.advance(1000);
    taken(
      await rig.room.transitions.update(who, { id, state, ...(state === "submitted" && { note: "Look." }) }),
    );
  };
  return { rig, ann, bob, carl, list, titles, waiting, count, answer };
}

Deno.test("UI-9, CM-5: what waits for the sender's review is listed, the longest wait first, and counted until it is reviewed", async () => {
  const { rig, ann, bob, carl, waiting, count, answer } = await world();
  await using _ = rig;
  const review = (id: string, recipient: string, accept: boolean) =>
    rig.room.transitions.review(ann, { id, recipient, accept, note: "Seen." });
  const desk = await rig.send(ann, [bob, carl], { title: "desk", requires: "review" });
  const list = await rig.send(ann, bob, { title: "list", requires: "review" });
  const proof = await rig.send(ann, bob, { title: "message", requires: "none" });
  assert.deepEqual([await waiting(), await count()], [[], 0]);
  await answer(bob, list.id, "submitted");
  await answer(carl, desk.id, "submitted");
  await answer(bob, proof.id, "accepted");
  assert.deepEqual(await waiting(), [["list", "bob"], ["desk", "carl"]]);
  await answer(bob, desk.id, "submitted");
  assert.deepEqual([await waiting(), await count()], [[["list", "bob"], ["desk", "carl", "bob"]], 3]);
  // CM-13: an answer that is taken back waits for nobody.
  taken(await rig.room.undo.answer(bob, desk.id));
  assert.deepEqual([await waiting(), await count()], [[["list", "bob"], ["desk", "carl"]], 2]);
  taken(await review(list.id, "bob", false));
  taken(await review(desk.id, "carl", true));
  assert.deepEqual([await waiting(), await count()], [[], 0]);
  await answer(bob, list.id, "submitted");
  assert.deepEqual(await waiting(), [["list", "bob"]]);
  taken(await rig.room.transitions.cancel(ann, { id: list.id }));
  assert.deepEqual([await waiting(), await count()], [[], 0]);
  assert.deepEqual(await dump(rig.store.kv, keys.submissionsOf(ann.userId)), []);
  assert.equal((await rig.room.history.inboxCounts(bob)).review, 0, "it is the sender's");
});

Deno.test("UI-9, CM-7: so are a group's, and not those of a broadcast whose sender sees nobody", async () => {
  const { rig, bob, carl, list } = await world();
  await using _ = rig;
  const admin = rig.person("zoe", "admin");
  for (const [who, role] of [[admin, "owner"], [bob, "member"], [carl, "member"]] as const) {
    rig.join(who, "choir", role);
  }
  const group = await rig.broadcast(admin, { kind: "group", group: "choir" }, { requires: "review" });
  const all = await rig.broadcast(admin, { kind: "all" }, { requires: "review" });
  await rig.take(bob);
  for (const { id } of [group, all]) {
    taken(await rig.room.transitions.update(bob, { id, state: "submitted", note: "Look." }));
  }
  const { items } = await list(admin, { view: "review" });
  assert.deepEqual(
    items.map(({ command, recipients }) => [command.id, recipients?.map(({ note }) => note)]),
    [
      [group.id, ["Look."]],
    ],
  );
  assert.equal((await rig.room.history.inboxCounts(admin)).review, 1);
  // It ends for everyone at once, and nobody's own record is written.
  taken(await rig.room.transitions.cancel(admin, { id: group.id }));
  assert.equal((await rig.room.history.inboxCounts(admin)).review, 0);
});

Deno.test("OP-2, UI-9: submissions of an older store are found after its migration, and all end with their commands", async () => {
  const { rig, ann, bob, carl, waiting, answer } = await world();
  await using _ = rig;
  const { id } = await rig.send(ann, [bob, carl], { title: "desk", requires: "review" });
  await answer(bob, id, "submitted");
  const key = keys.submission(ann.userId, id, bob.userId);
  await rig.store.kv.delete(key);
  assert.deepEqual(await waiting(), []);
  await giveSubmissionsKeys(rig.store.kv);
  assert.deepEqual(await dump(rig.store.kv, keys.submissionsOf(ann.userId)), [[key, 1]]);
  assert.deepEqual(await waiting(), [["desk", "bob"]]);
  const record = (await rig.commands.commands([id])).get(id)!;
  await rig.commands.purge(record);
  assert.deepEqual(await dump(rig.store.kv, keys.submissionsOf(ann.userId)), []);
});

Deno.test("DL-10: what was sent is found by recipient, kind, category, time, state and words, and by whether it is over", async () => {
  const { rig, ann, bob, carl, titles, answer } = await world();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "allow" } });
  await rig.send(ann, bob, { title: "Café early" });
  rig.clock.advance(dayMs);
  const since = new Date(rig.clock.now()).toISOString();
  const done = await rig.send(ann, bob, { title: "Done", kind: "task" });
  await rig.send(ann, [bob, carl], { title: "Both", categories: ["feet"] });
  const half = await rig.send(ann, [bob, carl], { title: "Half", body: "für das café" });
  await answer(bob, done.id, "completed");
  await answer(bob, half.id, "declined");
  assert.deepEqual(await titles({}), ["Half", "Both", "Done", "Café early"]);
  assert.deepEqual(await titles({ to: "carl" }), ["Half", "Both"]);
  assert.deepEqual(await titles({ to: "carl", q: "cafe" }), ["Half"]);
  assert.deepEqual(await titles({ to: "nobody" }), []);
  assert.deepEqual(await titles({ kind: "task" }), ["Done"]);
  assert.deepEqual(await titles({ category: "feet" }), ["Both"]);
  assert.deepEqual(await titles({ since }), ["Half", "Both", "Done"]);
  assert.deepEqual(await titles({ q: "CAFE" }), ["Half", "Café early"]);
  assert.deepEqual(await titles({ state: "declined" }), ["Half"]);
  assert.deepEqual(await titles({ view: "all" }), ["Half", "Both", "Café early"]);
  assert.deepEqual(await titles({ view: "done" }), ["Done"]);
  assert.deepEqual(await titles({ from: "bob" }), []);
  // Page by page, with a filter that leaves much out.
  const pages: (string | null)[] = [];
  let before: string | undefined;
  while (true) {
    const asked = { box: "outbox" as const, view: "all" as const, limit: 1, ...(before && { before }) };
    const page = taken(await rig.room.history.list(ann, asked));
    pages.push(...page.items.map(({ command }) => "title" in command ? command.title : null));
    if (page.next === null) break;
    before = page.next;
  }
  assert.deepEqual(pages, ["Half", "Both", "Café early"]);
});

Deno.test("DL-10, WS-2: each box has views of its own, and others are refused", () => {
  const { params } = methods["command.list"];
  for (
    const [wrong, field] of [
      [{ box: "inbox", view: "review" }, "view"],
      [{ box: "outbox", view: "overdue" }, "view"],
      [{ box: "outbox", sort: "due" }, "sort"],
      [{ box: "inbox", to: "bob" }, "to"],
    ] as const
  ) {
    const refused = checked(params, wrong);
    assert.ok(refused instanceof Refusal && field in (refused.detail.fields ?? {}), JSON.stringify(wrong));
  }
  for (const right of [{ box: "inbox", view: "overdue" }, { box: "outbox", view: "review", sort: "new" }]) {
    assert.ok(!(checked(params, right) instanceof Refusal), JSON.stringify(right));
  }
});
