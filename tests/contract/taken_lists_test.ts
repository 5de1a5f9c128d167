import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import {
  type Acceptance,
  type CommandStore,
  deliveredRecord,
  openBroadcastRecord,
  type StateRecord,
  type StoredState,
} from "../../lib/commands/mod.ts";
import { dump, onEachStore } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";

const current = () => true;
const at = "2026-01-01T00:00:00.000Z";
const later = "2026-01-01T00:01:00.000Z";
const rule = "broadcasts=true; general=allow";

function acceptanceOf(id: string, to: readonly string[]): Acceptance {
  const cast = to.length === 0;
  return {
    record: {
      command: {
        id,
        kind: "message",
        title: null,
        body: "b",
        data: null,
        categories: ["general"],
        attachments: [],
        from: { id: "ann", username: "ann", displayName: "ann" },
        audience: { kind: cast ? "all" : "user" },
        createdAt: at,
        deliverAt: null,
        dueAt: null,
        expiresAt: at,
        requires: "none",
      },
      senderId: "ann",
      recipients: [...to],
      ...(cast ? { cast: { kind: "all", name: null, matched: 10 } } : {}),
      expiresMs: Date.parse(at) + 1_000_000,
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

async function stateOf(commands: CommandStore, userId: string, commandId: string) {
  const [stored] = await commands.states([{ userId, commandId }]);
  return stored ?? null;
}

/** A state as a delivery reads it: of a broadcast there is no record. */
async function waiting(commands: CommandStore, userId: string, commandId: string): Promise<StoredState> {
  const stored = await stateOf(commands, userId, commandId);
  if (stored !== null) return stored;
  const { command } = (await commands.commands([commandId])).get(commandId)!;
  return { userId, commandId, record: openBroadcastRecord(command, rule), version: null };
}

async function take(commands: CommandStore, userId: string, ids: readonly string[], when = later) {
  const states = await Promise.all(ids.map((commandId) => waiting(commands, userId, commandId)));
  return await commands.take(userId, states, when, current);
}

/** Number of the person's records that tell of deliveries. */
async function records({ kv }: Store, userId: string): Promise<number> {
  const found = await Promise.all(
    [keys.statesOf(userId), keys.takenOf(userId), ["taken_newest"]].map((prefix) => dump(kv, prefix)),
  );
  return found.flat().length;
}

onEachStore("DL-11: delivering many broadcasts writes a bounded number of records", async (store) => {
  const commands = kvCommandStore(store);
  const ids = Array.from({ length: 90 }, (_, n) => idOf(n));
  for (const id of ids) await commands.accept(acceptanceOf(id, []));
  assert.equal(await take(commands, "bob", ids), true);
  assert.equal(await records(store, "bob"), 2);
  for (const [n, id] of ids.entries()) {
    const { record } = (await stateOf(commands, "bob", id))!;
    assert.deepEqual([record.state, record.deliveredAt, record.allowedBy, n], ["delivered", later, rule, n]);
    assert.deepEqual(await commands.totals(id), { delivered: 1 });
  }
  // A store that remembers nothing reads the same.
  const fresh = kvCommandStore(store);
  const states = await fresh.states(ids.map((commandId) => ({ userId: "bob", commandId })));
  assert.deepEqual(new Set(states.map((stored) => stored?.record.state)), new Set(["delivered"]));
});

onEachStore("DL-11: a delivery changes nothing else of a direct command's record", async (store) => {
  const commands = kvCommandStore(store);
  await commands.accept(acceptanceOf("A", ["bob"]));
  const before = (await stateOf(commands, "bob", "A"))!;
  assert.equal(await take(commands, "bob", ["A"]), true);
  const after = (await stateOf(commands, "bob", "A"))!;
  assert.deepEqual(after.record, deliveredRecord(before.record, later));
  assert.equal(after.record.place, before.record.place);
  assert.deepEqual((await commands.inboxAfter("bob", null, 10)).map(({ commandId }) => commandId), ["A"]);
});

onEachStore("DL-11, CM-7: what was delivered is not delivered again, and counts once", async (store) => {
  const commands = kvCommandStore(store);
  for (const id of ["A", "B", "C"]) await commands.accept(acceptanceOf(id, []));
  const [a, b, c] = await Promise.all(["A", "B", "C"].map((id) => waiting(commands, "bob", id)));
  assert.equal(await commands.take("bob", [a!, b!], later, current), true);
  assert.equal(await commands.take("bob", [b!, c!], later, current), false);
  assert.equal(await stateOf(commands, "bob", "C"), null);
  assert.deepEqual(await commands.totals("B"), { delivered: 1 });
  // Two at once: one of them has to read again.
  const both = await Promise.all([
    commands.take("bob", [c!], later, current),
    commands.take("bob", [c!], later, current),
  ]);
  assert.deepEqual(both.sort(), [false, true]);
  assert.deepEqual(await commands.totals("C"), { delivered: 1 });
});

onEachStore(
  "DL-11, CM-4: of a delivery and a change that were read together, one is written",
  async (store) => {
    for (const audience of [[], ["bob"]]) {
      for (const first of ["take", "change", "both"]) {
        const commands = kvCommandStore(store);
        const id = `${first}${audience.length}`;
        await commands.accept(acceptanceOf(id, audience));
        const from = await waiting(commands, "bob", id);
        const to: StateRecord = { ...from.record, state: "accepted", deliveredAt: later };
        const taking = () => commands.take("bob", [from], later, current);
        const changing = () => commands.change([{ from, to }]);
        const written = first === "both"
          ? await Promise.all([taking(), changing()])
          : first === "take"
          ? [await taking(), await changing()]
          : [await changing(), await taking()];
        assert.equal(written.filter(Boolean).length, 1, `${id}: ${written}`);
        if (first !== "both") assert.equal(written[0], true, id);
        if (audience.length > 0) continue;
        const sum = Object.values(await commands.totals(id)).reduce((whole, one) => whole + one, 0);
        assert.equal(sum, 1, id);
      }
    }
  },
);

onEachStore("DL-11: a delivered broadcast is changed like one with a record", async (store) => {
  const commands = kvCommandStore(store);
  await commands.accept(acceptanceOf("A", []));
  await take(commands, "bob", ["A"]);
  const from = (await stateOf(commands, "bob", "A"))!;
  const change = { from, to: { ...from.record, state: "seen" as const } };
  assert.equal(await commands.change([change]), true);
  assert.equal(await commands.change([change]), false);
  assert.deepEqual(await commands.totals("A"), { seen: 1 });
  assert.equal((await stateOf(commands, "bob", "A"))?.record.state, "seen");
});

onEachStore(
  "DL-10, DL-11: the history has deliveries in order, page by page, without purged ones",
  async (store) => {
    const commands = kvCommandStore(store);
    const random = seededRandom(5);
    const ids = Array.from({ length: 150 }, (_, n) => idOf(n));
    for (const id of ids) await commands.accept(acceptanceOf(id, random.fraction() < 0.3 ? ["bob"] : []));
    let rest = [...ids];
    while (rest.length > 0) {
      const count = 1 + Math.floor(random.fraction() * 40);
      // In any order, and some of an older time after newer ones.
      const some = rest.filter(() => random.fraction() < 0.8).slice(0, count).reverse();
      if (some.length > 0) assert.equal(await take(commands, "bob", some), true);
      rest = rest.filter((id) => !some.includes(id));
    }
    const purged = ids.filter((_, n) => n % 7 === 3);
    const records = await commands.commands(purged);
    for (const record of records.values()) await commands.purge(record);
    const explicit = new Set(
      (await dump(store.kv, keys.statesOf("bob"))).map(([key]) => String(key[2])).filter((id) =>
        purged.includes(id)
      ),
    );
    const left = ids.filter((id) => !purged.includes(id)).reverse();
    for (const page of [1, 7, 100]) {
      const listed: string[] = [];
      for (let before: string | null = null;;) {
        const found: StoredState[] = await commands.history("bob", before, page);
        // A broadcast's own records end by themselves; readers of the history leave out what has no command.
        listed.push(...found.map(({ commandId }) => commandId).filter((id) => !explicit.has(id)));
        assert.ok(found.every(({ record }) => record.state === "delivered"));
        if (found.length < page) break;
        before = found.at(-1)!.commandId;
      }
      assert.deepEqual(listed, left, `pages of ${page}`);
    }
  },
);

onEachStore(
  "DL-11: states of other people and unknown commands are not in a person's lists",
  async (store) => {
    const commands = kvCommandStore(store);
    for (const id of ["A", "B"]) await commands.accept(acceptanceOf(id, []));
    await take(commands, "bob", ["B"]);
    assert.equal(await stateOf(commands, "bo", "B"), null);
    assert.equal(await stateOf(commands, "bobby", "B"), null);
    assert.equal(await stateOf(commands, "bob", "A"), null);
    assert.deepEqual(await commands.history("bobby", null, 10), []);
  },
);

Deno.test("DL-11: a record of an earlier version that says delivered is read as before", async () => {
  const kv = await Deno.openKv(":memory:");
  await using store: Store = {
    kv,
    committer: new Committer(kv),
    exclusive: true,
    [Symbol.asyncDispose]: () => Promise.resolve(kv.close()),
  };
  const commands = kvCommandStore(store);
  await commands.accept(acceptanceOf("A", []));
  await kv.set(keys.state("bob", "A"), {
    taken: at,
    createdAt: at,
    place: "cast",
    allowedBy: rule,
    cast: true,
  });
  const stored = (await stateOf(commands, "bob", "A"))!;
  assert.deepEqual([stored.record.state, stored.record.deliveredAt], ["delivered", at]);
});

onEachStore(
  "CO-6, DL-11: nothing is written that is not current any more right before the write",
  async (store) => {
    const commands = kvCommandStore(store);
    await commands.accept(acceptanceOf("A", ["bob"]));
    const from = await waiting(commands, "bob", "A");
    assert.equal(await commands.take("bob", [from], later, () => false), false);
    const to: StateRecord = { ...from.record, withheldBy: "blocked_user", place: null };
    assert.equal(await commands.change([{ from, to }], { current: () => false }), false);
    assert.deepEqual(await stateOf(commands, "bob", "A"), from);
  },
);
