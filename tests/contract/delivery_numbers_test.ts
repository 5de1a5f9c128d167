import assert from "node:assert/strict";
import { Committer } from "../../lib/adapters/kv/committer.ts";
import { kvCommandStore } from "../../lib/adapters/kv/commands_store.ts";
import { kvConsentStore } from "../../lib/adapters/kv/consent_store.ts";
import type { StoredState } from "../../lib/commands/mod.ts";
import { acceptanceOf, allowed, at, read } from "../fakes/acceptances.ts";
import { onEachStore } from "../fakes/kv_stores.ts";
import { seededRandom } from "../fakes/random.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";

onEachStore(
  "CO-12: numbers of deliveries that are kept in memory are those of the store, whatever is written, also at the same time",
  async (store) => {
    const commands = kvCommandStore(store);
    const kept = kvConsentStore(store);
    const [day, zone] = ["2026-01-01", "UTC"];
    const same = async (when: string) => {
      const [now, anew] = [kept, kvConsentStore(store)].map((one) => one.deliveryNumbers("bob", day, zone));
      assert.deepEqual(await now, await anew, when);
      return (await now)!;
    };
    const ids = Array.from({ length: 90 }, (_, at) => String(at).padStart(3, "0"));
    for (const id of ids) await commands.accept(acceptanceOf(id, { bob: allowed }));
    assert.deepEqual((await same("nothing was delivered")).open.all, 0);
    const take = async (some: readonly string[]) => {
      const states = await commands.states(some.map((commandId) => ({ userId: "bob", commandId })));
      assert.ok(await commands.take("bob", states as StoredState[], at, () => true));
    };
    // Two lists that are full, and one that is not.
    for (const from of [0, 15, 40, 70]) {
      await take(ids.slice(from, from + 15));
      await same(`taken from ${from} on`);
    }
    assert.deepEqual((await same("taken")).open.all, 60);
    const random = seededRandom(5);
    const write = async (id: string) => {
      const from = await read(commands, "bob", id);
      const draw = random.fraction();
      const to = draw < 0.3
        ? { ...from.record, countedOn: day }
        : draw < 0.6
        ? { ...from.record, state: "declined" as const, place: null }
        : draw < 0.8
        ? { ...from.record, withheldBy: "blocked_user" as const, place: null }
        : { ...from.record, state: "seen" as const, deliveredAt: at };
      await commands.change([{ from, to }]);
    };
    for (let round = 0; round < 12; round++) {
      const some = Array.from({ length: 8 }, () => ids[Math.floor(random.fraction() * ids.length)]!);
      const writing = Promise.all(some.map(write));
      // Reads that overlap with the commits may see any of them, and the next ones must not keep what they saw.
      await Promise.all([
        kept.deliveryNumbers("bob", day, zone),
        kept.deliveryNumbers("bob", day, zone),
      ]);
      await writing;
      await same(`round ${round}`);
    }
    for (const id of ids.slice(10, 20)) {
      const record = (await commands.commands([id])).get(id);
      await commands.purge(record!);
    }
    const { open } = await same("purged");
    assert.ok(open.all > 0 && open.by.get("user:ann") === open.all);
    const west = await kept.deliveryNumbers("bob", day, "America/New_York");
    assert.ok(west.today.all < (await same("where it is the evening before")).today.all);
    const next = await kept.deliveryNumbers("bob", "2026-01-09", zone);
    assert.deepEqual([next.today.all, next.open.all], [0, open.all]);
    await same("asked for another day meanwhile");
  },
);

Deno.test("CO-12: a delivery whose commit began before the first look at the numbers counts for the next one", async () => {
  await using store = await openStore(":memory:");
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ids = ["001", "002", "003"];
  for (const id of ids) await kvCommandStore(store).accept(acceptanceOf(id, { bob: allowed }));
  const slow = { ...store, committer: new Committer(heldKv(store.kv, begun.resolve, held.promise)) };
  const [commands, kept] = [kvCommandStore(slow), kvConsentStore(slow)];
  const states = await commands.states(ids.map((commandId) => ({ userId: "bob", commandId })));
  const taking = commands.take("bob", states as StoredState[], at, () => true);
  await begun.promise;
  const first = kept.deliveryNumbers("bob", "2026-01-01", "UTC");
  // Long enough for all that it reads.
  for (let look = 0; look < 50; look++) await store.kv.get(["none"]);
  held.resolve();
  assert.ok(await taking);
  await first;
  assert.equal((await kept.deliveryNumbers("bob", "2026-01-01", "UTC")).open.all, 3);
});

/** Tells of a commit before it reaches the store, where it waits. */
function heldKv(kv: Store["kv"], begun: () => void, held: Promise<void>): Store["kv"] {
  const bound = (target: object, name: string | symbol) => {
    const value = Reflect.get(target, name);
    return typeof value === "function" ? value.bind(target) : value;
  };
  const atomic = () =>
    new Proxy(kv.atomic(), {
      get(target, name) {
        if (name !== "commit") return bound(target, name);
        begun();
        return () => held.then(() => target.commit());
      },
    });
  return new Proxy(kv, {
    get: (target, name) => name === "atomic" ? atomic : bound(target, name),
  });
}
