import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { ScanRecord } from "../../lib/adapters/kv/scan_store.ts";
import { type Log, silentLog } from "../../lib/platform/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { hashOf, ScanRig } from "../fakes/scan_rig.ts";

function recordOf(rig: ScanRig, name: string): ScanRecord | null {
  return rig.memory.get<ScanRecord>(keys.scan(hashOf(name))).value;
}

Deno.test("SC-1, SC-2: what is due is scanned and concluded, oldest first, and nothing is left behind", async () => {
  const rig = new ScanRig();
  for (const name of ["c", "a", "b"]) {
    await rig.add(name);
    rig.clock.advance(1);
  }
  rig.virus.script = ({ sha256 }) => sha256 === hashOf("a") ? "infected" : "clean";
  rig.csam.script = ({ sha256 }) => sha256 === hashOf("b") ? "match" : "clean";
  const worker = rig.worker({ slots: 1 });
  worker.start();
  await settle();
  assert.deepEqual(rig.virus.asked, ["c", "a", "b"].map(hashOf));
  assert.deepEqual(["c", "a", "b"].map((name) => rig.state(name)), ["clean", "rejected", "rejected"]);
  assert.deepEqual([rig.refused("a"), rig.refused("b"), rig.refused("c")], ["infected", "match", undefined]);
  assert.deepEqual(rig.changed().sort(), ["a", "b", "c"].map(hashOf));
  await worker[Symbol.asyncDispose]();
  assert.equal(rig.clock.pending, 0);
});

Deno.test("SC-1: at most so many scans run at once; a free slot and an upload take the next", async () => {
  const rig = new ScanRig();
  const held = new Map<string, (verdict: "clean") => void>();
  rig.virus.script = ({ sha256 }) => new Promise((resolve) => held.set(sha256, resolve));
  for (const name of ["a", "b", "c", "d", "e"]) await rig.add(name);
  await using worker = rig.worker({ slots: 3 });
  worker.start();
  await settle();
  assert.equal(rig.virus.looking.size, 3);
  held.get(rig.virus.asked[0]!)!("clean");
  await settle();
  assert.equal(rig.virus.asked.length, 4);
  assert.equal(rig.virus.looking.size, 3);
  for (let n = 1; n < 5; n++) {
    held.get(rig.virus.asked[n]!)!("clean");
    await settle();
  }
  assert.equal(await rig.scans.backlog(10), 0);
  await rig.add("late");
  worker.wake();
  await settle();
  assert.deepEqual([...rig.virus.looking], [hashOf("late")]);
});

Deno.test("SC-1: errors are retried after 1 s, doubling up to 5 min, held meanwhile, until one counts", async () => {
  const rig = new ScanRig();
  const at: number[] = [];
  rig.csam.script = ({ sha256 }) => {
    // Other files in between are clean, or the scanner would be left alone.
    if (sha256 !== hashOf("a")) return "clean";
    at.push(rig.clock.now());
    return at.length <= 14 ? "error" : "clean";
  };
  let others = 0;
  await rig.add("a");
  await using worker = rig.worker({ slots: 1 });
  worker.start();
  await settle();
  assert.equal(rig.state("a"), "held");
  assert.deepEqual(await rig.verdicts("a"), { virus: "clean", csam: "error" });
  while (at.length < 15 && others < 10_000) {
    await rig.add(`other-${others++}`);
    worker.wake();
    await rig.clock.advanceAsync(500);
  }
  const waits = at.slice(1).map((time, n) => time - at[n]!);
  for (const [n, wait] of waits.entries()) {
    const full = Math.min(limits.scanRetryMaxMs, 1000 * 2 ** n);
    assert.ok(wait >= Math.max(1000, full / 2) && wait <= full + 500, `wait ${n} is ${wait} ms`);
  }
  assert.ok(new Set(waits.slice(9)).size > 1, "the waits differ");
  assert.equal(rig.state("a"), "clean");
  assert.deepEqual(await rig.verdicts("a"), { virus: "clean", csam: "clean" });
  assert.deepEqual(rig.changed().filter((sha256) => sha256 === hashOf("a")).length, 2);
});

Deno.test("SC-1: a scanner that takes too long is cut off, and the scan is tried again", async () => {
  for (const act of ["hang", "deaf"] as const) {
    const rig = new ScanRig();
    await rig.add("a");
    rig.virus.script = () => rig.virus.asked.length === 1 ? act : "clean";
    await using worker = rig.worker();
    worker.start();
    await rig.clock.advanceAsync(limits.scanMs - 1);
    assert.equal(rig.state("a"), "scanning");
    await rig.clock.advanceAsync(1);
    assert.equal(rig.state("a"), "held");
    assert.deepEqual(await rig.verdicts("a"), { virus: "error", csam: "not_applicable" });
    await rig.clock.advanceAsync(2000);
    assert.equal(rig.state("a"), "clean");
  }
});

Deno.test("SC-2: a scanner that breaks off, and bytes that cannot be read, are errors and not clean", async () => {
  const rig = new ScanRig();
  await rig.add("thrown");
  await rig.add("missing");
  rig.missing.add(hashOf("missing"));
  rig.csam.script = ({ sha256 }) => sha256 === hashOf("thrown") ? "throw" : "clean";
  await using worker = rig.worker();
  worker.start();
  await settle();
  assert.deepEqual([rig.state("thrown"), rig.state("missing")], ["held", "held"]);
  assert.deepEqual(await rig.verdicts("thrown"), { virus: "clean", csam: "error" });
  assert.deepEqual(await rig.verdicts("missing"), { virus: "error" });
  assert.equal(recordOf(rig, "missing")?.attempts, 1);
  rig.missing.clear();
  rig.csam.script = () => "clean";
  await rig.clock.advanceAsync(1000);
  assert.deepEqual([rig.state("thrown"), rig.state("missing")], ["clean", "clean"]);
});

Deno.test("FI-1: an empty file is scanned like any other", async () => {
  const rig = new ScanRig();
  await rig.add("empty", { sizeBytes: 0 });
  await using worker = rig.worker();
  worker.start();
  await settle();
  assert.equal(rig.state("empty"), "clean");
});

Deno.test("FI-7: the scan of a blob that is gone ends", async () => {
  const rig = new ScanRig();
  const sha256 = await rig.add("a");
  rig.memory.commit([], [{ what: "delete", key: keys.blob(sha256) }]);
  await using worker = rig.worker();
  worker.start();
  await settle();
  assert.equal(await rig.scans.backlog(1), 0);
  assert.deepEqual(rig.virus.asked, []);
  assert.deepEqual([worker.breakers.virus.admits, worker.breakers.csam.admits], [true, true]);
});

Deno.test("SC-2: with the setting, what could not be looked through is rejected; else it is held for good", async () => {
  for (const incomplete of ["hold", "reject"] as const) {
    const rig = new ScanRig();
    await rig.add("a");
    rig.virus.script = () => "incomplete";
    await using worker = rig.worker({ incomplete });
    worker.start();
    await settle();
    assert.equal(rig.state("a"), incomplete === "hold" ? "held" : "rejected");
    assert.equal(rig.refused("a"), incomplete === "hold" ? undefined : "incomplete");
    assert.equal(await rig.scans.backlog(1), 0, "no scan will say more");
  }
});

Deno.test("SC-5: a match that cannot be preserved now is held and tried again, also if it was clean", async () => {
  for (const rescan of [false, true]) {
    const rig = new ScanRig();
    const sha256 = await rig.add("a");
    const worker = rig.worker();
    await using _closing = worker;
    if (rescan) {
      worker.start();
      await settle();
      assert.equal(rig.state("a"), "clean");
      await rig.scans.rescan(sha256, rig.clock.now());
    }
    const { matches } = rig;
    let down = true;
    const errors: string[] = [];
    const log: Log = { ...silentLog, error: (event) => void errors.push(event) };
    rig.matches = {
      preserve: (...args) => down ? Promise.reject(new Error("no disk")) : matches.preserve(...args),
    };
    rig.log = log;
    rig.csam.script = () => "match";
    await using failing = rig.worker({ seed: 2 });
    failing.start();
    await settle();
    assert.equal(rig.state("a"), "held");
    assert.deepEqual(errors, ["scan.not_written"]);
    down = false;
    await rig.clock.advanceAsync(2000);
    assert.deepEqual([rig.state("a"), rig.refused("a")], ["rejected", "match"]);
  }
});

Deno.test("SC-1: while the store does not answer nothing is lost, and scanning goes on when it does", async () => {
  const rig = new ScanRig();
  await rig.add("a");
  let down = true;
  const scans = {
    ...rig.scans,
    take: (...args: Parameters<typeof rig.scans.take>) =>
      down ? Promise.reject(new Error("no store")) : rig.scans.take(...args),
  };
  await using worker = rig.worker({ scans });
  worker.start();
  await rig.clock.advanceAsync(60_000);
  assert.equal(rig.state("a"), "scanning");
  down = false;
  await rig.clock.advanceAsync(1000);
  assert.equal(rig.state("a"), "clean");
});

Deno.test("SC-4: a rescan keeps a clean file clean while it runs and errs, and rejects it at once", async () => {
  const rig = new ScanRig();
  const sha256 = await rig.add("a");
  await using worker = rig.worker();
  worker.start();
  await settle();
  rig.virus.script = () => "error";
  await rig.scans.rescan(sha256, rig.clock.now());
  worker.wake();
  await settle();
  assert.equal(rig.state("a"), "clean");
  assert.deepEqual(await rig.verdicts("a"), { virus: "clean", csam: "not_applicable" });
  rig.virus.script = () => "infected";
  await rig.clock.advanceAsync(1000);
  assert.deepEqual([rig.state("a"), rig.refused("a")], ["rejected", "infected"]);
  assert.equal(rig.changed().length, 2);
});

Deno.test("SC-4: what a moderator released stays so when a rescan cannot look through it either", async () => {
  const rig = new ScanRig();
  const sha256 = await rig.add("a");
  const job = (await rig.scans.take("mo", rig.clock.now()))!;
  const released = { check: "moderator", verdict: "clean", scanner: "mo", version: "", answer: "", at: "" };
  await rig.scans.conclude(job, { state: "clean", verdicts: [released as never] });
  await rig.scans.rescan(sha256, rig.clock.now());
  rig.virus.script = () => "incomplete";
  await using worker = rig.worker({ incomplete: "reject" });
  worker.start();
  await settle();
  assert.equal(rig.state("a"), "clean");
  assert.deepEqual(await rig.verdicts("a"), {
    csam: "not_applicable",
    moderator: "clean",
    virus: "incomplete",
  });
});
