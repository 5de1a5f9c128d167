import { say } from "../../lib/protocol/mod.ts";
import { told } from "../fakes/told.ts";
import assert from "node:assert/strict";
import { type CsamMatcher, NotConfigured, ScanStatusBoard } from "../../lib/scanning/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ScanRig } from "../fakes/scan_rig.ts";

function boardOf(rig: ScanRig, mode: "evaluation" | "production", csam: CsamMatcher = rig.csam) {
  const worker = rig.worker();
  const { virus, scans: store, clock } = rig;
  const board = new ScanStatusBoard({ virus, csam, breakers: worker.breakers, store, mode, clock });
  const checks = async () => {
    const lines = await Promise.all(board.checks().map(async ({ name, check }) => [name, await check()]));
    return Object.fromEntries(lines) as Record<string, string | null>;
  };
  return { worker, board, checks };
}

Deno.test("SC-7, OP-4: the status tells what files are checked with, and how many wait", async () => {
  const rig = new ScanRig();
  rig.csam.real = false;
  for (const name of ["a", "b", "c"]) await rig.add(name);
  const { board } = boardOf(rig, "evaluation");
  assert.deepEqual(await board.status(), {
    virus: { scanner: "fake-virus", version: "1", ok: true, reason: null, real: true },
    csam: { scanner: "fake-csam", version: "1", ok: true, reason: null, real: false },
    backlog: 3,
  });
  rig.virus.healthy = false;
  rig.clock.advance(4_999);
  assert.equal((await board.status()).virus.ok, true);
  assert.equal(rig.virus.healthAsked, 1, "not asked for every page");
  rig.clock.advance(1);
  const { virus } = await board.status();
  assert.deepEqual([virus.ok, virus.reason], [false, told("fake-virus is down")]);
});

Deno.test("SC-7, OP-4: in production a scanner that is none or does not answer makes /readyz say so", async () => {
  const rig = new ScanRig();
  const none = new NotConfigured("scanner.noMatching");
  const { checks } = boardOf(rig, "production", none);
  assert.deepEqual(await checks(), { virus_scanner: null, csam_matcher: "scanner.noMatching" });
  rig.virus.healthy = false;
  rig.clock.advance(5000);
  assert.deepEqual((await checks()).virus_scanner, told("fake-virus is down"));
  rig.virus.healthy = true;
  rig.virus.real = false;
  rig.clock.advance(5000);
  assert.equal((await checks()).virus_scanner, "scanner.standIn");
  assert.deepEqual(await boardOf(rig, "evaluation", none).checks(), {
    virus_scanner: null,
    csam_matcher: null,
  });
});

Deno.test("OP-4: a scanner that hangs or throws does not answer", async () => {
  const rig = new ScanRig();
  rig.virus.health = () => new Promise(() => undefined);
  rig.csam.health = () => Promise.reject(new Error("connection refused"));
  const { checks } = boardOf(rig, "production");
  const asked = checks();
  await rig.clock.advanceAsync(2500);
  assert.deepEqual(await asked, {
    virus_scanner: "scanner.silent",
    csam_matcher: say("health.fault", { text: "connection refused" }),
  });
  assert.equal(rig.clock.pending, 0);
});

Deno.test("OP-4: a scanner that answers but fails with every file is told of", async () => {
  const rig = new ScanRig();
  rig.csam.script = () => "error";
  rig.virus.script = () => "error";
  const { worker, checks } = boardOf(rig, "production");
  await using _closing = worker;
  worker.start();
  for (let n = 0; n < 4; n++) await rig.add(`f${n}`);
  worker.wake();
  await settle();
  assert.deepEqual((await checks()).csam_matcher, say("scanner.failed", { count: 4 }));
});

Deno.test("OP-4: when the store does not answer, the status does not stay broken", async () => {
  const rig = new ScanRig();
  let down = true;
  const backlog = rig.scans.backlog;
  rig.scans.backlog = (most) => down ? Promise.reject(new Error("no store")) : backlog(most);
  const { board } = boardOf(rig, "evaluation");
  await assert.rejects(board.status(), /no store/);
  down = false;
  await settle();
  assert.equal((await board.status()).backlog, 0);
});
