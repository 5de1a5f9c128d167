import assert from "node:assert/strict";
import { kvRollups } from "../../lib/adapters/kv/rollups_store.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { fullAtMs } from "../../lib/moderation/disk_forecast.ts";
import type { Levels } from "../../lib/moderation/mod.ts";
import { Rollups } from "../../lib/moderation/rollups.ts";
import { Stats } from "../../lib/moderation/stats.ts";
import { Refusal, type SeriesPoint, type SeriesQuery } from "../../lib/protocol/mod.ts";
import { type Caller, iso, silentLog, talliedLog, Tally } from "../../lib/platform/mod.ts";
import { dump } from "../fakes/kv_stores.ts";
import { FakeClock, fakeStartMs, settle } from "../fakes/clock.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { until } from "../fakes/until.ts";

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;
const gigabyte = 1e9;

async function rig() {
  const store = await openStore(":memory:");
  const clock = new FakeClock();
  const log = new KeptLog();
  const levels: Levels = {
    connections: 0,
    jobsDue: 0,
    scanBacklog: 0,
    disk: { usedBytes: gigabyte, freeBytes: 10 * gigabyte },
  };
  const failing = { now: false };
  const open = () => {
    const tally = new Tally();
    const rollups = new Rollups({
      store: kvRollups(store),
      tally,
      clock,
      log,
      levels: () =>
        failing.now ? Promise.reject(new Error("The disk is gone.")) : Promise.resolve({ ...levels }),
    });
    return { rollups, tally };
  };
  const first = open();
  return {
    ...first,
    open,
    clock,
    levels,
    failing,
    log,
    kept: () => dump(store.kv, ["rollup"]),
    /** A look at the end of the 10 s that begin after so many since the clock's start. */
    async look(atMs: number, { rollups } = first) {
      clock.advance(fakeStartMs + atMs + 10 * second - clock.now());
      await rollups.look();
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

Deno.test("MO-4: a look is in its 10 s, its minute and its hour, at their edges", async () => {
  await using it = await rig();
  it.levels.connections = 10;
  it.tally.add("sends", 3);
  await it.look(50 * second);
  it.levels.connections = 20;
  it.levels.jobsDue = 7;
  it.tally.add("sends", 4);
  await it.look(60 * second);
  it.levels.jobsDue = 2;
  it.tally.add("deliveries", 5);
  await it.look(hour - 10 * second);
  const shown = async (range: "1h" | "24h" | "14d") =>
    (await it.rollups.series(range)).points.map((
      { at, connections, jobsDue, sends, deliveries },
    ) => [Date.parse(at) - fakeStartMs, connections, jobsDue, sends, deliveries]);
  assert.deepEqual(await shown("1h"), [
    [50 * second, 10, 0, 3, 0],
    [60 * second, 20, 7, 4, 0],
    [hour - 10 * second, 20, 2, 0, 5],
  ]);
  assert.deepEqual(await shown("24h"), [[0, 10, 0, 3, 0], [60 * second, 20, 7, 4, 0], [
    hour - 60 * second,
    20,
    2,
    0,
    5,
  ]]);
  // The mean of the connections, the most of the jobs.
  assert.deepEqual(await shown("14d"), [[0, 50 / 3, 7, 7, 5]]);
});

Deno.test("MO-4: after a restart, the minute and the hour go on", async () => {
  await using it = await rig();
  it.tally.add("logins", 2);
  await it.look(0);
  const again = it.open();
  again.tally.add("logins", 3);
  await it.look(10 * second, again);
  const { points } = await again.rollups.series("24h");
  assert.deepEqual(points.map(({ logins }) => logins), [5]);
});

Deno.test("MO-4: a clock that was set back loses nothing, and shows nothing of the future", async () => {
  await using it = await rig();
  it.tally.add("errors", 1);
  await it.look(30 * second);
  it.tally.add("errors", 2);
  await it.look(2 * hour);
  // The same two hours again, two weeks long in the memory of the other places.
  it.clock.advance(fakeStartMs + 40 * second - it.clock.now());
  it.tally.add("errors", 4);
  await it.rollups.look();
  const errors = (await it.rollups.series("14d")).points.map((point) => [point.at, point.errors]);
  assert.deepEqual(errors, [[iso(fakeStartMs), 5]]);
  it.clock.advance(2 * hour);
  assert.deepEqual((await it.rollups.series("14d")).points.map((point) => point.errors), [5, 2]);
});

Deno.test("MO-4: what is older than its range is not shown, and places are used again", async () => {
  await using it = await rig();
  for (const at of [0, 1, 2, 3]) await it.look(at * 15 * day);
  // One look each, in the place of the one before where it is the same.
  const places = (await it.kept()).map(([[, stepMs]]) => stepMs);
  assert.ok(places.length <= 12);
  assert.deepEqual((await it.rollups.series("14d")).points.length, 1);
  // More than an hour of looks: 400 steps of 10 s, and 360 places.
  const begin = 60 * day;
  for (let at = 0; at < 400; at++) await it.look(begin + at * 10 * second);
  const steps = (await it.kept()).map(([[, stepMs]]) => stepMs);
  assert.equal(steps.filter((stepMs) => stepMs === 10 * second).length, 360);
  assert.equal(
    (await it.rollups.series("1h")).points.length,
    360 - 1,
    "the one of now has not been looked at",
  );
  const bytes = JSON.stringify(await it.kept()).length / steps.length * (360 + 1440 + 336);
  assert.ok(bytes < 1_000_000, `${bytes} bytes when all places are used`);
});

Deno.test("MO-4: the timer looks every 10 s, also after a failure, which is logged once and loses no count", async () => {
  await using it = await rig();
  await using rollups = it.rollups;
  rollups.start();
  const next = async () => {
    await until(() => it.clock.nextInMs !== undefined);
    await it.clock.advanceAsync(10 * second);
    await until(() => it.clock.nextInMs !== undefined);
  };
  it.tally.add("sends", 1);
  it.failing.now = true;
  await next();
  await next();
  assert.deepEqual(it.log.lines.map(({ event }) => event), ["rollup.failed"]);
  it.failing.now = false;
  it.tally.add("sends", 1);
  await next();
  await settle();
  const points = (await rollups.series("1h")).points.map((
    { at, sends },
  ) => [Date.parse(at) - fakeStartMs, sends]);
  assert.deepEqual(points, [[20 * second, 2]]);
});

Deno.test("MO-4: errors and logins are counted from the log, whatever fields its lines carry", () => {
  const tally = new Tally();
  const log = talliedLog(silentLog, tally);
  log.info("login.succeeded");
  log.with({ requestId: "1" }).info("login.failed");
  log.warn("login.throttled");
  log.with({ requestId: "1" }).with({}).error("http.failed");
  log.info("account.registered");
  assert.deepEqual(tally.take(), { sends: 0, deliveries: 0, logins: 1, loginsRefused: 2, errors: 1 });
  assert.equal(tally.take().logins, 0);
});

Deno.test("MO-4: the disk's forecast is a straight line through what was used", () => {
  const points = (perDay: number, days: number) =>
    Array.from({ length: days * 24 + 1 }, (_, at) => ({
      atMs: fakeStartMs + at * hour,
      disk: { usedBytes: 100 * gigabyte + perDay / 24 * at, freeBytes: 0 },
    }));
  const now = fakeStartMs + 3 * day;
  const disk = { usedBytes: 103 * gigabyte, freeBytes: 20 * gigabyte };
  const full = fullAtMs(points(gigabyte, 3), { disk }, now);
  assert.equal(Math.round((full! - now) / day), 20);
  assert.equal(fullAtMs(points(-gigabyte, 3), { disk }, now), null, "it empties");
  assert.equal(fullAtMs(points(0, 3), { disk }, now), null, "it stays");
  assert.equal(fullAtMs(points(gigabyte / 100, 3), { disk }, now), null, "more than a year away");
  assert.equal(fullAtMs(points(gigabyte, 3).slice(0, 20), { disk }, now), null, "less than a day");
  assert.equal(fullAtMs([], { disk }, now), null);
  assert.equal(fullAtMs(points(gigabyte, 3), { disk: null }, now), null);
});

Deno.test("MO-5: one number is asked for over a time, in the finest steps that are kept for it", async () => {
  const now = fakeStartMs;
  const asked: string[] = [];
  const point = (atMs: number, sends: number, disk: SeriesPoint["disk"]) =>
    ({ at: iso(atMs), sends, disk }) as SeriesPoint;
  const stats = new Stats({
    connections: () => 0,
    users: () => Promise.resolve(0),
    jobsDue: () => Promise.resolve(0),
    series(range) {
      asked.push(range);
      const stepMs = range === "1h" ? 10 * second : range === "24h" ? 60 * second : hour;
      const points = [
        point(now - 2 * stepMs, 3, null),
        point(now - stepMs, 5, { usedBytes: 7, freeBytes: 9 }),
      ];
      return Promise.resolve({ range, stepMs, from: "", to: "", points, diskFullAt: null });
    },
  }, { now: () => now });
  const boss = { role: "admin" } as Caller;
  const of = async (query: SeriesQuery, caller = boss) => {
    const answer = await stats.series(caller, query);
    return answer instanceof Refusal ? answer.kind : answer.points.map(({ value }) => value);
  };
  assert.deepEqual(await of({ name: "sends", from: iso(now - hour + second) }), [3, 5]);
  assert.deepEqual(await of({ name: "sends", from: iso(now - 5 * hour), to: iso(now - 61 * second) }), [3]);
  assert.deepEqual(await of({ name: "diskUsedBytes", from: iso(now - 100 * day) }), [7]);
  assert.deepEqual(asked, ["1h", "24h", "14d"]);
  assert.equal(await of({ name: "sends", from: iso(now), to: iso(now - 1) }), "invalid_params");
  assert.equal(await of({ name: "sends" }, { role: "moderator" } as Caller), "not_found");
});
