import assert from "node:assert/strict";
import { type BackupFile, Backups } from "../../lib/moderation/mod.ts";
import type { AuditEntry, Caller } from "../../lib/platform/mod.ts";
import { type BackupState, Refusal } from "../../lib/protocol/mod.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { FakeClock } from "../fakes/clock.ts";

const hour = 3_600_000;
const minute = 60_000;
const boss = { userId: "B", username: "boss", role: "admin", address: "192.0.2.1" } as Caller;

/** Backups into a directory in memory, which can fail and be slow. */
function rig(options: { everyMs?: number | null; keep?: number; off?: boolean; had?: BackupFile[] } = {}) {
  const clock = new FakeClock();
  const log = new KeptLog();
  const files: BackupFile[] = [...options.had ?? []];
  const now = { failing: "", missing: 0, made: 0, slow: null as Promise<void> | null };
  const audited: AuditEntry[] = [];
  const backups = new Backups({
    files: options.off ? null : {
      list: () => Promise.resolve(files.toSorted((one, other) => other.atMs - one.atMs)),
      async make(atMs) {
        now.made++;
        await now.slow;
        if (now.failing !== "") return { failed: now.failing };
        files.push({ name: `at ${atMs}`, atMs, sizeBytes: 1 });
        return { missing: now.missing };
      },
      remove(name) {
        files.splice(files.findIndex((file) => file.name === name), 1);
        return Promise.resolve();
      },
    },
    dir: options.off ? null : "/backups",
    everyMs: options.everyMs === undefined ? 6 * hour : options.everyMs,
    keep: options.keep ?? 2,
    encrypted: false,
    audit: (entry) => Promise.resolve(void audited.push(entry)),
    clock,
    log,
  });
  const state = async () => must(await backups.state(boss));
  return { clock, log, files, now, audited, backups, state };
}

function must(answer: BackupState | Refusal): BackupState {
  assert.ok(!(answer instanceof Refusal));
  return answer;
}

const kind = (answer: BackupState | Refusal) => answer instanceof Refusal ? answer.kind : "taken";

Deno.test("OP-6: backups are made when they are due, also over restarts, and the oldest go after a new one", async () => {
  const { clock, files, now, backups, state } = rig();
  backups.start();
  await clock.advanceAsync(minute);
  assert.equal(files.length, 1);
  await clock.advanceAsync(6 * hour - minute);
  assert.equal(files.length, 1);
  await clock.advanceAsync(12 * hour + 2 * minute);
  assert.equal(now.made, 4);
  assert.equal(files.length, 2, "the number that is kept");
  const { nextAt } = await state();
  assert.ok(Date.parse(nextAt!) - clock.now() <= 6 * hour);
  await backups[Symbol.asyncDispose]();
  assert.equal(clock.pending, 0);

  const [newest] = files.toSorted((one, other) => other.atMs - one.atMs);
  const again = rig({ had: [{ ...newest!, atMs: again0() - 5 * hour }] });
  again.backups.start();
  await again.clock.advanceAsync(50 * minute);
  assert.equal(again.now.made, 0);
  await again.clock.advanceAsync(20 * minute);
  assert.equal(again.now.made, 1);
  await again.backups[Symbol.asyncDispose]();
});

Deno.test("OP-6: a backup is kept although a clock that was ahead gave older ones later names", async () => {
  const ahead = [1, 2].map((days) => ({
    name: `ahead ${days}`,
    atMs: again0() + days * 24 * hour,
    sizeBytes: 1,
  }));
  const { clock, files, backups } = rig({ had: ahead });
  backups.start();
  await clock.advanceAsync(minute);
  assert.deepEqual(files.map(({ name }) => name), ["ahead 2", `at ${clock.now()}`]);
  await backups[Symbol.asyncDispose]();
});

/** When the clock of a new rig begins. */
const again0 = () => new FakeClock().now();

Deno.test("OP-6: a failed backup is told, removes nothing, and is tried again soon", async () => {
  const { clock, log, files, now, backups, state } = rig({ keep: 1, had: [] });
  now.failing = "No space left on device";
  files.push({ name: "at 0", atMs: clock.now() - 7 * hour, sizeBytes: 1 });
  backups.start();
  await clock.advanceAsync(minute);
  assert.deepEqual((await state()).failed?.reason, "No space left on device");
  assert.deepEqual(files.map(({ name }) => name), ["at 0"]);
  assert.deepEqual(log.lines.map(({ event }) => event), ["backup.failed"]);
  now.failing = "";
  await clock.advanceAsync(10 * minute);
  assert.equal((await state()).failed, null);
  assert.equal(files.length, 1);
  assert.notEqual(files[0]!.name, "at 0");
  assert.deepEqual(await backups.health(), { failed: null, newestMs: files[0]!.atMs });
  now.missing = 2;
  await backups.make(boss);
  await backups.idle();
  assert.match((await state()).failed!.reason, /^2 files had lost their bytes/);
  await backups[Symbol.asyncDispose]();
});

Deno.test("OP-6, MO-3: an administrator makes one, one at a time, with an audit entry", async () => {
  const { clock, files, now, audited, backups, state } = rig({ everyMs: null });
  backups.start();
  await clock.advanceAsync(24 * hour);
  assert.equal(now.made, 0, "none without being asked");
  for (const role of ["member", "moderator"] as const) {
    assert.equal(kind(await backups.make({ ...boss, role })), "not_found");
    assert.equal(kind(await backups.state({ ...boss, role })), "not_found");
  }
  const slow = Promise.withResolvers<void>();
  now.slow = slow.promise;
  assert.equal(must(await backups.make(boss)).running, true);
  assert.equal(kind(await backups.make(boss)), "conflict");
  slow.resolve();
  await backups.idle();
  assert.deepEqual((await state()).backups.map(({ name }) => name), files.map(({ name }) => name));
  assert.deepEqual(audited.map(({ action, actor }) => [action, actor.username]), [["backup.make", "boss"]]);
  assert.equal(kind(await rig({ off: true }).backups.make(boss)), "unavailable");
  assert.equal((await rig({ off: true }).state()).dir, null);
});
