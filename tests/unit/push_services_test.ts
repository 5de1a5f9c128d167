import assert from "node:assert/strict";
import { noMeters } from "../../lib/platform/meters.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { pushLimits } from "../../lib/protocol/mod.ts";
import {
  type Alert,
  Notifications,
  Push,
  type PushOutcome,
  type PushSender,
  refKey,
  Tickets,
} from "../../lib/push/mod.ts";
import { ServiceLanes } from "../../lib/push/services.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { deviceOf, MemoryPushes } from "../fakes/memory_pushes.ts";
import { pushWords } from "../fakes/push_words.ts";

const sent: PushOutcome = { kind: "sent", status: 201 };
const tooMany = (waitMs: number | null): PushOutcome => ({
  kind: "later",
  waitMs,
  status: 429,
  why: "HTTP 429",
});
Deno.test("UI-12: a push service is left in peace when it puts several people off, and never for one", async () => {
  const clock = new FakeClock();
  const lanes = new ServiceLanes(clock);
  const begun: string[] = [];
  const send = (host: string, who: string, outcome: PushOutcome) =>
    lanes.run(host, who, () => {
      begun.push(who);
      return Promise.resolve(outcome);
    });
  const after = async (ms: number) => {
    await clock.advanceAsync(ms);
    return begun.splice(0);
  };
  for (let count = 0; count < 20; count++) await send("one", "eve", tooMany(600_000));
  void send("one", "ann", sent);
  assert.deepEqual((await after(0)).slice(-1), ["ann"], "twenty devices of one person hold nobody else");
  await send("one", "eve", tooMany(60_000));
  await send("one", "bob", tooMany(60_000));
  await send("one", "ann", sent);
  await send("one", "carl", tooMany(60_000));
  void send("one", "ann", sent);
  assert.equal((await after(0)).at(-1), "ann", "a push that was taken in between");

  for (const who of ["bob", "eve"]) await send("one", who, tooMany(60_000));
  begun.splice(0);
  for (const who of ["bob", "carl", "eve"]) void send("one", who, tooMany(60_000));
  await settle();
  void send("one", "ann", sent);
  void send("two", "dan", sent);
  assert.ok((await after(59_999)).includes("dan"), "no other service");
  assert.deepEqual(begun, []);
  assert.deepEqual(await after(1), ["ann"], "as long as it said");

  // Without a time, and longer than anyone is believed.
  for (const [waitMs, heldMs] of [[null, 5000], [24 * 3600_000, 600_000]] as const) {
    for (const who of ["bob", "carl", "eve"]) await send("one", who, tooMany(waitMs));
    begun.splice(0);
    void send("one", "ann", sent);
    assert.deepEqual(await after(heldMs - 1), []);
    assert.deepEqual(await after(1), ["ann"]);
  }
  lanes.close();
});

Deno.test("UI-12: a push service gets so many pushes a second, and half of that after it asked for less", async () => {
  const clock = new FakeClock();
  const lanes = new ServiceLanes(clock);
  let begun = 0;
  const send = (who: string, outcome: PushOutcome) =>
    lanes.run("one", who, () => {
      begun++;
      return Promise.resolve(outcome);
    });
  const inSecond = async () => {
    begun = 0;
    await clock.advanceAsync(1000);
    return begun;
  };
  const most = pushLimits.pushesEachSecond;
  const all = Array.from({ length: 4 * most }, () => send("ann", sent));
  await settle();
  assert.equal(begun, most / 4);
  for (let second = 0; second < 3; second++) assert.equal(await inSecond(), most);
  await inSecond();
  await Promise.all(all);

  await clock.advanceAsync(1000);
  for (const who of ["bob", "carl", "eve"]) await send(who, tooMany(1000));
  const more = Array.from({ length: 3 * most }, () => send("ann", sent));
  await settle();
  assert.ok(await inSecond() <= most / 8, "the pause");
  const slowed = await inSecond();
  assert.ok(slowed >= most / 2 - 1 && slowed < most, `${slowed} in the second after it`);
  for (let second = 0; second < 6; second++) await inSecond();
  assert.equal((await Promise.all(more)).length, 3 * most, "nothing is lost");
  lanes.close();
});

/** Told of deadlines alone, as long as `isDue` says so. */
function pushWith(
  { clock, store, send, isDue = () => true, epoch = () => 0 }: {
    clock: FakeClock;
    store: MemoryPushes;
    send: PushSender["send"];
    isDue?: () => boolean;
    epoch?: () => number;
  },
): Push {
  const alertOf = (id: string): Alert => ({
    what: "deadline",
    id,
    topic: "deadline",
    from: "bob",
    group: null,
    expiresMs: clock.now() + 3600_000,
    commandId: id,
    actions: ["accept", "stop"],
    options: [],
    verdict: "tell",
  });
  return new Push({
    store,
    sender: { publicKey: "key", takes: () => true, send },
    sources: {
      news: () =>
        Promise.resolve({
          log: { alerts: [], upTo: null, more: false },
          notices: { alerts: [], upTo: null },
        }),
      now: (_userId, refs) =>
        Promise.resolve(new Map(isDue() ? refs.map((one) => [refKey(one), alertOf(one.id)]) : [])),
    },
    people: {
      isActive: () => Promise.resolve(true),
      hasSession: () => Promise.resolve(true),
      holds: () => Promise.resolve(null),
    },
    notifications: new Notifications(new Tickets(new Uint8Array(32)), () => pushWords),
    meters: noMeters,
    epoch,
    clock,
    log: silentLog,
    exclusive: true,
  });
}

async function subscribe(push: Push, store: MemoryPushes, names: readonly string[]): Promise<void> {
  for (const userId of names) {
    await store.put(deviceOf(userId));
    push.began(userId);
  }
}

Deno.test("UI-12 CO-6: what does not hold any more when its push service has room is not sent", async () => {
  const clock = new FakeClock();
  const store = new MemoryPushes();
  const told: string[] = [];
  let isDue = true;
  let epoch = 0;
  await using push = pushWith({
    clock,
    store,
    isDue: () => isDue,
    epoch: () => epoch,
    send: ({ endpoint }) => {
      told.push(endpoint.slice(-4));
      return Promise.resolve(endpoint.endsWith("anna") ? sent : tooMany(60_000));
    },
  });
  await subscribe(push, store, ["anna", "bobb", "carl", "evee"]);
  for (const userId of ["bobb", "carl", "evee"]) await push.remind(userId, "c1", "deadline");
  await settle();
  assert.deepEqual(told.splice(0), ["bobb", "carl", "evee"]);
  await push.remind("anna", "c2", "deadline");
  await clock.advanceAsync(59_000);
  assert.deepEqual(told, [], "the service is left in peace");
  epoch++;
  isDue = false;
  await clock.advanceAsync(60_000);
  assert.deepEqual(told, []);
  isDue = true;
  await push.remind("anna", "c3", "deadline");
  await clock.advanceAsync(1000);
  assert.deepEqual(told, ["anna"]);
});

Deno.test("UI-12 CM-8: 10,000 deadlines of one minute ring each device once, no faster than a service takes them", async () => {
  const people = 10_000;
  const clock = new FakeClock();
  const store = new MemoryPushes();
  const rung = new Map<string, number>();
  let running = 0;
  let most = 0;
  let second = 0;
  let busiest = 0;
  await using push = pushWith({
    clock,
    store,
    // Each takes 50 ms, and every hundredth is put off once.
    send: ({ endpoint }) => {
      most = Math.max(most, ++running);
      busiest = Math.max(busiest, ++second);
      const { promise, resolve } = Promise.withResolvers<PushOutcome>();
      clock.after(50, () => {
        running--;
        const tries = rung.get(endpoint) ?? 0;
        if (tries === 0 && endpoint.endsWith("00")) {
          rung.set(endpoint, -1);
          return resolve(tooMany(10_000));
        }
        rung.set(endpoint, Math.max(tries, 0) + 1);
        resolve(sent);
      });
      return promise;
    },
  });
  const names = Array.from({ length: people }, (_, at) => `p${at}`);
  await subscribe(push, store, names);

  // The jobs of a minute come due at once after a restart.
  await Promise.all(names.map((userId, at) => push.remind(userId, `c${at}`, "deadline")));
  let seconds = 0;
  for (; seconds < 60 && (seconds === 0 || second > 0 || store.jobs.size > 0); seconds++) {
    second = 0;
    for (let step = 0; step < 20; step++) {
      clock.advance(50);
      await settle();
    }
    for (const job of store.due(clock.now())) await push.run(job);
  }
  await settle();
  assert.equal(rung.size, people);
  assert.deepEqual([...rung].filter(([, times]) => times !== 1), [], "each device rings once");
  assert.ok(most <= pushLimits.pushesAtOnce, `${most} at once`);
  assert.ok(busiest <= pushLimits.pushesEachSecond * 1.25, `${busiest} in a second`);
  assert.ok(seconds < 60, "within a minute");
});
