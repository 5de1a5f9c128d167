import assert from "node:assert/strict";
import { attachable, kvFileStore, useWrites } from "../../lib/adapters/kv/files_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { kvScanStore } from "../../lib/adapters/kv/scan_store.ts";
import { parseCarrier } from "../../lib/platform/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump } from "../fakes/kv_stores.ts";
import { added, ofOne, ofTwo, one, onEveryStore } from "../fakes/file_stores.ts";

onEveryStore(
  "FI-7: with the last file go the blob, its scan and its verdicts, and a sweep is written",
  async (store) => {
    const clock = new FakeClock(1000);
    const files = kvFileStore(store, clock);
    const scans = kvScanStore(store, clock);
    const [first, second] = [await added(files, "F1"), await added(files, "F2", { ownerId: "bob" })];
    const job = (await scans.take("test", 1000))!;
    const verdict = {
      check: "virus",
      verdict: "error",
      scanner: "",
      version: "",
      answer: "",
      at: "",
    } as const;
    await scans.retry(job, 9000, [verdict]);
    assert.equal(await files.remove(first, null), true);
    assert.equal(await files.usageOf("ann"), 0);
    assert.equal((await files.blobs([one])).size, 1);
    assert.equal(await files.claimSweep(one), false);
    assert.equal(await files.remove(second, null), true);
    for (const prefix of ["blob", "blob_in", "scan", "scan_due", "verdict", "ref", "file", "file_of"]) {
      assert.deepEqual(await dump(store.kv, [prefix]), [], prefix);
    }
    const sweeps = (await dump(store.kv, ["job"])).filter(([, value]) =>
      (value as { kind: string }).kind === "blob_sweep"
    );
    assert.equal(sweeps.length, 1);
    assert.equal(await files.remove(second, null), true, "what is gone is removed");
    assert.equal(await files.usageOf("bob"), 0);
    assert.equal(await files.claimSweep(one), true);
  },
);

onEveryStore("FI-7: the last two files removed at once leave no blob, and no usage", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  for (let round = 0; round < 10; round++) {
    const records = await Promise.all(
      ["ann", "bob", "eve"].map((ownerId, at) => added(files, `F${round}${at}`, { ownerId })),
    );
    await Promise.all(records.map((record) => files.remove(record, null)));
    for (const prefix of ["blob", "scan", "scan_due", "ref", "file"]) {
      assert.deepEqual(await dump(store.kv, [prefix]), [], prefix);
    }
  }
});

onEveryStore("FI-7: a removal fails when somebody used the file since, and under a hold", async (store) => {
  const clock = new FakeClock(1000);
  const files = kvFileStore(store, clock);
  const record = await added(files, "F1");
  const asOf = await files.lastUse("F1");
  assert.equal(asOf, null);
  const { version } = (await attachable(store.kv, "ann", ["F1"], 1000)).get("F1")!;
  const use = { fileId: "F1", version, by: ofOne, untilMs: 7000 };
  assert.ok((await store.committer.commit(useWrites(use))).ok);
  assert.deepEqual([...await files.usesOf(["F1", "F2"])], [["F1", [{ by: ofOne, untilMs: 7000 }]]]);
  assert.equal(await files.remove(record, asOf), false);
  const used = await files.lastUse("F1");
  for (const [what, id] of [["file", "F1"], ["user", "ann"], ["blob", one]] as const) {
    for (const hold of [{ untilMs: 1001 }, {}, 1]) {
      await store.kv.set(keys.hold(what, id), hold);
      assert.equal(await files.held(what, id), true);
      assert.equal(await files.remove(record, used), false, what);
    }
    await store.kv.set(keys.hold(what, id), { untilMs: 1000 });
    assert.equal(await files.held(what, id), false);
  }
  assert.equal(await files.remove(record, used), true);
  assert.deepEqual(await dump(store.kv, ["file_use"]), []);
  assert.deepEqual(await dump(store.kv, ["file_used"]), []);
  assert.equal((await store.committer.commit(useWrites({ ...use, by: ofTwo }))).ok, false);
});

onEveryStore("FI-7: a file with more uses than one commit holds is removed", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  const record = await added(files, "F1");
  const { version } = (await attachable(store.kv, "ann", ["F1"], 1000)).get("F1")!;
  const uses = Array.from({ length: 1400 }, (_, at) => parseCarrier(`command:${at}`));
  await Promise.all(
    uses.map((by) => store.committer.commit(useWrites({ fileId: "F1", version, by, untilMs: 1 }))),
  );
  assert.equal((await files.usesOf(["F1"])).get("F1")!.length, 1400);
  assert.equal(await files.remove(record, await files.lastUse("F1")), true);
  assert.deepEqual(await dump(store.kv, ["file_use"]), []);
});

onEveryStore("FI-7: a use fails when its file went, though others have the same bytes", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  const record = await added(files, "F1");
  await added(files, "F2");
  const { version } = (await attachable(store.kv, "ann", ["F1"], 1000)).get("F1")!;
  assert.equal(await files.remove(record, null), true);
  const use = useWrites({ fileId: "F1", version, by: ofOne, untilMs: 7000 });
  assert.equal((await store.committer.commit(use)).ok, false);
  assert.deepEqual(await dump(store.kv, ["file_use"]), []);
});
