import assert from "node:assert/strict";
import type { Write } from "../../lib/adapters/kv/committer.ts";
import { kvCommandFiles, kvFileStore, useWrites } from "../../lib/adapters/kv/files_store.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvPort } from "../../lib/adapters/kv/port.ts";
import { kvScanStore } from "../../lib/adapters/kv/scan_store.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump } from "../fakes/kv_stores.ts";
import {
  added,
  fileOf,
  listOf,
  ofOne,
  one,
  onEveryStore,
  other,
  plenty,
  uploadOf,
} from "../fakes/file_stores.ts";

onEveryStore("FI-3, SC-1: new bytes get a record and a scan, known ones a file only", async (store) => {
  const files = kvFileStore(store, new FakeClock(1000));
  const first = await added(files, "F1");
  assert.equal(first.settlesMs, 1000);
  const second = await added(files, "F2", { ownerId: "bob", name: "b.txt", createdMs: 1500 });
  assert.equal(second.settlesMs, 1500);
  const blob = {
    sha256: one,
    sizeBytes: 10,
    type: "text/plain",
    state: "scanning",
    createdMs: 1000,
    scanMs: null,
  };
  assert.deepEqual(await listOf(files.allBlobs()), [blob]);
  assert.deepEqual([...await files.blobs([one, one, other])], [[one, blob]]);
  assert.deepEqual((await dump(store.kv, ["scan_due"])).map(([key]) => key), [["scan_due", 1000, one]]);
  assert.deepEqual((await dump(store.kv, keys.blobsIn("scanning"))).map(([key]) => key[2]), [one]);
  assert.deepEqual((await files.filesOfBlob(one)).map(({ id, name }) => [id, name]), [["F1", "a.txt"], [
    "F2",
    "b.txt",
  ]]);
  assert.deepEqual(await files.file("F1"), first);
  assert.deepEqual([...(await files.files(["F2", "none", "F1"])).keys()].sort(), ["F1", "F2"]);
  const jobs = (await dump(store.kv, ["job"])).map(([key, value]) => [key[1], value]);
  assert.deepEqual(jobs, [
    [1000 + limits.fileUnusedMs, { kind: "file_expire", fileId: "F1" }],
    [1500 + limits.fileUnusedMs, { kind: "file_expire", fileId: "F2" }],
  ]);
});

onEveryStore("FI-3: known bytes settle after the time that their first scan took", async (store) => {
  const clock = new FakeClock(1000);
  const files = kvFileStore(store, clock);
  const scans = kvScanStore(store, clock);
  await added(files, "F1");
  const job = (await scans.take("test", 1000))!;
  clock.advance(700);
  assert.ok(await scans.conclude(job, { state: "clean", verdicts: [] }));
  assert.deepEqual(await dump(store.kv, ["blob_in"]), []);
  const second = await added(files, "F2", { createdMs: 50_000 });
  assert.equal(second.settlesMs, 50_700);
  const jobs = (await dump(store.kv, ["job"])).map((
    [key, value],
  ) => [key[1], (value as { kind: string }).kind]);
  assert.ok(jobs.some(([dueMs, kind]) => dueMs === 50_700 && kind === "file_settle"), JSON.stringify(jobs));
});

onEveryStore("FI-1: the quota holds in the commit, also for many at once", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  const answers = await Promise.all(
    Array.from(
      { length: 10 },
      (_, at) => files.add(fileOf(`F${at}`, { sha256: String(at).repeat(64) }), { quotaBytes: 55 }),
    ),
  );
  assert.equal(answers.filter((answer) => answer === "over_quota").length, 5);
  assert.equal(await files.usageOf("ann"), 50);
  assert.equal((await files.filesOf("ann", null, 100)).length, 5);
  assert.equal(await files.usageOf("bob"), 0);
  assert.equal(await files.add(fileOf("F90", { sizeBytes: 6 }), { quotaBytes: 55 }), "over_quota");
  assert.notEqual(await files.add(fileOf("F91", { sizeBytes: 5 }), { quotaBytes: 55 }), "over_quota");
});

onEveryStore("SC-4: a refused hash gets no file", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  assert.equal(await files.refused(one), null);
  await store.kv.set(keys.refused(one), { why: "match", atMs: 5 });
  assert.deepEqual(await files.refused(one), { why: "match", atMs: 5 });
  assert.equal(await files.add(fileOf("F1"), plenty), "refused");
  assert.equal(await files.file("F1"), null);
  assert.equal(await files.usageOf("ann"), 0);
});

onEveryStore("FI-5: a person's files come newest first, before an id, and nobody else's", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  for (const id of ["F1", "F2", "F3", "F4"]) await added(files, id);
  await added(files, "F5", { ownerId: "anne" });
  const ids = async (before: string | null, limit: number) =>
    (await files.filesOf("ann", before, limit)).map(({ id }) => id);
  assert.deepEqual(await ids(null, 2), ["F4", "F3"]);
  assert.deepEqual(await ids("F3", 2), ["F2", "F1"]);
  assert.deepEqual(await ids("F1", 2), []);
  assert.deepEqual(await ids(null, 100), ["F4", "F3", "F2", "F1"]);
});

onEveryStore(
  "FI-3, FI-7: adding to a blob while its last file goes leaves both or a new one",
  async (store) => {
    const files = kvFileStore(store, new FakeClock());
    for (let round = 0; round < 10; round++) {
      const last = await added(files, `F${round}`);
      const [, record] = await Promise.all([
        files.remove(last, null),
        added(files, `G${round}`, { ownerId: "bob" }),
      ]);
      assert.equal((await files.blobs([one])).size, 1);
      assert.deepEqual((await files.filesOfBlob(one)).map(({ id }) => id), [`G${round}`]);
      assert.equal((await dump(store.kv, ["scan"])).length, 1);
      assert.equal(await files.remove(record, null), true);
    }
  },
);

onEveryStore(
  "FI-6: a use fails when what is known of the bytes changed since it was looked at",
  async (store) => {
    const clock = new FakeClock(1000);
    const files = kvFileStore(store, clock);
    const scans = kvScanStore(store, clock);
    await added(files, "F1");
    await added(files, "F2", { ownerId: "bob" });
    const own = kvCommandFiles(store, clock);
    const found = await own.own("ann", ["F1", "F2", "F3", "F1"]);
    assert.deepEqual([...found.keys()], ["F1"]);
    const { version, ...file } = found.get("F1")!;
    assert.deepEqual(file, {
      fileId: "F1",
      sha256: one,
      name: "a.txt",
      size: 10,
      type: "text/plain",
      state: "scanning",
    });
    assert.ok(await scans.conclude((await scans.take("test", 1000))!, { state: "clean", verdicts: [] }));
    const use = { fileId: "F1", version, by: ofOne, untilMs: 7000 };
    assert.equal((await store.committer.commit(useWrites(use))).ok, false);
    assert.equal(await files.lastUse("F1"), null);
    const again = (await own.own("ann", ["F1"])).get("F1")!;
    assert.equal(again.state, "clean");
    assert.ok((await store.committer.commit(useWrites({ ...use, version: again.version }))).ok);
    assert.deepEqual([...await own.states(["F1", "F2", "F3"])], [["F1", "clean"], ["F2", "clean"]]);
  },
);

onEveryStore("FI-3: a file that is added while the verdict is written settles by it", async (store) => {
  const clock = new FakeClock(1000);
  const scans = kvScanStore(store, clock);
  await added(kvFileStore(store, clock), "F1");
  const job = (await scans.take("test", 1000))!;
  clock.advance(700);
  let concluded = false;
  const kv = new Proxy(store.kv, {
    get(kv, name) {
      const own = Reflect.get(kv, name);
      if (name !== "getMany") return typeof own === "function" ? own.bind(kv) : own;
      return async (...wanted: Parameters<KvPort["getMany"]>) => {
        const found = await kv.getMany(...wanted);
        if (!concluded) {
          concluded = true;
          assert.ok(await scans.conclude(job, { state: "clean", verdicts: [] }));
        }
        return found;
      };
    },
  });
  const record = await added(kvFileStore({ ...store, kv }, clock), "F2", { createdMs: 1600 });
  assert.equal(concluded, true);
  assert.equal(record.settlesMs, 2300);
});

onEveryStore(
  "FI-3: a writer that keeps bytes finds out that they may have been swept meanwhile",
  async (store) => {
    const files = kvFileStore(store, new FakeClock());
    const none = await files.refsVersion(one);
    assert.equal(none, null);
    assert.equal(await files.claimSweep(one), true);
    assert.equal(await files.add(fileOf("F1"), { ...plenty, refsVersion: none }), "changed");
    const swept = await files.refsVersion(one);
    assert.notEqual(swept, null);
    assert.notEqual(await files.add(fileOf("F1"), { ...plenty, refsVersion: swept }), "changed");
    assert.equal(await files.claimSweep(one), false);
    assert.equal(await files.add(fileOf("F2"), { ...plenty, refsVersion: swept }), "changed");
  },
);

onEveryStore(
  "FI-2: uploads are kept until they are removed; finished ones are not among the open",
  async (store) => {
    const files = kvFileStore(store, new FakeClock());
    const [first, second] = [uploadOf("U1"), uploadOf("U2", { ownerId: "bob" })];
    await files.saveUpload(first);
    await files.saveUpload(second);
    await files.saveUpload({ ...first, offsetBytes: 5 });
    assert.equal((await files.upload("U1"))!.offsetBytes, 5);
    assert.equal(await files.upload("U3"), null);
    assert.deepEqual((await files.uploadsOf("ann")).map(({ id }) => id), ["U1"]);
    assert.deepEqual((await listOf(files.allUploads())).map(({ id }) => id), ["U1", "U2"]);
    const ended = { ...first, offsetBytes: 10, fileId: "F1" };
    assert.notEqual(await files.add(fileOf("F1"), plenty, { upload: ended }), "gone");
    assert.deepEqual(await files.upload("U1"), ended);
    assert.deepEqual(await files.uploadsOf("ann"), []);
    // The same upload once more is the same file.
    const again = await files.add(fileOf("F2"), plenty, { upload: { ...ended, fileId: "F2" } });
    assert.ok(typeof again !== "string" && again.id === "F1");
    assert.equal(await files.usageOf("ann"), 10);
    await files.saveUpload({ ...second, refused: { kind: "not_clean", message: "no" } });
    assert.deepEqual(await files.uploadsOf("bob"), []);
    await files.removeUpload(second);
    assert.equal(await files.upload("U2"), null);
    assert.equal(await files.add(fileOf("F3"), plenty, { upload: { ...second, fileId: "F3" } }), "gone");
    assert.equal(await files.file("F3"), null);
  },
);

onEveryStore("FI-7: a job that is written twice for one time is one", async (store) => {
  const files = kvFileStore(store, new FakeClock());
  const job = { kind: "file_expire", fileId: "F1" } as const;
  await files.addJobs([{ dueMs: 5, job }, { dueMs: 5, job }]);
  await files.addJobs([{ dueMs: 5, job }, { dueMs: 6, job }]);
  assert.equal((await dump(store.kv, ["job"])).length, 2);
  await files.addJobs([]);
  const many = Array.from({ length: 1200 }, (_, at) => ({
    dueMs: 7,
    job: { kind: "file_settle", fileId: `F${at}` } as const,
  }));
  await files.addJobs(many);
  assert.equal((await dump(store.kv, ["job"])).length, 1202);
});

onEveryStore(
  "FI-1, FI-3: files that are added at once share few commits, each with its own answer",
  async (store) => {
    let commits = 0;
    const committer = {
      commit: (write: Write) => {
        commits++;
        return store.committer.commit(write);
      },
    } as typeof store.committer;
    const files = kvFileStore({ ...store, committer }, new FakeClock());
    const bytesOf = (at: number) => ({ sha256: String(at % 9).repeat(64), sizeBytes: 2 });
    const answers = await Promise.all(
      Array.from(
        { length: 45 },
        (_, at) => files.add(fileOf(`F${at + 10}`, bytesOf(at)), { quotaBytes: 60 }),
      ),
    );
    const there = answers.filter((answer) => typeof answer !== "string");
    assert.equal(there.length, 30);
    assert.deepEqual(
      new Set(answers.filter((answer) => typeof answer === "string")),
      new Set(["over_quota"]),
    );
    assert.equal(await files.usageOf("ann"), 60);
    assert.deepEqual(
      (await files.filesOf("ann", null, 100)).map(({ id }) => id).sort(),
      there.map(({ id }) => id).sort(),
    );
    assert.equal(
      (await files.filesOfBlob("0".repeat(64))).length,
      there.filter(({ sha256 }) => sha256[0] === "0").length,
    );
    assert.ok(commits < 12, `${commits} commits`);
  },
);
