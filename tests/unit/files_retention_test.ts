import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { FileJob } from "../../lib/files/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { dump } from "../fakes/kv_stores.ts";
import { dayMs, FilesRig, hourMs, streamOf, taken } from "../fakes/files_rig.ts";

const isThere = async (rig: FilesRig, fileId: string) => await rig.fileStore.file(fileId) !== null;

/** Keys that a file and its bytes leave in the store, but for what ends later by itself. */
async function leftovers(rig: FilesRig): Promise<unknown[]> {
  const all = await dump(rig.store.kv);
  const later = ["migration", "usage", "ref_mark", "lease"];
  return all.map(([key]) => key).filter(([first]) => !later.includes(first as string));
}

Deno.test("FI-7: a file that nothing uses goes after a day, with its bytes, its scan and all records", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const before = await leftovers(rig);
  const { id } = await rig.upload(ann, "x");
  await rig.advance(dayMs - 1);
  assert.ok(await isThere(rig, id));
  await rig.advance(1);
  assert.ok(!await isThere(rig, id));
  assert.deepEqual([await rig.kept(), (await rig.files.usage(ann)).used], [[], 0]);
  assert.equal(await rig.scans.backlog(10), 0);
  assert.deepEqual(await leftovers(rig), before);
});

Deno.test("FI-7: a file is kept for what carries it the longest, and goes then", async () => {
  await using rig = await FilesRig.open();
  const file = await rig.upload(rig.person("ann"), "x");
  const startMs = rig.clock.now();
  await rig.conclude("clean");
  assert.ok(await rig.use(file, "command:one", startMs + 15 * dayMs));
  assert.ok(await rig.use(file, "proof:two", startMs + 3 * dayMs));
  await rig.advance(2 * dayMs);
  assert.ok(await isThere(rig, file.id));
  // A use that comes later keeps it longer.
  assert.ok(await rig.use(file, "command:three", startMs + 20 * dayMs));
  await rig.advance(18 * dayMs - 1);
  assert.ok(await isThere(rig, file.id));
  assert.equal((await rig.kept()).length, 1);
  await rig.advance(1);
  assert.ok(!await isThere(rig, file.id));
  assert.deepEqual(await rig.kept(), []);
  assert.deepEqual(await dump(rig.store.kv, ["file_use"]), []);
});

Deno.test("FI-7: the blob goes with its last reference and not before", async () => {
  await using rig = await FilesRig.open();
  const first = await rig.upload(rig.person("ann"), "same");
  await rig.advance(dayMs / 2);
  const second = await rig.upload(rig.person("bob"), "same");
  await rig.advance(dayMs / 2);
  assert.deepEqual([await isThere(rig, first.id), await isThere(rig, second.id)], [false, true]);
  assert.deepEqual(await rig.kept(), [second.sha256]);
  await rig.advance(dayMs / 2);
  assert.deepEqual(await rig.kept(), []);
});

Deno.test("FI-7, SC-5: nothing goes while it is under legal hold; afterwards it does", async () => {
  for (const what of ["file", "user", "blob"] as const) {
    await using rig = await FilesRig.open();
    const ann = rig.person("ann");
    const file = await rig.upload(ann, "x");
    const id = { file: file.id, user: ann.userId, blob: file.sha256 }[what];
    await rig.hold(what, id, rig.clock.now() + 5 * dayMs);
    await rig.advance(5 * dayMs - 1);
    assert.ok(await isThere(rig, file.id));
    assert.deepEqual(await rig.kept(), [file.sha256]);
    await rig.files.run({ kind: "blob_sweep", sha256: file.sha256 });
    assert.deepEqual(await rig.kept(), [file.sha256]);
    for (let day = 0; day < 2; day++) await rig.advance(dayMs);
    assert.ok(!await isThere(rig, file.id), what);
    assert.deepEqual(await rig.kept(), []);
  }
});

Deno.test("FI-7: of an expiry and a use at once exactly one wins", async () => {
  let [expired, used] = [0, 0];
  for (let round = 0; round < 30; round++) {
    await using rig = await FilesRig.open();
    const file = await rig.upload(rig.person("ann"), "x");
    const now = rig.clock.now() + dayMs;
    rig.clock.advance(dayMs);
    const [, use] = await Promise.all([
      rig.runDue(),
      rig.turns(round).then(() => rig.use(file, "command:one", now + dayMs)).catch(() => false),
    ]);
    const there = await isThere(rig, file.id);
    assert.equal(there, use, "the file is there exactly when something carries it");
    assert.equal((await rig.kept()).length, there ? 1 : 0);
    if (there) used++;
    else expired++;
  }
  assert.ok(expired > 0 && used > 0, `${expired} expired, ${used} were used`);
});

Deno.test("FI-7: every job may run twice, late, and for what is gone", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "x");
  await rig.conclude("clean");
  const jobs: FileJob[] = [
    { kind: "file_expire", fileId: file.id },
    { kind: "file_settle", fileId: file.id },
    { kind: "blob_sweep", sha256: file.sha256 },
    { kind: "blob_changed", sha256: file.sha256 },
  ];
  for (const job of [...jobs, ...jobs]) await rig.files.run(job);
  assert.equal(taken(await rig.files.get(ann, file.id)).state, "clean");
  assert.deepEqual(await rig.kept(), [file.sha256]);
  assert.equal((await rig.files.usage(ann)).used, 1);
  rig.clock.advance(dayMs);
  await Promise.all([...jobs, ...jobs].map((job) => rig.files.run(job)));
  for (const job of [...jobs, ...jobs]) await rig.files.run(job);
  assert.ok(!await isThere(rig, file.id));
  assert.deepEqual([await rig.kept(), (await rig.files.usage(ann)).used], [[], 0]);
});

Deno.test("FI-7: a sweep of bytes and an upload of the same at once leave no file without its bytes", async () => {
  for (let round = 0; round < 30; round++) {
    await using rig = await FilesRig.open();
    const [ann, bob] = [rig.person("ann"), rig.person("bob")];
    const first = await rig.upload(ann, "same");
    const [, second] = await Promise.all([
      rig.files.remove(ann, first.id).then(() => rig.runDue()),
      rig.upload(bob, "same"),
      rig.files.run({ kind: "blob_sweep", sha256: first.sha256 }),
    ]);
    await rig.runDue();
    assert.ok(await isThere(rig, second.id));
    assert.deepEqual(await rig.kept(), [second.sha256]);
    assert.equal(await rig.scans.backlog(10), 1);
  }
});

Deno.test("FI-7: bytes that another instance sweeps while they are being kept are kept again", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const first = await rig.upload(ann, "same");
  let swept = false;
  const { fileStore } = rig;
  const files = rig.restarted({
    store: {
      ...fileStore,
      async add(...given) {
        // Another process, which knows nothing of this one's turns: between `keep` and `add` the last file goes, and its bytes.
        if (!swept) {
          swept = true;
          assert.equal(await fileStore.remove((await fileStore.file(first.id))!, null), true);
          assert.equal(await fileStore.claimSweep(first.sha256), true);
          await rig.blobs.remove(first.sha256);
        }
        return await fileStore.add(...given);
      },
    },
  });
  const body = () => streamOf(new TextEncoder().encode("same"));
  const origin = { address: "", port: null, device: "web", requestId: "" };
  const file = taken(await files.upload(bob, origin, { name: "a", size: 4 }, body()));
  assert.ok(swept);
  assert.deepEqual(await rig.kept(), [file.sha256]);
  assert.deepEqual((await files.list(bob, {})).files.map(({ id }) => id), [file.id]);
});

Deno.test("FI-7: bytes without a record go when they are an hour old, what lies aside too; others stay", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const file = await rig.upload(ann, "with a record");
  const lose = async (text: string, kept: boolean) => {
    const id = rig.ids.next();
    await using staged = await rig.blobs.stage(id);
    await staged.write(new TextEncoder().encode(text));
    if (kept) await rig.blobs.keep(id, (await staged.finish()).sha256);
  };
  await lose("kept before a crash", true);
  await lose("aside before a crash", false);
  rig.clock.advance(hourMs - 1);
  await lose("kept just now", true);
  await lose("aside just now", false);
  await rig.files.sweep();
  assert.deepEqual([(await rig.kept()).length, (await rig.staged()).length], [3, 4]);
  rig.clock.advance(1);
  await rig.files.sweep();
  assert.deepEqual([(await rig.kept()).length, (await rig.staged()).length], [2, 2]);
  rig.clock.advance(hourMs);
  await rig.files.sweep();
  await rig.files.sweep();
  assert.deepEqual([await rig.kept(), await rig.staged()], [[file.sha256], []]);
  const line = rig.log.lines.find(({ event }) => event === "files.swept");
  assert.deepEqual(line?.fields, { uploads: 0, staged: 2, blobs: 1 });
});

Deno.test("FI-7: one sweep is bounded work; the next ones go on with the rest", async () => {
  await using rig = await FilesRig.open();
  for (let at = 0; at < 1500; at++) await (await rig.blobs.stage(rig.ids.next()))[Symbol.asyncDispose]();
  rig.clock.advance(hourMs);
  await rig.files.sweep();
  assert.equal((await rig.staged()).length, 500);
  await rig.files.sweep();
  assert.deepEqual(await rig.staged(), []);
});

const quarantinedIn = async (rig: FilesRig) =>
  (await Array.fromAsync(rig.blobs.quarantine.list())).map(({ sha256 }) => sha256);

Deno.test("FI-7, SC-8: rejected bytes go to quarantine, outlive their file there for 14 days, and their hash stays refused", async () => {
  await using rig = await FilesRig.open();
  const { sha256 } = await rig.upload(rig.person("ann"), "bad");
  await rig.conclude("rejected", "infected");
  await rig.runDue();
  assert.deepEqual(await rig.kept(), []);
  assert.deepEqual(await quarantinedIn(rig), [sha256]);
  await rig.advance(13 * dayMs);
  assert.equal((await rig.fileStore.filesOfBlob(sha256)).length, 0, "its file is gone");
  assert.deepEqual(await quarantinedIn(rig), [sha256]);
  assert.equal((await dump(rig.store.kv, keys.blobsIn("rejected"))).length, 1);
  await rig.advance(dayMs);
  assert.deepEqual(await quarantinedIn(rig), []);
  for (const key of [keys.blobsIn("rejected"), keys.blobs(), keys.verdictsOf(sha256), keys.quarantines()]) {
    assert.deepEqual(await dump(rig.store.kv, key), [], String(key));
  }
  assert.equal((await rig.fileStore.refused(sha256))?.why, "infected");
});

Deno.test("SC-8, SC-5: a legal hold keeps what is in quarantine", async () => {
  await using rig = await FilesRig.open();
  const { sha256 } = await rig.upload(rig.person("ann"), "bad");
  await rig.conclude("rejected", "infected");
  await rig.runDue();
  const untilMs = rig.clock.now() + 30 * dayMs;
  await rig.store.kv.set(keys.hold("blob", sha256), { untilMs });
  await rig.advance(20 * dayMs);
  assert.deepEqual(await quarantinedIn(rig), [sha256]);
  await rig.advance(12 * dayMs);
  assert.deepEqual(await quarantinedIn(rig), []);
});

Deno.test("SC-8: the sweep moves what an older version left, and what a crash left in either place", async () => {
  await using rig = await FilesRig.open();
  const old = await rig.upload(rig.person("ann"), "bad");
  await rig.conclude("rejected", "infected");
  await rig.runDue();
  // As an older version left it: rejected, with its bytes among the others.
  await rig.blobs.quarantine.restore(old.sha256);
  await rig.store.kv.delete(keys.quarantine(old.sha256));
  // A release whose commit was the last thing that its process did.
  const released = await rig.upload(rig.person("bob"), "good");
  await rig.conclude("clean");
  await rig.blobs.quarantine.put(released.sha256);
  // The end of a quarantine that got as far as its record.
  const ended = await rig.upload(rig.person("carl"), "worse");
  await rig.conclude("rejected", "infected");
  await rig.runDue();
  await rig.store.kv.delete(keys.quarantine(ended.sha256));
  rig.clock.advance(2 * hourMs);
  await rig.files.sweep();
  assert.deepEqual((await quarantinedIn(rig)).sort(), [old.sha256].sort());
  assert.deepEqual(await rig.kept(), [released.sha256]);
  assert.notEqual(await rig.fileStore.quarantine(old.sha256), null);
});

Deno.test("FI-6: a use that comes while a verdict is written is told of it, or does not come to be", async () => {
  let [scanning, clean] = [0, 0];
  for (let round = 0; round < 30; round++) {
    await using rig = await FilesRig.open();
    const file = await rig.upload(rig.person("ann"), "x");
    const [use] = await Promise.all([
      rig.turns(round % 6).then(() => rig.useAsRead(file, "command:one", rig.clock.now() + dayMs)),
      rig.turns(round % 5).then(() => rig.conclude("clean")).then(() => rig.runDue()),
    ]);
    await rig.runDue();
    const heard = rig.told.some(({ uses }) =>
      uses.some(({ by }) => by.kind === "command" && by.commandId === "one")
    );
    // A carrier that read `clean` waits for nothing. Any other must hear of the verdict, unless its commit failed: then
    // it is tried again by whoever made it, with the new state.
    if (use.state === "scanning") scanning++;
    else clean++;
    if (use.state === "scanning") assert.equal(heard, use.taken);
    else assert.ok(use.taken);
  }
  assert.ok(scanning > 0 && scanning + clean === 30);
});

Deno.test("FI-6: a use that comes while its file settles is told of it", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  await rig.upload(ann, "x");
  await rig.conclude("clean", undefined, 1000);
  const file = await rig.upload(rig.person("bob"), "x");
  const { attachable, useWrites } = await import("../../lib/adapters/kv/files_store.ts");
  const found = await attachable(rig.store.kv, "id-bob", [file.id], rig.clock.now());
  const { version, state } = found.get(file.id)!;
  assert.equal(state, "scanning");
  // The commit comes after the file settled, with what was read before.
  await rig.advance(1000);
  rig.told.length = 0;
  const use = useWrites({
    fileId: file.id,
    version,
    by: { kind: "command", commandId: "one" },
    untilMs: rig.clock.now() + dayMs,
  });
  assert.ok((await rig.store.committer.commit(use)).ok);
  await rig.runDue();
  assert.deepEqual(rig.told.map(({ state, uses }) => [state, uses.length]), [["clean", 1]]);
});

Deno.test("FI-4: a blob of many files is told of to all owners, each file once", async () => {
  await using rig = await FilesRig.open();
  const people = Array.from({ length: 120 }, (_, at) => rig.person(`p${at}`));
  const files = await Promise.all(people.map((person) => rig.upload(person, "same")));
  await rig.conclude("held");
  await rig.runDue();
  for (const [at, person] of people.entries()) {
    assert.deepEqual(rig.changes(person), [`${files[at]!.id} held`]);
  }
  assert.ok(limits.fileUnusedMs > 0);
});
