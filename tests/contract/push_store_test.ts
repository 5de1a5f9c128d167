import assert from "node:assert/strict";
import type { Committer } from "../../lib/adapters/kv/committer.ts";
import { kvPushStore } from "../../lib/adapters/kv/mod.ts";
import type { NewSubscription, StoredSubscription } from "../../lib/push/ports.ts";
import { FakeClock } from "../fakes/clock.ts";
import { onEachStore } from "../fakes/kv_stores.ts";

const device = (userId: string, sessionId: string): NewSubscription => ({
  id: "one",
  userId,
  endpoint: "https://push.example.org/one",
  p256dh: "key",
  auth: "secret",
  device: "phone",
  origin: "https://behest.example.org",
  language: "en",
  createdMs: 0,
  sessionId,
  sessionUntilMs: 1,
  noticeMark: "",
  waiting: [],
  shown: [],
  last: null,
  failures: 0,
  retryMs: null,
});

onEachStore(
  "UI-12: a device is there at each moment of its renewal, and a mark that moved meanwhile is kept",
  async (store) => {
    /** What the person has after each commit. */
    const found: number[] = [];
    const committer = new Proxy(store.committer, {
      get(target, name) {
        const own = Reflect.get(target, name, target);
        if (name !== "commit") return typeof own === "function" ? own.bind(target) : own;
        return async (write: Parameters<Committer["commit"]>[0]) => {
          const committed = await target.commit(write);
          found.push((await pushes.of("ann")).length);
          return committed;
        };
      },
    });
    const pushes = kvPushStore({ ...store, committer }, new FakeClock());
    const now = async () => (await pushes.get("ann", "one")) as StoredSubscription;

    assert.ok(await pushes.put(device("ann", "first")));
    const before = await now();
    assert.ok(await pushes.change(before, { ...before.value, logMark: "later" }));
    assert.equal(await pushes.put({ ...before.value, sessionId: "second" }, before), false);
    assert.equal((await now()).value.logMark, "later");
    const moved = await now();
    assert.ok(await pushes.put({ ...moved.value, sessionId: "second" }, moved));
    assert.deepEqual([(await now()).value.logMark, (await now()).value.sessionId], ["later", "second"]);
    assert.deepEqual(found, found.map(() => 1));
    assert.deepEqual(await pushes.ofSession("first"), []);
    assert.deepEqual(await pushes.ofSession("second"), [{ userId: "ann", id: "one" }]);

    assert.ok(await pushes.put(device("bob", "third")));
    assert.equal(await pushes.get("ann", "one"), null, "another person logged in on it");
    assert.equal(await pushes.ownerOf("one"), "bob");
    assert.deepEqual(await pushes.ofSession("second"), []);
  },
);

onEachStore(
  "UI-12: what is known of devices is what was written last, whoever wrote at the same time",
  async (store) => {
    const pushes = kvPushStore(store, new FakeClock());
    const two = { ...device("ann", "second"), id: "two", endpoint: "https://push.example.org/two" };
    assert.ok(await pushes.put(device("ann", "first")));
    assert.ok(await pushes.put(two));
    const marks = async () => (await pushes.of("ann")).map(({ value: { logMark } }) => logMark);
    const [one, other] = await pushes.of("ann") as [StoredSubscription, StoredSubscription];
    const moved = (from: StoredSubscription, logMark: string) =>
      pushes.change(from, { ...from.value, logMark });

    assert.deepEqual(await Promise.all([moved(one, "a1"), moved(other, "b")]), [true, true]);
    const together = await pushes.of("ann") as [StoredSubscription, StoredSubscription];
    assert.equal(together[0].version, together[1].version, "in one commit");
    assert.ok(await moved(together[0], "a"));
    assert.deepEqual(await marks(), ["a", "b"]);
    assert.equal(await moved(one, "c"), false, "as it was");
    const [now] = await pushes.of("ann") as [StoredSubscription];
    const turns = await Promise.all([moved(now, "d"), moved(now, "e"), pushes.of("ann")]);
    assert.deepEqual(turns.slice(0, 2), [true, false]);
    assert.deepEqual(await marks(), ["d", "b"]);

    const removing = pushes.remove({ userId: "ann", id: "one" });
    await pushes.of("ann");
    await removing;
    assert.deepEqual(await marks(), ["b"]);
    assert.equal(await pushes.get("ann", "one"), null);
    assert.ok(await pushes.put({ ...two, userId: "bob" }));
    assert.deepEqual(await marks(), [], "another person logged in on it");
  },
);
