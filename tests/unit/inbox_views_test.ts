import assert from "node:assert/strict";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import { type CommandPage, type InboxView, inboxViews, type Params } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";

const hourMs = 3600_000;

async function twoContacts() {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const titles = async (view: InboxView, more: Params<"inbox.list"> = {}) => {
    const page = taken(await rig.room.history.inboxList(bob, { view, ...more }));
    return page.items.map(({ command }) => "sealed" in command ? "sealed" : command.title);
  };
  const dueIn = (ms: number) => ({ dueAt: iso(rig.clock.now() + ms) });
  const answer = async (who: Caller, id: string, state: "deferred" | "completed" | "accepted" | "seen") => {
    const until = state === "deferred" ? { until: iso(rig.clock.now() + dayMs) } : {};
    taken(await rig.room.transitions.update(who, { id, state, ...until }));
  };
  const counts = () => rig.room.history.inboxCounts(bob);
  return { rig, ann, bob, titles, dueIn, answer, counts };
}

Deno.test("UI-9: what is due comes first, then the newest; a deferred command leaves the first view until it is back", async () => {
  const { rig, ann, bob, titles, dueIn, answer, counts } = await twoContacts();
  await using _ = rig;
  await rig.send(ann, bob, { title: "old" });
  await rig.send(ann, bob, { title: "late", ...dueIn(hourMs) });
  await rig.send(ann, bob, { title: "later", ...dueIn(3 * dayMs) });
  const { id } = await rig.send(ann, bob, { title: "deferred", ...dueIn(2 * hourMs) });
  await rig.send(ann, bob, { title: "today", ...dueIn(3 * hourMs) });
  const done = await rig.send(ann, bob, { title: "done" });
  await rig.send(ann, bob, { title: "new" });
  await rig.take(bob);
  await answer(bob, id, "deferred");
  await answer(bob, done.id, "completed");
  rig.clock.advance(2 * hourMs);
  assert.deepEqual(await titles("all"), ["late", "today", "later", "new", "old"]);
  assert.deepEqual(await titles("all", { sort: "new" }), ["new", "today", "later", "late", "old"]);
  assert.deepEqual(await titles("overdue"), ["late"]);
  assert.deepEqual(await titles("today"), ["today"]);
  assert.deepEqual(await titles("later"), ["deferred"]);
  assert.deepEqual(await titles("done"), ["done"]);
  const { held, ...numbers } = await counts();
  assert.deepEqual(numbers, { all: 5, today: 1, overdue: 1, later: 1, sealed: 0, unseen: 5, review: 0 });
  assert.deepEqual(held, { count: 0, until: null });
  await rig.runDue(dayMs);
  assert.deepEqual((await titles("all")).slice(0, 2), ["late", "deferred"]);
  assert.deepEqual(await titles("later"), []);
});

Deno.test("UI-9: midnight is the person's own", async () => {
  const { rig, ann, bob, titles, dueIn } = await twoContacts();
  await using _ = rig;
  const toMidnight = dayMs - rig.clock.now() % dayMs;
  await rig.send(ann, bob, { title: "soon", ...dueIn(toMidnight - 60_000) });
  assert.deepEqual(await titles("today"), ["soon"]);
  rig.setTimeZone(bob, "Etc/GMT-1");
  assert.deepEqual(await titles("today"), [], "an hour ahead, it is tomorrow");
});

Deno.test("UI-9: views are paged completely and without repeats, also after the last one left its view", async () => {
  const { rig, ann, bob, answer } = await twoContacts();
  await using _ = rig;
  for (let at = 0; at < 30; at++) {
    await rig.send(ann, bob, at % 3 === 0 ? { dueAt: iso(rig.clock.now() + (at % 6) * hourMs + 1) } : {});
  }
  await rig.take(bob);
  const whole = taken(await rig.room.history.inboxList(bob, { view: "all" }));
  assert.equal(whole.items.length, 30);
  for (const leaves of [false, true]) {
    const seen: string[] = [];
    let before: string | null | undefined;
    while (before !== null) {
      const page: CommandPage = taken(
        await rig.room.history.inboxList(bob, {
          view: "all",
          limit: 7,
          ...before === undefined ? {} : { before },
        }),
      );
      seen.push(...page.items.map(({ command }) => command.id));
      before = page.next;
      if (leaves && before !== null) await answer(bob, before, "completed");
    }
    assert.deepEqual(seen, whole.items.map(({ command }) => command.id), `leaves: ${leaves}`);
  }
});

Deno.test("UI-9, CO-4: what is held is counted with its end, shown in no view, and not delivered by counting", async () => {
  const { rig, ann, bob, titles, counts } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { dailyLimit: 2 });
  const sent = [];
  for (let at = 0; at < 5; at++) sent.push(await rig.send(ann, bob, { title: String(at) }));
  const before = await counts();
  assert.deepEqual([before.all, before.unseen, before.held.count], [2, 2, 3]);
  const midnight = iso(rig.clock.now() + dayMs - rig.clock.now() % dayMs);
  assert.equal(before.held.until, midnight);
  assert.equal((await rig.stateOf(bob, sent[0]!.id))?.deliveredAt, null);
  assert.deepEqual(await titles("all"), ["1", "0"]);
  const after = await counts();
  assert.deepEqual([after.all, after.held.count], [2, 3]);
  await rig.room.safety.stop(bob);
  await rig.send(ann, bob, { title: "meanwhile" });
  const stopped = await counts();
  assert.deepEqual([stopped.all, stopped.held.count], [0, 0], "a stop counts nothing");
});

Deno.test("UI-9, CO-2: a sealed command has a view, and no filter looks inside of it", async () => {
  const { rig, ann, bob, titles, counts } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "ask" } });
  const { id } = await rig.send(ann, bob, { title: "Secret", kind: "task", categories: ["feet"] });
  await rig.send(ann, bob, { title: "Plain", kind: "task" });
  assert.deepEqual(await titles("sealed"), ["sealed"]);
  assert.equal((await counts()).sealed, 1);
  assert.deepEqual(await titles("all", { kind: "task" }), ["Plain"]);
  assert.deepEqual(await titles("all", { q: "secret" }), []);
  assert.deepEqual(await titles("all", { q: "FEET ann" }), ["sealed"]);
  assert.deepEqual(await titles("all", { category: "feet" }), ["sealed"]);
  taken(await rig.room.transitions.update(bob, { id, state: "seen" }));
  assert.deepEqual(await titles("sealed"), []);
  assert.deepEqual(await titles("all", { q: "secret" }), ["Secret"]);
});

Deno.test("UI-9: a sealed command is declined or deferred unopened", async () => {
  const { rig, ann, bob, titles, answer } = await twoContacts();
  await using _ = rig;
  await rig.prefer(bob, { categories: { feet: "ask" } });
  const one = await rig.send(ann, bob, { title: "One", categories: ["feet"] });
  const two = await rig.send(ann, bob, { title: "Two", categories: ["feet"] });
  await rig.take(bob);
  await answer(bob, one.id, "deferred");
  taken(await rig.room.transitions.update(bob, { id: two.id, state: "declined" }));
  assert.deepEqual(await titles("later"), ["sealed"]);
  assert.deepEqual(await titles("done"), ["sealed"]);
});

Deno.test("UI-9, BR-4: broadcasts are in the views until they end, for those whom they are for", async () => {
  const { rig, bob, titles, answer, counts } = await twoContacts();
  await using _ = rig;
  const root = rig.person("root", "admin");
  await rig.broadcast(root, { kind: "all" }, { title: "everyone" });
  const group = await rig.broadcast(root, { kind: "all" }, { title: "to be done" });
  const gone = await rig.broadcast(root, { kind: "all" }, { title: "to be cancelled" });
  assert.equal((await counts()).all, 3);
  assert.equal((await titles("all")).length, 3);
  await answer(bob, group.id, "completed");
  taken(await rig.room.transitions.cancel(root, { id: gone.id }));
  assert.deepEqual(await titles("all"), ["everyone"]);
  await rig.prefer(bob, { broadcasts: false });
  await rig.broadcast(root, { kind: "all" }, { title: "withheld" });
  assert.deepEqual(await titles("all"), ["everyone"]);
  assert.equal((await counts()).all, 1);
});

Deno.test("UI-9: one answer to several is one step; each is taken or refused by itself", async () => {
  const { rig, ann, bob, titles } = await twoContacts();
  await using _ = rig;
  const ids: string[] = [];
  for (let at = 0; at < 3; at++) ids.push((await rig.send(ann, bob, { title: String(at) })).id);
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id: ids[1]!, state: "completed" }));
  const unknown = "0".repeat(26);
  const { results } = await rig.room.manyAnswers.update(bob, {
    ids: [...ids, ids[0]!, unknown],
    state: "declined",
  });
  assert.deepEqual(results.map(({ id, state, error }) => [id, state?.state ?? error?.kind]), [
    [ids[0], "declined"],
    [ids[1], "conflict"],
    [ids[2], "declined"],
    [unknown, "not_found"],
  ]);
  assert.deepEqual(await titles("all"), []);
  const undone = await rig.room.manyAnswers.undo(bob, { ids });
  assert.deepEqual(undone.results.map(({ state, error }) => state?.state ?? error?.kind), [
    "delivered",
    "delivered",
    "delivered",
  ]);
  assert.deepEqual(await titles("all"), ["2", "1", "0"]);
});

Deno.test("UI-9: each view has a name that the protocol knows", () => {
  assert.deepEqual(inboxViews, ["all", "today", "overdue", "later", "sealed", "done"]);
});
