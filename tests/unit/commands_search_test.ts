import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import type { CommandPage, Params } from "../../lib/protocol/mod.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";
import { multiply } from "../fakes/many_records.ts";

/** Quiet hours that began an hour ago. */
function around(now: number) {
  const at = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  return { from: at(now - 3600_000), to: at(now + 3600_000) };
}

async function world() {
  const rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  /** Titles that are found, over all pages. */
  const found = async (who: Caller, q: string, more: Params<"inbox.list"> = {}) => {
    const titles: (string | null)[] = [];
    let before: string | null | undefined;
    while (before !== null) {
      const page: CommandPage = taken(
        await rig.room.history.inboxList(who, { q, ...more, ...before === undefined ? {} : { before } }),
      );
      for (const { command } of page.items) titles.push("sealed" in command ? "sealed" : command.title);
      before = page.next;
    }
    return titles;
  };
  const packs = async (who?: Caller) =>
    (await Array.fromAsync(rig.store.kv.list<{ text: string; ids: string[] }>({
      prefix: keys.searchPacksOf(who?.userId ?? ""),
    }))).map(({ value }) => value);
  return { rig, ann, bob, found, packs };
}

Deno.test("DL-10: a search finds every word in titles, texts, names and categories, open or ended, without case and accents", async () => {
  const { rig, ann, bob, found } = await world();
  await using _ = rig;
  const { id } = await rig.send(ann, bob, { title: "Wäsche aufhängen", body: "Bei Zoë, im Hof." });
  await rig.send(ann, bob, { title: "Water the plants" });
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id, state: "completed" }));
  assert.deepEqual(await found(bob, "WASCHE"), ["Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "hof zoe"), ["Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "@ann general"), ["Water the plants", "Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "plants zoe"), []);
  assert.deepEqual(await found(bob, "  "), ["Water the plants", "Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "ann", { state: "completed" }), ["Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "ann", { view: "done" }), ["Wäsche aufhängen"]);
  assert.deepEqual(await found(bob, "a", { kind: "task" }), []);
  assert.deepEqual(await found(bob, "a", { from: "cleo" }), []);
  assert.deepEqual(await found(ann, "water"), [], "what one sent is in the other box");
  const sent = taken(await rig.room.history.list(ann, { box: "outbox", q: "water" }));
  assert.equal(sent.items.length, 1);
});

Deno.test("DL-10: the same is found before the index has it, with it, and where a purge left a gap; and nothing of what was purged stays", async () => {
  const { rig, ann, bob, found, packs } = await world();
  await using _ = rig;
  const root = rig.person("root", "admin");
  await rig.send(ann, bob, {
    title: "needle first",
    expiresAt: new Date(rig.clock.now() + dayMs).toISOString(),
  });
  for (let at = 0; at < 140; at++) {
    if (at % 50 === 25) await rig.broadcast(root, { kind: "all" }, { title: `needle broadcast ${at}` });
    await rig.send(ann, bob, { title: at % 30 === 7 ? `needle ${at}` : `hay ${at}` });
  }
  await rig.take(bob);
  const before = await found(bob, "needle");
  assert.equal(before.length, 9);
  assert.equal(before[0], "needle 127");
  rig.clock.advance(dayMs / 2);
  assert.deepEqual(await found(bob, "needle"), before);
  const kept = await packs(bob);
  assert.ok(kept.length >= 2, `${kept.length} packs`);
  assert.deepEqual(await found(bob, "needle"), before, "from the index");
  // The first one expires, and is purged two weeks later.
  await rig.runDue(dayMs);
  await rig.runDue(15 * dayMs);
  const texts = [...await packs(bob), ...await packs()].map(({ text }) => text).join("");
  assert.ok(!texts.includes("needle first"));
  assert.ok(!(await found(bob, "needle")).includes("needle first"));
});

Deno.test("DL-10: the index is filled by a job, and what is sent meanwhile is found as well", async () => {
  const { rig, ann, bob, found, packs } = await world();
  await using _ = rig;
  await rig.send(ann, bob, { title: "needle" });
  rig.clock.advance(1000);
  const { id } = await rig.send(ann, bob, { title: "hay" });
  await rig.take(bob);
  taken(await rig.room.transitions.update(bob, { id, state: "completed" }));
  await multiply(rig.store.kv, [id], 448);
  rig.clock.advance(dayMs);
  taken(await rig.room.history.inboxList(bob, { q: "nothing like this" }));
  await rig.runDue();
  const all = await packs(bob);
  assert.equal(all.reduce((count, { ids }) => count + ids.length, 0), 450);
  await rig.send(ann, bob, { title: "needle now" });
  assert.deepEqual(await found(bob, "needle"), ["needle now", "needle"]);
});

Deno.test("CO-2, CO-3, CO-4: a search finds nothing that is withheld, held, scheduled, or inside of a sealed command", async () => {
  const { rig, ann, bob, found } = await world();
  await using _ = rig;
  const root = rig.person("root", "admin");
  await rig.prefer(bob, { categories: { feet: "ask", censored: "block" } });
  await rig.send(ann, bob, { title: "needle blocked", categories: ["censored"] });
  await rig.broadcast(root, { kind: "all" }, { title: "needle blocked broadcast", categories: ["censored"] });
  const sealed = await rig.send(ann, bob, { title: "needle sealed", categories: ["feet"] });
  await rig.send(ann, bob, {
    title: "needle later",
    deliverAt: new Date(rig.clock.now() + 5 * dayMs).toISOString(),
  });
  await rig.broadcast(root, { kind: "all" }, {
    title: "needle later broadcast",
    deliverAt: new Date(rig.clock.now() + 5 * dayMs).toISOString(),
  });
  const gone = await rig.broadcast(root, { kind: "all" }, { title: "needle gone" });
  taken(await rig.room.transitions.cancel(root, { id: gone.id }));
  await rig.take(bob);
  for (let at = 0; at < 70; at++) await rig.send(ann, bob, { title: `hay ${at}` });
  await rig.take(bob);
  for (const look of ["from the commands", "from the index"]) {
    assert.deepEqual(await found(bob, "needle"), [], look);
    assert.deepEqual(await found(bob, "feet"), ["sealed"], look);
    rig.clock.advance(dayMs);
  }
  await rig.prefer(bob, {
    quietHours: around(rig.clock.now()),
  });
  await rig.send(ann, bob, { title: "needle held" });
  assert.deepEqual(await found(bob, "needle"), []);
  await rig.prefer(bob, { quietHours: null });
  assert.deepEqual(await found(bob, "needle"), ["needle held"]);
  taken(await rig.room.transitions.update(bob, { id: sealed.id, state: "seen" }));
  assert.deepEqual(await found(bob, "needle"), ["needle held", "needle sealed"]);
  await rig.runDue(5 * dayMs);
  assert.equal((await found(bob, "needle later")).length, 2, "once they came");
});
