import { told } from "../fakes/told.ts";
import { english, faultOf, type Message, say } from "../../lib/protocol/mod.ts";
import assert from "node:assert/strict";
import { diskHealth } from "../../lib/adapters/disk/health.ts";
import { kvHealth } from "../../lib/adapters/kv/health.ts";
import { Health, type HealthPort } from "../../lib/platform/health.ts";
import { FakeClock } from "../fakes/clock.ts";

const reasons = { late: (count: number) => say("health.late", { count }), fault: faultOf };
const works: HealthPort<Message> = { name: "works", check: () => Promise.resolve(null) };

Deno.test("OP-4: ready when every check is, with one line for each", async () => {
  const health = new Health([works, { ...works, name: "too" }], new FakeClock(), reasons);
  assert.deepEqual(await health.ready(), {
    ready: true,
    checks: [{ name: "works", ok: true, reason: null }, { name: "too", ok: true, reason: null }],
    warnings: [],
  });
});

Deno.test("OP-4: a reason, a throw and no answer in time each make it not ready, and say why", async () => {
  const clock = new FakeClock();
  const health = new Health<Message>(
    [
      works,
      { name: "full", check: () => Promise.resolve(told("no room")) },
      { name: "broken", check: () => Promise.reject(new Error("gone")) },
      { name: "slow", check: () => new Promise(() => {}) },
      { name: "endless", check: () => Promise.resolve(null), endsAt: () => new Promise(() => {}) },
    ],
    clock,
    reasons,
  );
  const answer = health.ready();
  await clock.advanceAsync(3_000);
  assert.deepEqual(await answer, {
    ready: false,
    checks: [
      { name: "works", ok: true, reason: null },
      { name: "full", ok: false, reason: told("no room") },
      { name: "broken", ok: false, reason: say("health.fault", { text: "gone" }) },
      { name: "slow", ok: false, reason: say("health.late", { count: 3 }) },
      { name: "endless", ok: false, reason: say("health.late", { count: 3 }) },
    ],
    warnings: [],
  });
  assert.equal(clock.pending, 0, "a timer was left behind");
});

Deno.test("OP-4: many questions within a second are one check", async () => {
  let asked = 0;
  const clock = new FakeClock();
  const counted: HealthPort<Message> = { name: "counted", check: () => Promise.resolve((asked++, null)) };
  const health = new Health([counted], clock, reasons);
  await Promise.all([health.ready(), health.ready()]);
  clock.advance(999);
  await health.ready();
  assert.equal(asked, 1);
  clock.advance(1);
  await health.ready();
  assert.equal(asked, 2);
});

Deno.test("OP-4: the disk's check leaves nothing behind, and names a directory that is gone", async () => {
  const dir = await Deno.makeTempDir();
  assert.equal(await diskHealth(dir).check(), null);
  assert.deepEqual([...Deno.readDirSync(dir)], []);
  await Deno.remove(dir);
  assert.match(english((await diskHealth(dir).check())!), /cannot be written \(NotFound\)/);
});

Deno.test("OP-4: the store's check reads back what it wrote, and fails when the store is closed", async () => {
  const kv = await Deno.openKv(":memory:");
  assert.equal(await kvHealth(kv).check(), null);
  kv.close();
  await assert.rejects(kvHealth(kv).check());
});
