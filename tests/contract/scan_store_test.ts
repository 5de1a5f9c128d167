import assert from "node:assert/strict";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { kvDecisionStore } from "../../lib/adapters/kv/decisions_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { concludeWrite, kvScanStore, type ScanRecord } from "../../lib/adapters/kv/scan_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import type { BlobRecord } from "../../lib/files/ports.ts";
import { silentLog } from "../../lib/platform/mod.ts";
import { limits, type Verdict, type VerdictKind } from "../../lib/protocol/mod.ts";
import type { ScanJob } from "../../lib/scanning/ports.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump, onEachStore, storeFile } from "../fakes/kv_stores.ts";
import { addBlob, hashOf } from "../fakes/scan_rig.ts";

function rigOf(store: Store) {
  const clock = new FakeClock();
  const scans = kvScanStore(store, clock);
  const take = async (owner = "me") => {
    const job = await scans.take(owner, clock.now());
    assert.ok(job !== null, "there is a scan to take");
    return job;
  };
  return { clock, scans, take, add: (name: string) => addBlob(store, name, clock.now()) };
}

function said(check: Verdict["check"], verdict: VerdictKind): Verdict {
  return { check, verdict, scanner: "s", version: "1", answer: "a", at: "2026-01-01T00:00:00.000Z" };
}

const passed = [said("virus", "clean"), said("csam", "not_applicable")];

async function stateOf({ kv }: Store, name: string): Promise<BlobRecord["state"] | undefined> {
  return (await kv.get<BlobRecord>(keys.blob(hashOf(name)))).value?.state;
}

/** Scans and their places in the index, which must be one to one. */
async function assertPlaced({ kv }: Store): Promise<void> {
  const expected = (await dump(kv, keys.scans())).map(([key, value]) => {
    const { lease, dueMs } = value as ScanRecord;
    return [...keys.scanDue(lease?.untilMs ?? dueMs, key[1] as string)];
  });
  const places = (await dump(kv, keys.scansDue())).map(([key]) => [...key]);
  const byHash = (a: unknown[], b: unknown[]) => String(a[2]) < String(b[2]) ? -1 : 1;
  assert.deepEqual(places.sort(byHash), expected.sort(byHash));
}

/** Blobs and the lists of their states, which must say the same. */
async function assertListed({ kv }: Store): Promise<void> {
  const expected: string[] = [];
  for (const [, value] of await dump(kv, keys.blobs())) {
    const { state, sha256 } = value as BlobRecord;
    if (state !== "clean") expected.push(`${state} ${sha256}`);
  }
  const listed = (await dump(kv, ["blob_in"])).map(([key]) => `${String(key[1])} ${String(key[2])}`);
  assert.deepEqual(listed.sort(), expected.sort());
}

onEachStore("SC-1: scans are leased in the order in which they are due, each to one", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  for (const name of ["c", "a", "b"]) {
    await add(name);
    clock.advance(1);
  }
  await addBlob(store, "later", clock.now() + 1);
  assert.equal((await take()).sha256, hashOf("c"));
  assert.equal((await take("other")).sha256, hashOf("a"));
  assert.equal((await take()).sha256, hashOf("b"));
  assert.equal(await scans.take("me", clock.now()), null);
  await assertPlaced(store);
  assert.equal(await scans.nextDueMs(), clock.now() + 1);
  clock.advance(1);
  assert.equal((await take()).sha256, hashOf("later"));
  assert.equal(await scans.backlog(100), 4);
  assert.equal(await scans.backlog(3), 3);
  assert.equal(await scans.nextDueMs(), clock.now() - 1 + limits.scanLeaseMs);
});

onEachStore("SC-1: of many who take at once, none gets what another has", async (store) => {
  const { clock, scans, add } = rigOf(store);
  for (let n = 0; n < 40; n++) await add(`blob-${n}`);
  const other = kvScanStore(store, clock);
  const takers = Array.from(
    { length: 50 },
    (_, n) => (n % 2 === 0 ? scans : other).take(`${n}`, clock.now()),
  );
  let taken = (await Promise.all(takers)).filter((job) => job !== null);
  // Who lost every race may come back with nothing, and asks again.
  for (let job = await scans.take("x", clock.now()); job !== null; job = await scans.take("x", clock.now())) {
    taken = [...taken, job];
  }
  assert.equal(taken.length, 40);
  assert.equal(new Set(taken.map(({ sha256 }) => sha256)).size, 40);
  await assertPlaced(store);
});

onEachStore(
  "SC-1: a dead owner's scan is taken over when its lease ends, not before; the dead one writes nothing",
  async (store) => {
    const { clock, scans, add, take } = rigOf(store);
    await add("a");
    const dead = await take("dead");
    clock.advance(limits.scanLeaseMs - 1);
    assert.equal(await scans.take("heir", clock.now()), null);
    clock.advance(1);
    const heir = await take("heir");
    assert.equal(heir.sha256, dead.sha256);
    assert.equal(await scans.renew(dead, clock.now()), null);
    assert.equal(await scans.conclude(dead, { state: "clean", verdicts: passed }), false);
    assert.equal(await scans.retry(dead, clock.now(), passed), false);
    assert.equal(await scans.release(dead, passed), false);
    await scans.drop(dead);
    assert.equal(await stateOf(store, "a"), "scanning");
    assert.deepEqual(await scans.verdicts(hashOf("a")), []);
    assert.equal(await scans.conclude(heir, { state: "clean", verdicts: passed }), true);
    assert.equal(await stateOf(store, "a"), "clean");
    await assertPlaced(store);
  },
);

onEachStore("SC-1: a renewed lease holds on, and only its last version writes", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  await add("a");
  const first = await take();
  clock.advance(20_000);
  const second = await scans.renew(first, clock.now());
  assert.ok(second !== null);
  assert.equal(second.leaseUntilMs, clock.now() + limits.scanLeaseMs);
  await assertPlaced(store);
  clock.advance(15_000);
  assert.equal(await scans.take("heir", clock.now()), null);
  assert.equal(await scans.conclude(first, { state: "clean", verdicts: passed }), false);
  assert.equal(await scans.conclude(second, { state: "clean", verdicts: passed }), true);
});

onEachStore("SC-2, SC-4, SC-8: a conclusion is one commit with all that follows from it", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  const sha256 = await add("a");
  const job = await take();
  clock.advance(1234);
  const verdicts = [said("virus", "infected"), said("csam", "clean")];
  assert.equal(await scans.conclude(job, { state: "rejected", verdicts, refuse: "infected" }), true);
  const blob = await scans.blob(sha256);
  assert.deepEqual([blob?.state, blob?.scanMs], ["rejected", 1234]);
  assert.deepEqual(await scans.verdicts(sha256), [verdicts[1], verdicts[0]]);
  assert.deepEqual(await dump(store.kv, ["refused"]), [
    [keys.refused(sha256), { why: "infected", atMs: clock.now() }],
  ]);
  const untilMs = clock.now() + limits.quarantineMs;
  assert.deepEqual(await dump(store.kv, ["job"]), [
    [keys.job(clock.now(), `blob_changed:${sha256}`), { kind: "blob_changed", sha256 }],
    [keys.job(clock.now(), `blob_quarantine:${sha256}`), { kind: "blob_quarantine", sha256 }],
    [keys.job(untilMs, `quarantine_end:${sha256}`), { kind: "quarantine_end", sha256 }],
  ]);
  assert.deepEqual(await dump(store.kv, keys.quarantines()), [
    [keys.quarantine(sha256), { sinceMs: clock.now(), untilMs }],
  ]);
  assert.deepEqual([await scans.backlog(10), await scans.nextDueMs()], [0, null]);
  assert.equal(await scans.conclude(job, { state: "clean", verdicts: passed }), false, "it is over");
  assert.equal(await stateOf(store, "a"), "rejected");
  await assertListed(store);
});

onEachStore("SC-2: a try that does not count puts the scan off and holds the blob", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  const sha256 = await add("a");
  const dueMs = clock.now() + 1000;
  const errors = [said("virus", "clean"), said("csam", "error")];
  assert.equal(await scans.retry(await take(), dueMs, errors), true);
  assert.equal(await stateOf(store, "a"), "held");
  assert.deepEqual((await scans.blob(sha256))?.scanMs, null, "nothing that counts was said");
  assert.equal((await dump(store.kv, ["job"])).length, 1);
  await assertPlaced(store);
  await assertListed(store);
  assert.equal(await scans.take("me", clock.now()), null);
  clock.advance(1000);
  const again = await take();
  assert.equal(again.attempts, 1);
  assert.equal(await scans.retry(again, clock.now() + 1, errors), true);
  assert.equal((await dump(store.kv, ["job"])).length, 1, "held as before: nobody is told again");
  clock.advance(1);
  assert.equal((await take()).attempts, 2);
});

onEachStore("SC-1: what is given back is due when it was, and no try is counted", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  await add("first");
  clock.advance(5);
  await add("second");
  assert.equal(await scans.release(await take(), []), true);
  assert.equal(await stateOf(store, "first"), "scanning");
  const again = await take();
  assert.deepEqual([again.sha256, again.attempts], [hashOf("first"), 0]);
  assert.equal(await scans.release(again, [said("virus", "error")]), true);
  assert.equal(await stateOf(store, "first"), "held");
  assert.equal((await take()).sha256, hashOf("first"), "still before the second");
  await assertPlaced(store);
});

onEachStore("SC-2: only what has no verdict yet can be asked for, oldest first", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  for (const name of ["held", "z", "a"]) {
    await add(name);
    clock.advance(1);
  }
  await scans.retry(await take(), clock.now(), [said("virus", "error")]);
  const unseen = async () => (await scans.take("me", clock.now(), "unseen"))?.sha256;
  assert.equal(await unseen(), hashOf("z"));
  assert.equal(await unseen(), hashOf("a"));
  assert.equal(await unseen(), undefined, "leased or held");
  clock.advance(limits.scanLeaseMs);
  assert.equal(await unseen(), hashOf("z"), "its owner died");
  await assertPlaced(store);
});

onEachStore("SC-4: a rescan leaves a clean blob clean while it errs, and rejects at once", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  const sha256 = await add("a");
  await scans.rescan(sha256, clock.now());
  assert.equal(await scans.backlog(10), 1, "a scan is waiting already");
  await scans.conclude(await take(), { state: "clean", verdicts: passed });
  await scans.rescan(sha256, clock.now());
  await scans.rescan(sha256, clock.now() + 9);
  assert.equal(await scans.backlog(10), 1);
  const job = await take();
  assert.equal(job.rescan, true);
  assert.equal(await scans.retry(job, clock.now(), [said("virus", "error")]), true);
  assert.equal(await stateOf(store, "a"), "clean");
  assert.deepEqual(await scans.verdicts(sha256), [passed[1], passed[0]], "what stands is not written over");
  const again = await take();
  assert.deepEqual([again.rescan, again.attempts], [true, 1]);
  assert.equal(await scans.release(again, [said("virus", "error")]), true);
  assert.equal(await stateOf(store, "a"), "clean");
  const infected = [said("virus", "infected"), said("csam", "clean")];
  const last = await take();
  assert.equal(
    await scans.conclude(last, { state: "rejected", verdicts: infected, refuse: "infected" }),
    true,
  );
  assert.equal(await stateOf(store, "a"), "rejected");
  await scans.rescan(sha256, clock.now());
  assert.equal(await scans.backlog(10), 0, "what is rejected is not scanned again");
  await scans.rescan(hashOf("unknown"), clock.now());
  assert.equal(await scans.backlog(10), 0);
  await assertListed(store);
});

onEachStore("SC-4: clean blobs come with the version that found them clean", async (store) => {
  const { scans, add, take } = rigOf(store);
  for (const name of ["a", "b", "c"]) await add(name);
  await scans.conclude(await take(), { state: "clean", verdicts: passed });
  await scans.conclude(await take(), { state: "held", verdicts: [said("virus", "incomplete")] });
  const clean = [];
  for await (const blob of scans.cleanBlobs()) clean.push(blob);
  assert.deepEqual(clean, [{ sha256: hashOf("a"), version: "1" }]);
});

onEachStore("MO-4: blobs in a state come page by page in the order of their hashes", async (store) => {
  const { scans, add } = rigOf(store);
  for (const name of ["d", "b", "a", "c"]) await add(name);
  const page = async (after: string | null, limit: number) =>
    (await scans.blobsIn("scanning", after, limit)).map(({ sha256 }) => sha256);
  assert.deepEqual(await page(null, 3), ["a", "b", "c"].map(hashOf));
  assert.deepEqual(await page(hashOf("c"), 3), [hashOf("d")]);
  assert.deepEqual(await scans.blobsIn("held", null, 9), []);
});

onEachStore("SC-1: places and scans that do not belong together do no harm", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  await add("a");
  await store.kv.set(keys.scanDue(1, hashOf("gone")), 1);
  await store.kv.set(keys.scanDue(2, hashOf("a")), 1);
  for (let n = 0; n < 40; n++) await store.kv.set(keys.scanDue(3, hashOf(`gone ${n}`)), 1);
  assert.equal((await take()).sha256, hashOf("a"));
  await assertPlaced(store);
  assert.equal(await scans.take("me", clock.now()), null);
});

onEachStore("FI-7: a scan of a blob that is gone can be dropped", async (store) => {
  const { scans, add, take } = rigOf(store);
  const sha256 = await add("a");
  const job = await take();
  await store.kv.delete(keys.blob(sha256));
  assert.equal(await scans.conclude(job, { state: "clean", verdicts: passed }), false);
  await scans.drop(job);
  assert.deepEqual([await scans.backlog(10), await scans.nextDueMs()], [0, null]);
});

onEachStore("SC-5: a match's write is void once the lease or the blob is another", async (store) => {
  const { clock, add, take } = rigOf(store);
  const sha256 = await add("a");
  const job = await take();
  const read = async () => await store.kv.get(keys.blob(sha256)) as Parameters<typeof concludeWrite>[1];
  const matched = { state: "rejected" as const, verdicts: [said("csam", "match")], refuse: "match" as const };
  const commit = (of: ScanJob, blob: Awaited<ReturnType<typeof read>>) =>
    store.committer.commit(concludeWrite(of, blob, matched, clock.now()));
  const stale = await read();
  await store.kv.set(keys.blob(sha256), stale.value);
  assert.equal((await commit(job, stale)).ok, false);
  assert.equal((await commit({ ...job, version: "0".repeat(20) }, await read())).ok, false);
  assert.equal((await commit(job, await read())).ok, true);
  assert.equal((await store.kv.get<{ why: string }>(keys.refused(sha256))).value?.why, "match");
});

onEachStore(
  "SC-4: a rejected blob stays rejected, whatever a scan says that was still under way",
  async (store) => {
    const { scans, add, take } = rigOf(store);
    const sha256 = await add("a");
    const job = await take();
    const { value } = await store.kv.get<BlobRecord>(keys.blob(sha256));
    await store.kv.set(keys.blob(sha256), { ...value!, state: "rejected" });
    await store.kv.set(keys.blobIn("rejected", sha256), 1);
    await store.kv.delete(keys.blobIn("scanning", sha256));
    assert.equal(await scans.release(job, [said("virus", "error")]), true);
    assert.equal(await stateOf(store, "a"), "rejected");
    assert.equal(await scans.conclude(await take(), { state: "clean", verdicts: passed }), true);
    assert.equal(await stateOf(store, "a"), "rejected");
    await assertListed(store);
  },
);

onEachStore("SC-1: a blob that another writer touched meanwhile is read again", async (store) => {
  const { scans, add, take } = rigOf(store);
  const sha256 = await add("a");
  const job = await take();
  const touching = (async () => {
    for (let n = 0; n < 8; n++) {
      const { value } = await store.kv.get<BlobRecord>(keys.blob(sha256));
      if (value?.state !== "scanning") return;
      await store.kv.set(keys.blob(sha256), value);
    }
  })();
  assert.equal(await scans.conclude(job, { state: "held", verdicts: passed }), true);
  await touching;
  assert.equal((await scans.verdicts(sha256)).length, 2);
});

onEachStore("MO-3: a decision, the end of the scan and the audit entry are one commit", async (store) => {
  const { clock, scans, add, take } = rigOf(store);
  const audit = new KvAudit(store, clock, silentLog);
  const decisions = kvDecisionStore(store, audit, clock);
  const sha256 = await add("a");
  await scans.retry(await take(), clock.now() + 1000, [said("virus", "error")]);
  const standing = (await decisions.standing(sha256))!;
  assert.deepEqual(standing.scan, { attempts: 1, dueMs: clock.now() + 1000 });
  assert.equal(await decisions.standing(hashOf("unknown")), null);
  const auditEntry = {
    actor: { userId: "u", username: "mo" },
    action: "file.reject",
    subject: `file:${sha256}`,
    address: "127.0.0.1",
    reason: "no",
    detail: {},
  };
  clock.advance(1000);
  const job = await take();
  const conclusion = { state: "rejected", verdicts: [said("moderator", "incomplete")], refuse: "moderator" };
  const decide = (on: typeof standing) => decisions.decide(on, conclusion as never, auditEntry);
  assert.equal(await decide(standing), false, "the scan was taken since");
  assert.deepEqual(await dump(store.kv, ["audit"]), []);
  assert.equal(await decide((await decisions.standing(sha256))!), true);
  assert.equal((await dump(store.kv, ["audit"])).length, 1);
  assert.equal((await store.kv.get<{ why: string }>(keys.refused(sha256))).value?.why, "moderator");
  assert.equal(await scans.conclude(job, { state: "clean", verdicts: passed }), false, "the scan is over");
  assert.equal(await stateOf(store, "a"), "rejected");
  assert.deepEqual([await scans.backlog(10), await scans.nextDueMs()], [0, null]);
  await assertListed(store);
});

Deno.test("SC-1: scans and leases are there after the file was closed and opened", async () => {
  await using file = await storeFile();
  const clock = new FakeClock();
  {
    await using store = await openStore(file.path);
    const scans = kvScanStore(store, clock);
    for (const name of ["a", "b"]) await addBlob(store, name, clock.now());
    assert.equal((await scans.take("dead", clock.now()))?.sha256, hashOf("a"));
  }
  await using store = await openStore(file.path);
  const scans = kvScanStore(store, clock);
  assert.equal((await scans.take("heir", clock.now()))?.sha256, hashOf("b"));
  assert.equal(await scans.take("heir", clock.now()), null);
  clock.advance(limits.scanLeaseMs);
  assert.equal((await scans.take("heir", clock.now()))?.sha256, hashOf("a"));
});

onEachStore(
  "SC-1: at the start of the only process no scan waits for one that died; who died gets nothing written",
  async (store) => {
    const { clock, scans, take, add } = rigOf(store);
    for (const name of ["a", "b"]) await add(name);
    const dead = await take("dead");
    await scans.endLeases();
    await assertPlaced(store);
    assert.equal(await scans.conclude(dead, { state: "clean", verdicts: passed }), false);
    const heirs = [await take("heir"), await take("heir")];
    assert.deepEqual(heirs.map(({ sha256 }) => sha256).sort(), [hashOf("a"), hashOf("b")].sort());
    assert.equal(await scans.take("heir", clock.now()), null);
  },
);
