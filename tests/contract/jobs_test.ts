import assert from "node:assert/strict";
import { JobRunner } from "../../lib/adapters/kv/jobs.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { type Log, silentLog } from "../../lib/platform/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump, onEachStore, storeFile } from "../fakes/kv_stores.ts";
import { until } from "../fakes/until.ts";

const hourMs = 3600_000;

function runnerOf(
  { kv }: Store,
  clock: FakeClock,
  run: (job: string) => Promise<void> | void,
  log: Log = silentLog,
): JobRunner<string> {
  return new JobRunner<string>({ kv, clock, log, run: async (job) => await run(job) });
}

const add = ({ kv }: Store, dueMs: number, name: string) => kv.set(keys.job(dueMs, name), name);

onEachStore("DL-6: jobs run when they are due, oldest first, and are gone after", async (store) => {
  const clock = new FakeClock();
  const now = clock.now();
  const ran: string[] = [];
  await using runner = runnerOf(store, clock, (job) => void ran.push(job));
  await add(store, now + 1, "later");
  await add(store, now - 5, "b");
  await add(store, now - 10, "a");
  await add(store, now, "c");
  await add(store, 9, "oldest");
  await runner.runDue();
  assert.deepEqual(ran, ["oldest", "a", "b", "c"]);
  assert.deepEqual((await dump(store.kv, ["job"])).map(([, job]) => job), ["later"]);
  assert.deepEqual(await dump(store.kv, ["lease"]), []);
  clock.advance(1);
  await runner.runDue();
  assert.deepEqual(ran.at(-1), "later");
});

onEachStore("DL-6: more jobs than one look takes are all worked off, none twice", async (store) => {
  const clock = new FakeClock();
  const ran = new Map<string, number>();
  await using runner = runnerOf(store, clock, (job) => void ran.set(job, (ran.get(job) ?? 0) + 1));
  const names = Array.from({ length: 600 }, (_, at) => `job-${at}`);
  await Promise.all(names.map((name, at) => add(store, clock.now() - at, name)));
  await runner.runDue();
  assert.equal(ran.size, 600);
  assert.deepEqual([...new Set(ran.values())], [1]);
});

onEachStore("DL-6: what one runner works on another leaves alone", async (store) => {
  const clock = new FakeClock();
  const running = new Set<string>();
  const runs = new Map<string, number>();
  const work = async (job: string) => {
    assert.equal(running.has(job), false, "run twice at once");
    running.add(job);
    await store.kv.get(["a turn of the store"]);
    runs.set(job, (runs.get(job) ?? 0) + 1);
    running.delete(job);
  };
  await using one = runnerOf(store, clock, work);
  await using other = runnerOf(store, clock, work);
  await Promise.all(Array.from({ length: 40 }, (_, at) => add(store, clock.now() - at, `job-${at}`)));
  await Promise.all([one.runDue(), other.runDue(), one.runDue(), other.runDue()]);
  assert.equal(runs.size, 40);
  assert.deepEqual(await dump(store.kv, ["job"]), []);
  assert.deepEqual(await dump(store.kv, ["lease"]), []);
});

onEachStore(
  "DL-6: while one runner is busy, nobody else begins; a dead one's work is taken over",
  async (store) => {
    const clock = new FakeClock();
    const { promise: dying, resolve: die } = Promise.withResolvers<void>();
    const begun: string[] = [];
    const dead = runnerOf(store, clock, async (job) => {
      begun.push(`dead ${job}`);
      await dying;
    });
    await using other = runnerOf(store, clock, (job) => void begun.push(`other ${job}`));
    await add(store, clock.now(), "a");
    const stuck = dead.runDue();
    await until(() => begun.length === 1);
    await other.runDue();
    assert.deepEqual(begun, ["dead a"]);
    clock.advance(59_999);
    await other.runDue();
    assert.deepEqual(begun, ["dead a"]);
    clock.advance(1);
    await other.runDue();
    assert.deepEqual(begun, ["dead a", "other a"]);
    die();
    await stuck;
    await dead[Symbol.asyncDispose]();
  },
);

onEachStore(
  "DL-6: a job that fails comes again after 1 s, 2 s, … at most 5 min, and is logged",
  async (store) => {
    const clock = new FakeClock();
    const startMs = clock.now();
    const ranAt: number[] = [];
    const waits: unknown[] = [];
    const log: Log = { ...silentLog, error: (_event, fields) => void waits.push(fields?.retryInMs) };
    await using runner = runnerOf(store, clock, () => {
      ranAt.push(clock.now());
      if (ranAt.length <= 11) throw new Error("not yet");
    }, log);
    await add(store, startMs, "a");
    while (ranAt.length < 12) {
      await runner.runDue();
      clock.advance(1000);
    }
    const expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000);
    assert.deepEqual(waits, expected);
    assert.deepEqual(ranAt.slice(1).map((at, index) => at - ranAt[index]!), expected);
    assert.deepEqual(await dump(store.kv, ["job"]), []);
  },
);

onEachStore("DL-6: one failing job keeps no other from running", async (store) => {
  const clock = new FakeClock();
  const ran: string[] = [];
  await using runner = runnerOf(store, clock, (job) => {
    if (job === "bad") throw new Error("never");
    ran.push(job);
  });
  await add(store, clock.now() - 2, "bad");
  await add(store, clock.now() - 1, "good");
  await runner.runDue();
  assert.deepEqual(ran, ["good"]);
  assert.deepEqual((await dump(store.kv, ["job"])).map(([, job]) => job), ["bad"]);
});

onEachStore("DL-6: a long job keeps no other waiting, and is not begun twice", async (store) => {
  const clock = new FakeClock();
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const begun: string[] = [];
  const runner = runnerOf(store, clock, async (job) => {
    begun.push(job);
    if (job === "long") await done;
  });
  runner.start();
  await add(store, clock.now(), "long");
  clock.advance(500);
  await until(() => begun.length === 1 && clock.pending === 1);
  await add(store, clock.now(), "short");
  clock.advance(500);
  await until(() => begun.length === 2 && clock.pending === 1);
  assert.deepEqual(begun, ["long", "short"]);
  finish();
  await runner[Symbol.asyncDispose]();
  assert.deepEqual(await dump(store.kv, ["job"]), []);
});

onEachStore("DL-6: a job that was written again while it ran is due again", async (store) => {
  const clock = new FakeClock();
  let runs = 0;
  await using runner = runnerOf(store, clock, async () => {
    runs++;
    if (runs === 1) await add(store, clock.now(), "a");
  });
  await add(store, clock.now(), "a");
  await runner.runDue();
  assert.equal(runs, 1);
  await runner.runDue();
  assert.equal(runs, 2);
  assert.deepEqual(await dump(store.kv, ["job"]), []);
});

onEachStore("DL-6: the timer looks by itself, and no more after it was closed", async (store) => {
  const clock = new FakeClock();
  const ran: string[] = [];
  const runner = runnerOf(store, clock, (job) => void ran.push(job));
  runner.start();
  await add(store, clock.now() + hourMs, "a");
  clock.advance(500);
  await until(() => clock.pending === 1, "the next look to be planned");
  assert.deepEqual(ran, []);
  clock.advance(hourMs);
  await until(() => clock.pending === 1, "the next look to be planned");
  clock.advance(500);
  await until(() => ran.length === 1, "the job to run");
  await until(() => clock.pending === 1, "the next look to be planned");
  await runner[Symbol.asyncDispose]();
  assert.equal(clock.pending, 0);
  await add(store, clock.now(), "b");
  clock.advance(hourMs);
  await runner.runDue();
  assert.deepEqual(ran, ["a"]);
});

Deno.test("DL-6: jobs and failed work survive a restart", async () => {
  await using file = await storeFile();
  const clock = new FakeClock();
  const ran: string[] = [];
  {
    await using store = await openStore(file.path);
    await using runner = runnerOf(store, clock, () => {
      throw new Error("the first process cannot do it");
    });
    await add(store, clock.now(), "a");
    await add(store, clock.now() + hourMs, "b");
    await runner.runDue();
  }
  await using store = await openStore(file.path);
  await using runner = runnerOf(store, clock, (job) => void ran.push(job));
  await runner.runDue();
  assert.deepEqual(ran, ["a"]);
  clock.advance(hourMs);
  await runner.runDue();
  assert.deepEqual(ran, ["a", "b"]);
});

onEachStore(
  "DL-6: what a process had taken that died waits for its lease, or for nothing where it was the only one",
  async (store) => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const name = [clock.now(), "a"].join("/");
    await add(store, clock.now(), "a");
    await store.kv.set(keys.lease(name), { owner: "who died", untilMs: clock.now() + 60_000 });
    const parts = {
      kv: store.kv,
      clock,
      log: silentLog,
      run: (job: string) => Promise.resolve(void ran.push(job)),
    };
    {
      await using careful = new JobRunner<string>(parts);
      await careful.runDue();
      assert.deepEqual(ran, []);
    }
    await using only = new JobRunner<string>({ ...parts, exclusive: true });
    await only.runDue();
    assert.deepEqual(ran, ["a"]);
    assert.deepEqual(await dump(store.kv, ["lease"]), []);
  },
);
