import assert from "node:assert/strict";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { NothingAfter } from "../../lib/adapters/kv/nothing_after.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { shortened, whole } from "../../lib/adapters/kv/short_records.ts";
import type { Acceptance, CommandStore, StateRecord } from "../../lib/commands/mod.ts";
import { onEachStore } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const at = "2026-01-01T00:00:00.000Z";

function acceptanceOf(id: string, to: string[]): Acceptance {
  return {
    record: {
      command: {
        id,
        kind: "message",
        title: null,
        body: null,
        data: null,
        categories: ["general"],
        attachments: [],
        from: { id: "ann", username: "ann", displayName: "ann" },
        audience: { kind: "user" },
        createdAt: at,
        deliverAt: null,
        dueAt: null,
        expiresAt: at,
        requires: "none",
      },
      senderId: "ann",
      recipients: to,
      expiresMs: 1000,
    },
    states: to.map((userId) => ({ userId, allowedBy: "a", withheldBy: null })),
    key: `key-${id}`,
    sent: {
      commandId: id,
      digest: "digest",
      audience: { matched: 1, online: 0, offline: 1, excluded: {} },
      expiresMs: 1,
    },
    jobs: [],
  };
}

function idOf(n: number): string {
  return `C${String(n).padStart(5, "0")}`;
}

async function found(commands: CommandStore, userId: string, ids: readonly string[]): Promise<boolean[]> {
  const states = await commands.states(ids.map((commandId) => ({ userId, commandId })));
  for (const [index, stored] of states.entries()) {
    if (stored !== null) assert.deepEqual([stored.userId, stored.commandId], [userId, ids[index]]);
  }
  return states.map((stored) => stored !== null);
}

onEachStore(
  "DL-2: many states of one person are read at once, in any order, whatever lies between",
  async (store) => {
    const commands = kvCommandStore(store);
    const all = Array.from({ length: 90 }, (_, n) => idOf(n));
    await Promise.all(all.map((id) => commands.accept(acceptanceOf(id, ["bob", "bobby"]))));
    const wanted = (step: number, first = 0) => all.filter((_, n) => n >= first && n % step === 0);
    for (const ids of [all, wanted(2), wanted(9), wanted(3, 60), all.slice(0, 8), all.toReversed()]) {
      assert.deepEqual(await found(commands, "bob", ids), ids.map(() => true), `${ids.length} of them`);
      assert.deepEqual(await found(commands, "bo", ids), ids.map(() => false));
    }
    const missing = all.flatMap((id) => [id, `${id}x`]);
    assert.deepEqual(await found(commands, "bob", missing), missing.map((_, n) => n % 2 === 0));
    const mixed = await commands.states(
      all.slice(0, 9).map((commandId, n) => ({
        userId: n % 2 === 0 ? "bob" : "eve",
        commandId,
      })),
    );
    assert.deepEqual(
      mixed.map((stored) => stored?.userId),
      all.slice(0, 9).map((_, n) => n % 2 === 0 ? "bob" : undefined),
    );
  },
);

onEachStore(
  "DL-4: what was found to be empty is looked at again once something was written",
  async (store) => {
    const commands = kvCommandStore(store);
    const ids = Array.from({ length: 12 }, (_, n) => idOf(n));
    for (let n = 0; n < ids.length; n += 3) {
      const before = ids.map((_, at) => at < n && at % 3 === 0);
      for (let twice = 0; twice < 2; twice++) {
        assert.deepEqual(await found(commands, "bob", ids), before);
        assert.equal(await commands.inboxCountAfter("bob", null), n / 3);
        const last = (await commands.inboxAfter("bob", null, 100)).at(-1)?.cursor ?? null;
        assert.deepEqual([
          await commands.inboxCountAfter("bob", last),
          await commands.inboxAfter("bob", last, 9),
        ], [0, []]);
      }
      await commands.accept(acceptanceOf(ids[n]!, ["bob"]));
    }
  },
);

Deno.test("DL-4: however reads and writes mix, nobody reads less than what was answered before", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    await using store = await openStore(":memory:");
    const commands = kvCommandStore(store);
    const random = seededRandom(seed);
    const pick = (count: number) => Math.floor(random.fraction() * count);
    const ids = Array.from({ length: 40 }, (_, n) => idOf(n));
    const answered: string[] = [];
    const under: Promise<unknown>[] = [];
    let next = 0;
    for (let step = 0; step < 150; step++) {
      const known = [...answered];
      switch (pick(4)) {
        case 0:
          if (next < ids.length && pick(3) === 0) {
            const id = ids[next++]!;
            under.push(commands.accept(acceptanceOf(id, ["bob"])).then(() => answered.push(id)));
          }
          break;
        case 1:
          under.push(
            found(commands, "bob", ids).then((is) => {
              for (const id of known) assert.ok(is[ids.indexOf(id)], `seed ${seed}: ${id}`);
            }),
          );
          break;
        case 2:
          under.push(
            Promise.all([commands.inboxCountAfter("bob", null), commands.inboxAfter("bob", null, 99)]).then(
              ([count, entries]) => {
                assert.ok(count >= known.length && entries.length >= known.length, `seed ${seed}`);
              },
            ),
          );
          break;
        default:
          await under[pick(under.length)];
      }
    }
    await Promise.all(under);
    assert.equal((await commands.inboxAfter("bob", null, 99)).length, next);
  }
});

Deno.test("DL-4: a look that a write overtook is not kept, nor more than may be", () => {
  const none = new NothingAfter(2);
  const overtaken = none.look("ann");
  none.written("ann");
  none.seen("ann", overtaken, "5", true);
  assert.equal(none.isKnown("ann", "5"), false);
  for (const userId of ["ann", "bob", "carl"]) none.seen(userId, none.look(userId), "5", userId !== "carl");
  assert.deepEqual(["4", "5", "6"].map((key) => none.isKnown("bob", key)), [false, true, true]);
  assert.equal(none.isKnown("carl", "5"), false);
  none.seen("dora", none.look("dora"), "1", true);
  assert.deepEqual(["ann", "bob", "dora"].map((userId) => none.isKnown(userId, "9")), [false, true, true]);
  none.written("bob");
  assert.equal(none.isKnown("bob", "9"), false);
  const shared = new NothingAfter(0);
  shared.seen("ann", shared.look("ann"), "1", true);
  assert.equal(shared.isKnown("ann", "9"), false);
});

Deno.test("DL-4: a record is read as it was written, however short it is stored", () => {
  const first = { who: null, note: null } as const;
  const taken: StateRecord = {
    state: "delivered",
    place: "0001",
    createdAt: at,
    updatedAt: "2026-01-02T00:00:00.000Z",
    deliveredAt: "2026-01-02T00:00:00.000Z",
    opened: false,
    allowedBy: "a",
    withheldBy: null,
    countedOn: null,
    until: null,
    note: null,
    proof: [],
    frozenMs: 0,
    timeline: [
      { at, state: "queued", ...first },
      { at: "2026-01-02T00:00:00.000Z", state: "delivered", ...first },
    ],
  };
  const changes: Partial<StateRecord>[] = [
    {},
    { cast: true },
    { place: null },
    { allowedBy: null },
    { uncounted: true },
    { state: "deferred", until: at },
    { state: "queued", deliveredAt: null },
    { updatedAt: at },
    { deliveredAt: null },
    { opened: true },
    { withheldBy: "category:feet" },
    { countedOn: "2026-01-02" },
    { until: at },
    { note: "n" },
    { proof: [{ fileId: "f", sha256: "s", name: "n", size: 1, type: "text/plain" }] },
    { frozenMs: 1 },
    { frozenUntilMs: 1 },
    { timeline: [] },
    { timeline: taken.timeline.slice(0, 1) },
    { timeline: [...taken.timeline, taken.timeline[1]!] },
    { timeline: [{ at, state: "scheduled", ...first }, taken.timeline[1]!] },
    { timeline: [{ at: "2025-01-01T00:00:00.000Z", state: "queued", ...first }, taken.timeline[1]!] },
    { timeline: [taken.timeline[0]!, { ...taken.timeline[1]!, who: "ann" }] },
    { timeline: [{ ...taken.timeline[0]!, note: "n" }, taken.timeline[1]!] },
  ];
  for (const [index, change] of changes.entries()) {
    const record = { ...taken, ...change };
    const stored = shortened(record);
    assert.deepEqual(whole(structuredClone(stored)), record, JSON.stringify(change));
    assert.equal(stored !== record, index < 4, `short: ${JSON.stringify(change)}`);
  }
});
