import assert from "node:assert/strict";
import { RescanSchedule } from "../../lib/scanning/mod.ts";
import { settle } from "../fakes/clock.ts";
import { hashOf, ScanRig } from "../fakes/scan_rig.ts";

const minuteMs = 60_000;

/** Files that were found clean, and a schedule over them. */
async function rigOf(count: number) {
  const rig = new ScanRig();
  for (let n = 0; n < count; n++) await rig.add(`f${n}`);
  const worker = rig.worker({ slots: 2 });
  worker.start();
  await settle();
  for (let n = 0; n < count; n++) assert.equal(rig.state(`f${n}`), "clean");
  const schedule = new RescanSchedule({
    store: rig.scans,
    virus: rig.virus,
    clock: rig.clock,
    log: rig.log,
    added: () => worker.wake(),
  });
  schedule.start();
  await rig.clock.advanceAsync(minuteMs);
  assert.equal(rig.virus.asked.length, count, "the signatures are the same");
  rig.virus.asked.length = 0;
  return { rig, worker, schedule };
}

Deno.test("SC-4: after an update of the signatures clean files are scanned again, once, in the background", async () => {
  const { rig, worker, schedule } = await rigOf(40);
  rig.virus.version = "2";
  rig.virus.script = ({ sha256 }) => sha256 === hashOf("f7") ? "infected" : "clean";
  await rig.clock.advanceAsync(4 * minuteMs);
  const soon = rig.virus.asked.length;
  await rig.clock.advanceAsync(1000);
  assert.ok(rig.virus.asked.length - soon <= 4, "no more than the rate");
  await rig.clock.advanceAsync(30 * minuteMs);
  assert.equal(rig.virus.asked.length, 40);
  assert.equal(new Set(rig.virus.asked).size, 40);
  assert.deepEqual([rig.state("f7"), rig.refused("f7")], ["rejected", "infected"]);
  assert.equal(rig.state("f8"), "clean");
  const [csam, virus] = await rig.scans.verdicts(hashOf("f8"));
  assert.deepEqual([csam?.version, virus?.version], ["1", "2"]);
  await schedule[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  assert.equal(rig.clock.pending, 0);
});

Deno.test("SC-4: fresh uploads come before rescans, and nothing is added while scans wait", async () => {
  const { rig, worker, schedule } = await rigOf(20);
  rig.virus.version = "2";
  const busy = Promise.withResolvers<"clean">();
  rig.virus.script = () => busy.promise;
  for (let n = 0; n < 5; n++) await rig.add(`fresh-${n}`);
  worker.wake();
  await rig.clock.advanceAsync(9 * minuteMs);
  assert.deepEqual(
    rig.virus.asked.map((sha256) => sha256.startsWith(hashOf("fresh").slice(0, 10))),
    [true, true],
  );
  assert.equal(await rig.scans.backlog(100), 5, "no rescan was added");
  rig.virus.script = () => "clean";
  busy.resolve("clean");
  await rig.clock.advanceAsync(10 * minuteMs);
  assert.deepEqual(rig.virus.asked.length, 25);
  await schedule[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
});

Deno.test("SC-4: a stand-in, or a scanner that does not answer, starts no rescans", async () => {
  for (const how of ["down", "stand-in", "throws", "no version"]) {
    const { rig, worker, schedule } = await rigOf(5);
    rig.virus.version = how === "no version" ? "" : "2";
    rig.virus.healthy = how !== "down";
    rig.virus.real = how !== "stand-in";
    if (how === "throws") rig.virus.health = () => Promise.reject(new Error("no"));
    await rig.clock.advanceAsync(30 * minuteMs);
    assert.deepEqual(rig.virus.asked, [], how);
    await schedule[Symbol.asyncDispose]();
    await worker[Symbol.asyncDispose]();
  }
});

Deno.test("SC-4: rescans that a restart cut short go on, and what was done is not done again", async () => {
  const { rig, worker, schedule } = await rigOf(40);
  rig.virus.version = "2";
  await rig.clock.advanceAsync(4 * minuteMs + 3000);
  const done = rig.virus.asked.length;
  assert.ok(done > 0 && done < 40, `${done} are done`);
  await schedule[Symbol.asyncDispose]();
  const { scans: store, virus, clock, log } = rig;
  await using next = new RescanSchedule({ store, virus, clock, log, added: () => worker.wake() });
  next.start();
  await rig.clock.advanceAsync(10 * minuteMs);
  assert.equal(rig.virus.asked.length, 40);
  assert.equal(new Set(rig.virus.asked).size, 40);
  await worker[Symbol.asyncDispose]();
});
