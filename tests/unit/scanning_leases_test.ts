import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { ScanRecord } from "../../lib/adapters/kv/scan_store.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { hashOf, ScanRig } from "../fakes/scan_rig.ts";

function recordOf(rig: ScanRig, name: string): ScanRecord | null {
  return rig.memory.get<ScanRecord>(keys.scan(hashOf(name))).value;
}

Deno.test("SC-1: a lease is renewed while a scan runs, so that nobody else begins it", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  const { promise, resolve } = Promise.withResolvers<"clean">();
  rig.virus.script = () => promise;
  await using worker = rig.worker();
  await using other = rig.worker({ seed: 2 });
  worker.start();
  await settle();
  other.start();
  await rig.clock.advanceAsync(5 * 60_000);
  assert.equal(rig.virus.asked.length, 1);
  resolve("clean");
  await settle();
  assert.equal(rig.state("a"), "clean");
});

Deno.test("SC-1: when a lease is lost, the scan is cut off and its result is thrown away", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  const { promise, resolve } = Promise.withResolvers<"clean">();
  rig.virus.script = () => promise;
  await using worker = rig.worker();
  worker.start();
  await settle();
  // As after a night in which this machine slept: somebody else has it now.
  const thief = (await rig.scans.take("thief", rig.clock.now() + limits.scanLeaseMs))!;
  rig.csam.script = () => "match";
  await rig.clock.advanceAsync(limits.scanLeaseMs / 2);
  resolve("clean");
  await settle();
  assert.equal(rig.state("a"), "scanning", "the first result does not count");
  assert.deepEqual(await rig.scans.verdicts(hashOf("a")), []);
  assert.equal(await rig.scans.conclude(thief, { state: "held", verdicts: [] }), true);
  assert.equal(rig.state("a"), "held");
});

Deno.test("SC-1: a lost lease is noticed when it is renewed, and says nothing of the scanners", async () => {
  const rig = new ScanRig();
  const names = ["a", "b", "c", "d", "e", "f"];
  for (const name of names) await rig.add(name);
  rig.virus.script = () => "hang";
  rig.csam.script = () => "deaf";
  await using worker = rig.worker({ slots: 6 });
  worker.start();
  await settle();
  assert.equal(rig.virus.looking.size, 6);
  for (const _ of names) {
    assert.ok(await rig.scans.take("thief", rig.clock.now() + limits.scanLeaseMs) !== null);
  }
  await rig.clock.advanceAsync(limits.scanLeaseMs / 3);
  assert.equal(rig.virus.looking.size, 0, "cut off");
  assert.deepEqual([worker.breakers.virus.state, worker.breakers.csam.state], ["closed", "closed"]);
  assert.deepEqual(names.map((name) => rig.state(name)), names.map(() => "scanning"));
});

Deno.test("SC-1: a scan that ends while its lease is being renewed is concluded", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  const answer = Promise.withResolvers<"clean">();
  rig.virus.script = () => answer.promise;
  const slow = Promise.withResolvers<void>();
  const scans = {
    ...rig.scans,
    renew: async (...args: Parameters<typeof rig.scans.renew>) => {
      const renewed = await rig.scans.renew(...args);
      await slow.promise;
      return renewed;
    },
  };
  await using worker = rig.worker({ scans });
  worker.start();
  await rig.clock.advanceAsync(limits.scanLeaseMs / 3);
  answer.resolve("clean");
  await settle();
  assert.equal(rig.state("a"), "scanning");
  slow.resolve();
  await settle();
  assert.equal(rig.state("a"), "clean");
});

Deno.test("SC-1: a lease that was answered too late is not begun", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  const slow = Promise.withResolvers<void>();
  const scans = {
    ...rig.scans,
    take: async (...args: Parameters<typeof rig.scans.take>) => {
      const job = await rig.scans.take(...args);
      await slow.promise;
      return job;
    },
  };
  await using worker = rig.worker({ scans });
  worker.start();
  await rig.clock.advanceAsync(limits.scanLeaseMs);
  assert.ok(await rig.scans.take("heir", rig.clock.now()) !== null);
  slow.resolve();
  await settle();
  assert.deepEqual(rig.virus.asked, []);
});

Deno.test("SC-1: a store that does not answer costs the lease before somebody else can have it", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  let down = true;
  const warned: string[] = [];
  rig.log = { ...silentLog, warn: (event) => void warned.push(event) };
  rig.virus.script = () => rig.virus.asked.length === 1 ? "hang" : "clean";
  const scans = {
    ...rig.scans,
    renew: (...args: Parameters<typeof rig.scans.renew>) =>
      down ? Promise.reject(new Error("no store")) : rig.scans.renew(...args),
  };
  await using worker = rig.worker({ scans });
  worker.start();
  await rig.clock.advanceAsync(limits.scanLeaseMs - 1001);
  assert.equal(rig.virus.looking.size, 1);
  await rig.clock.advanceAsync(1);
  assert.ok(warned.includes("scan.lease_not_renewed"));
  down = false;
  await rig.clock.advanceAsync(1);
  assert.equal(rig.virus.looking.size, 0);
  assert.equal(rig.virus.asked.length, 2, "given back, and begun anew");
  assert.equal(rig.state("a"), "clean");
});

Deno.test("SC-1: closing cuts scans off and gives them back; whoever starts next goes on at once", async () => {
  const rig = new ScanRig();
  for (const name of ["a", "b", "c"]) await rig.add(name);
  rig.virus.script = () => "hang";
  rig.csam.script = () => "deaf";
  const worker = rig.worker({ slots: 2 });
  worker.start();
  await settle();
  assert.equal(rig.virus.looking.size, 2);
  await worker[Symbol.asyncDispose]();
  assert.equal(rig.clock.pending, 0);
  for (const name of ["a", "b", "c"]) {
    assert.equal(rig.state(name), "scanning");
    assert.equal(recordOf(rig, name)?.lease, null);
    assert.equal(recordOf(rig, name)?.attempts, 0);
  }
  worker.wake();
  await settle();
  assert.equal(rig.virus.asked.length, 2, "it is closed");
  rig.virus.script = () => "clean";
  rig.csam.script = () => "clean";
  await using next = rig.worker({ seed: 2 });
  next.start();
  await settle();
  assert.deepEqual(["a", "b", "c"].map((name) => rig.state(name)), ["clean", "clean", "clean"]);
});

Deno.test("SC-1: a scan that was leased while the worker closed is given back", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  const worker = rig.worker();
  worker.start();
  await worker[Symbol.asyncDispose]();
  await settle();
  assert.equal(recordOf(rig, "a")?.lease, null);
  assert.deepEqual(rig.virus.asked, []);
  assert.equal(rig.clock.pending, 0);
});

Deno.test("SC-1: a dead worker's scan is taken over when its lease has ended", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  assert.ok(await rig.scans.take("dead", rig.clock.now()) !== null);
  await using worker = rig.worker();
  worker.start();
  await rig.clock.advanceAsync(limits.scanLeaseMs - 1);
  assert.deepEqual(rig.virus.asked, []);
  await rig.clock.advanceAsync(1);
  assert.equal(rig.state("a"), "clean");
});
