import { english } from "../../lib/protocol/mod.ts";
import { told } from "../fakes/told.ts";
import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { ScanRecord } from "../../lib/adapters/kv/scan_store.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { Breaker } from "../../lib/scanning/breaker.ts";
import type { ScannerHealth } from "../../lib/scanning/ports.ts";
import { FakeClock, settle } from "../fakes/clock.ts";
import { hashOf, ScanRig } from "../fakes/scan_rig.ts";

const hourMs = 3600_000;

/** A breaker over a scanner whose health a test sets. */
class BreakerRig {
  readonly clock = new FakeClock();
  readonly logged: string[] = [];
  health: () => Promise<ScannerHealth> = () =>
    Promise.resolve({ ok: false, reason: told("is down"), version: "", real: true });
  readonly breaker = new Breaker({
    name: "fake",
    health: () => this.health(),
    clock: this.clock,
    log: {
      ...silentLog,
      warn: (event) => void this.logged.push(event),
      info: (event) => void this.logged.push(event),
    },
    changed: () => undefined,
  });

  ok(): void {
    this.health = () => Promise.resolve({ ok: true, reason: null, version: "1", real: true });
  }

  fail(times: number): void {
    for (let n = 0; n < times; n++) this.breaker.enter()!("failed");
  }
}

Deno.test("SC-1: a scanner is left alone after so many errors in a row, not for some in between", () => {
  const rig = new BreakerRig();
  for (let n = 0; n < 20; n++) {
    rig.fail(3);
    rig.breaker.enter()!("answered");
  }
  assert.deepEqual([rig.breaker.state, rig.breaker.reason, rig.breaker.retryAtMs], ["closed", null, null]);
  rig.fail(3);
  rig.breaker.enter()!("nothing");
  assert.equal(rig.breaker.state, "closed");
  rig.fail(1);
  assert.equal(rig.breaker.state, "open");
  assert.match(english(rig.breaker.reason!), /failed 4 times/);
  assert.equal(rig.breaker.enter(), null);
  assert.equal(rig.breaker.retryAtMs, rig.clock.now() + 1000);
});

Deno.test("SC-1: it is asked how it is after 1 s, doubling up to 60 s, and told of once", async () => {
  const rig = new BreakerRig();
  rig.fail(4);
  const waits: number[] = [];
  for (let n = 0; n < 9; n++) {
    const waitMs = rig.breaker.retryAtMs! - rig.clock.now();
    waits.push(waitMs / 1000);
    rig.clock.advance(waitMs - 1);
    await rig.breaker.askAgain();
    assert.equal(rig.breaker.retryAtMs, rig.clock.now() + 1, "too early");
    rig.clock.advance(1);
    await rig.breaker.askAgain();
    assert.equal(rig.breaker.state, "open");
    assert.deepEqual(rig.breaker.reason, told("is down"));
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  assert.deepEqual(rig.logged, ["scanner.left_alone"]);
});

Deno.test("SC-1: when it works again one scan is let through, and says whether all others follow", async () => {
  const rig = new BreakerRig();
  rig.fail(4);
  rig.ok();
  rig.clock.advance(1000);
  await rig.breaker.askAgain();
  assert.equal(rig.breaker.state, "half_open");
  const trial = rig.breaker.enter();
  assert.deepEqual([rig.breaker.admits, rig.breaker.enter()], [false, null]);
  trial!("nothing");
  assert.equal(rig.breaker.admits, true, "cut off: the next one is the trial");
  rig.breaker.enter()!("failed");
  assert.equal(rig.breaker.state, "open");
  assert.equal(rig.breaker.retryAtMs, rig.clock.now() + 2000);
  rig.clock.advance(2000);
  await rig.breaker.askAgain();
  rig.breaker.enter()!("answered");
  assert.deepEqual([rig.breaker.state, rig.breaker.reason], ["closed", null]);
  assert.deepEqual(rig.logged, ["scanner.left_alone", "scanner.works_again"]);
  rig.fail(3);
  assert.equal(rig.breaker.state, "closed", "counted anew");
  rig.fail(1);
  assert.equal(rig.breaker.retryAtMs, rig.clock.now() + 1000, "from the beginning");
});

Deno.test("SC-1: scans that were under way when it was left alone open it no further, and may close it", async () => {
  const rig = new BreakerRig();
  const under = Array.from({ length: 7 }, () => rig.breaker.enter()!);
  for (const leave of under.slice(0, 6)) leave("failed");
  assert.equal(rig.breaker.retryAtMs, rig.clock.now() + 1000);
  rig.clock.advance(1000);
  const { promise, resolve } = Promise.withResolvers<ScannerHealth>();
  rig.health = () => promise;
  const asking = rig.breaker.askAgain();
  assert.equal(rig.breaker.retryAtMs, null, "asked once at a time");
  under[6]!("answered");
  assert.equal(rig.breaker.state, "closed");
  resolve({ ok: false, reason: told("is down"), version: "", real: true });
  await asking;
  assert.equal(rig.breaker.state, "closed");
});

Deno.test("SC-1: a scanner that does not say how it is, or throws, is still down", async () => {
  for (
    const [health, reason] of [
      [() => new Promise<never>(() => undefined), /within 10 s/],
      [() => Promise.reject(new Error("refused")), /refused/],
    ] as const
  ) {
    const rig = new BreakerRig();
    rig.fail(4);
    rig.health = health;
    rig.clock.advance(1000);
    const asking = rig.breaker.askAgain();
    await rig.clock.advanceAsync(10_000);
    await asking;
    assert.equal(rig.breaker.state, "open");
    assert.match(english(rig.breaker.reason!), reason);
    assert.equal(rig.clock.pending, 0);
  }
});

Deno.test("SC-1: a scanner that is down for hours costs nothing, and then all is scanned soon, oldest first", async () => {
  const rig = new ScanRig();
  let down = true;
  rig.virus.script = () => down ? "error" : "clean";
  rig.virus.healthy = false;
  await using worker = rig.worker({ slots: 2 });
  worker.start();
  const names: string[] = [];
  // Half an hour of uploads, one a minute.
  for (let n = 0; n < 30; n++) {
    const name = `blob-${String((n * 7) % 30).padStart(2, "0")}`;
    names.push(name);
    await rig.add(name);
    worker.wake();
    await rig.clock.advanceAsync(60_000);
    assert.equal(rig.state(name), "held", `${name} is held while it waits`);
  }
  const askedBefore = rig.virus.asked.length;
  assert.ok(askedBefore <= 8, `${askedBefore} scans were tried`);
  const healthBefore = rig.virus.healthAsked;
  await rig.clock.advanceAsync(6 * hourMs);
  assert.equal(
    rig.virus.asked.length,
    askedBefore,
    "no blob is tried while the scanner says that it is down",
  );
  assert.ok(rig.virus.healthAsked - healthBefore <= 6 * 60 + 1, "it is asked once a minute");
  assert.equal(rig.csam.asked.length, 30 + askedBefore - 1, "the other one looked at each file once");
  assert.equal(await rig.scans.backlog(100), 30);
  const attempts = names.map((name) => rig.memory.get<ScanRecord>(keys.scan(hashOf(name))).value!.attempts);
  assert.ok(
    attempts.slice(1).every((count) => count === 0),
    "tries of the scanner are no tries of the files",
  );

  down = false;
  rig.virus.healthy = true;
  await rig.clock.advanceAsync(60_000);
  assert.deepEqual(names.map((name) => rig.state(name)), names.map(() => "clean"));
  const order = rig.virus.asked.slice(askedBefore);
  assert.deepEqual(order.filter((sha256) => sha256 !== hashOf(names[0]!)), names.slice(1).map(hashOf));
  assert.deepEqual([worker.breakers.virus.state, await rig.scans.backlog(1)], ["closed", 0]);
});

Deno.test("SC-2: while one scanner is left alone, the word of the other counts where it is enough", async () => {
  const rig = new ScanRig();
  rig.csam.healthy = false;
  rig.csam.script = () => "error";
  await using worker = rig.worker({ slots: 1 });
  worker.start();
  for (let n = 0; n < 5; n++) {
    await rig.add(`first-${n}`);
    worker.wake();
    await settle();
  }
  assert.equal(worker.breakers.csam.state, "open");
  rig.virus.script = () => "infected";
  await rig.add("bad");
  worker.wake();
  await settle();
  assert.deepEqual([rig.state("bad"), rig.refused("bad")], ["rejected", "infected"]);
  rig.virus.script = () => "clean";
  await rig.add("good");
  worker.wake();
  await settle();
  assert.equal(rig.state("good"), "held");
  assert.deepEqual(await rig.verdicts("good"), { virus: "clean", csam: "error" });
  assert.equal(rig.csam.asked.length, 4);
});

Deno.test("SC-1: files that a scanner fails with do not stop the others for good", async () => {
  const rig = new ScanRig();
  // It says that it works, and does so for all but these.
  const poison = new Set(["p0", "p1", "p2", "p3", "p4", "p5"].map(hashOf));
  rig.virus.script = ({ sha256 }) => poison.has(sha256) ? "error" : "clean";
  for (const name of ["p0", "p1", "p2", "p3", "p4", "p5"]) await rig.add(name);
  await using worker = rig.worker({ slots: 1 });
  worker.start();
  await rig.clock.advanceAsync(hourMs);
  for (let n = 0; n < 20; n++) {
    await rig.add(`good-${n}`);
    worker.wake();
    await rig.clock.advanceAsync(10_000);
  }
  await rig.clock.advanceAsync(2 * 60_000);
  for (let n = 0; n < 20; n++) assert.equal(rig.state(`good-${n}`), "clean", `good-${n}`);
  for (const name of ["p0", "p5"]) assert.equal(rig.state(name), "held");
});

Deno.test("SC-2: a scanner that was never configured holds every file, whatever comes", async () => {
  const rig = new ScanRig();
  rig.csam.healthy = false;
  rig.csam.script = () => "error";
  await using worker = rig.worker({ slots: 4 });
  worker.start();
  for (let n = 0; n < 30; n++) await rig.add(`f${n}`);
  await rig.clock.advanceAsync(24 * hourMs);
  for (let n = 0; n < 30; n++) assert.equal(rig.state(`f${n}`), "held");
  assert.equal(await rig.scans.backlog(100), 30);
});
