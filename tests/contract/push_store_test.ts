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
