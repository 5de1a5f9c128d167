import assert from "node:assert/strict";
import type { FileStore } from "../../lib/files/mod.ts";
import { type Staged, WritingEnded } from "../../lib/files/ports.ts";
import { iso } from "../../lib/platform/mod.ts";
import { english, limits, problemJsonOf } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { dayMs, Feed, FilesRig, hashOf, origin, refusalOf, streamOf, taken } from "../fakes/files_rig.ts";

/** Nothing of an upload is there: no file, no bytes, no usage, no room taken. */
async function assertNothing(rig: FilesRig): Promise<void> {
  assert.deepEqual([await rig.kept(), await rig.staged()], [[], []]);
  const ann = rig.person("ann");
  assert.deepEqual((await rig.files.list(ann, {})).files, []);
  assert.equal((await rig.files.usage(ann)).used, 0);
  // All of the quota is free again.
  const { quotaBytes, uploadMaxBytes } = rig.settings;
  rig.settings.uploadMaxBytes = quotaBytes;
  const whole = await rig.upload(ann, new Uint8Array(quotaBytes));
  assert.equal(await rig.files.remove(ann, whole.id), true);
  await rig.runDue();
  rig.settings.uploadMaxBytes = uploadMaxBytes;
}

Deno.test("FI-1, FI-4: an upload becomes a file that shows what it is", async () => {
  await using rig = await FilesRig.open();
  const [ann, content] = [rig.person("ann"), '{"a": 1}'];
  // What routes see of the room.
  const service: Services["files"] = rig.files;
  const file = await rig.upload(ann, content, "../../report.exe");
  assert.deepEqual(file, {
    id: file.id,
    sha256: hashOf(content),
    name: "report.exe",
    size: content.length,
    type: "application/json",
    state: "scanning",
    createdAt: iso(rig.clock.now()),
    expiresAt: iso(rig.clock.now() + dayMs),
  });
  assert.deepEqual(await service.get(ann, file.id), file);
  assert.deepEqual(await service.usage(ann), { used: content.length, quota: rig.settings.quotaBytes });
  assert.deepEqual([await rig.kept(), await rig.staged()], [[file.sha256], []]);
  assert.deepEqual((await rig.fileStore.file(file.id))!.from, origin);
  assert.deepEqual(rig.log.lines.map(({ event }) => event), ["file.added"]);
  assert.doesNotMatch(JSON.stringify(rig.log.lines), /report/);
});

Deno.test("SC-1: a file that was added wakes the scan worker, and a refused upload does not", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  await rig.upload(ann, "one");
  assert.equal(rig.scansWoken, 1);
  await rig.upload(ann, "one");
  assert.equal(rig.scansWoken, 2, "also for known bytes");
  await rig.conclude("rejected", "infected");
  assert.equal(refusalOf(await rig.tryUpload(ann, "one")).kind, "not_clean");
  assert.equal(rig.scansWoken, 2);
});

Deno.test("FI-1: a file may have no bytes at all, and a size that is not known", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const empty = await rig.upload(ann, "");
  assert.deepEqual([empty.size, empty.type], [0, "application/octet-stream"]);
  const unknown = taken(await rig.tryUpload(ann, "x".repeat(50_000), { size: null }));
  assert.equal(unknown.size, 50_000);
  const emptyToo = taken(await rig.tryUpload(ann, "", { size: null }));
  assert.equal(emptyToo.size, 0);
});

Deno.test("FI-1: what is too large by its own word is refused before a byte is read", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const feed = new Feed();
  const { uploadMaxBytes } = rig.settings;
  const refusal = refusalOf(
    await rig.files.upload(ann, origin, { name: "a", size: uploadMaxBytes + 1 }, feed.stream),
  );
  assert.equal(refusal.kind, "too_large");
  assert.ok(english(refusal.message).includes(String(uploadMaxBytes)), english(refusal.message));
  assert.equal(feed.cancelled, true);
  await assertNothing(rig);
});

Deno.test("FI-1: a size that is not known is counted as it comes", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const feed = new Feed();
  const uploading = rig.files.upload(ann, origin, { name: "a", size: null }, feed.stream);
  feed.send(new Uint8Array(rig.settings.uploadMaxBytes));
  await rig.received(rig.settings.uploadMaxBytes);
  feed.send("x");
  const refusal = refusalOf(await uploading);
  assert.equal(refusal.kind, "too_large");
  assert.equal(feed.cancelled, true);
  await assertNothing(rig);
});

Deno.test("FI-1: a body that is longer or shorter than said is refused and leaves nothing", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  for (const size of [3, 5, 0]) {
    const refusal = refusalOf(await rig.tryUpload(ann, "four", { size }));
    assert.equal(refusal.kind, "invalid_params");
    assert.match(english(refusal.message), /Expected \d bytes/);
  }
  await assertNothing(rig);
});

Deno.test("FI-1: a body that breaks off is refused and leaves nothing", async () => {
  await using rig = await FilesRig.open();
  const feed = new Feed();
  const uploading = rig.files.upload(rig.person("ann"), origin, { name: "a", size: null }, feed.stream);
  feed.send("some");
  await rig.received(4);
  feed.break();
  assert.equal(refusalOf(await uploading).kind, "invalid_params");
  await assertNothing(rig);
});

Deno.test("FI-1: a body of which no byte comes is given up after the wait, and not before", async () => {
  await using rig = await FilesRig.open();
  const feed = new Feed();
  const uploading = rig.files.upload(rig.person("ann"), origin, { name: "a", size: 100 }, feed.stream);
  for (let part = 0; part < 3; part++) {
    await rig.clock.advanceAsync(limits.uploadStallMs - 1);
    assert.equal(feed.cancelled, false);
    feed.send("some");
    await rig.received(4 * (part + 1));
  }
  await rig.clock.advanceAsync(limits.uploadStallMs);
  const refusal = refusalOf(await uploading);
  assert.match(english(refusal.message), /No data arrived for 60 seconds/);
  assert.equal(feed.cancelled, true);
  assert.equal(rig.clock.pending, 0);
  await assertNothing(rig);
});

Deno.test("FI-8: a name that is refused ends the upload before a byte is read", async () => {
  await using rig = await FilesRig.open();
  const feed = new Feed();
  const named = { name: "x".repeat(4096), size: 4 };
  const refusal = refusalOf(await rig.files.upload(rig.person("ann"), origin, named, feed.stream));
  assert.equal(refusal.kind, "invalid_params");
  assert.equal(feed.cancelled, true);
  await assertNothing(rig);
});

Deno.test("FI-1: a full disk is told as one and leaves nothing", async () => {
  await using rig = await FilesRig.open();
  rig.blobs.roomBytes = 10_000;
  const refusal = refusalOf(await rig.tryUpload(rig.person("ann"), "x".repeat(50_000)));
  assert.equal(refusal.kind, "unavailable");
  assert.match(english(refusal.message), /out of space/);
  assert.ok(rig.log.lines.some(({ event }) => event === "file.no_room"));
  rig.blobs.roomBytes = Infinity;
  await assertNothing(rig);
});

Deno.test("FI-1: what goes wrong otherwise is thrown, and leaves nothing either", async () => {
  await using rig = await FilesRig.open();
  const failing: FileStore = { ...rig.fileStore, add: () => Promise.reject(new Error("the store is gone")) };
  const ann = rig.person("ann");
  const files = rig.restarted({ store: failing });
  await assert.rejects(
    files.upload(ann, origin, { name: "a", size: 4 }, streamOf(new Uint8Array(4))),
    /the store is gone/,
  );
  assert.deepEqual(await rig.staged(), []);
  // Bytes that were kept before the store failed are swept once they are an hour old.
  assert.equal((await rig.kept()).length, 1);
  rig.restarted();
  rig.clock.advance(3600_000);
  await rig.files.sweep();
  await assertNothing(rig);
});

Deno.test("SC-4: bytes that are refused are refused at once, told, and not kept", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const first = await rig.upload(ann, "bad");
  await rig.conclude("rejected", "infected");
  const refusal = refusalOf(await rig.tryUpload(bob, "bad", { name: "other.txt" }));
  assert.equal(refusal.kind, "not_clean");
  assert.deepEqual(rig.refused, [{
    sha256: first.sha256,
    why: "infected",
    ownerId: bob.userId,
    name: "other.txt",
    from: origin,
    sizeBytes: 3,
    type: "text/plain",
  }]);
  assert.deepEqual(await rig.staged(), []);
  assert.equal((await rig.files.usage(bob)).used, 0);
  assert.deepEqual((await rig.files.list(bob, {})).files, []);
  assert.equal(await rig.scans.backlog(10), 0);
});

Deno.test("SC-4, SC-5: which check it was is nothing that the uploader learns", async () => {
  const said: string[] = [];
  for (const why of ["infected", "incomplete", "moderator", "match"] as const) {
    await using rig = await FilesRig.open();
    await rig.store.kv.set(["refused", hashOf("bad")], { why, atMs: 0 });
    const refusal = refusalOf(await rig.tryUpload(rig.person("ann"), "bad"));
    said.push(JSON.stringify(problemJsonOf(refusal)));
    assert.deepEqual(rig.refused.map((file) => file.why), [why]);
    assert.deepEqual([await rig.kept(), await rig.staged()], [[], []]);
  }
  assert.equal(new Set(said).size, 1, said.join("\n"));
  assert.doesNotMatch(said[0]!, /virus|csam|infected|match/i);
});

Deno.test("SC-4: a hash that is refused while its bytes are being kept is refused too, and its bytes go", async () => {
  await using rig = await FilesRig.open();
  const { fileStore } = rig;
  const sha256 = hashOf("late");
  const files = rig.restarted({
    store: {
      ...fileStore,
      async add(...given) {
        await rig.store.kv.set(["refused", sha256], { why: "match", atMs: 0 });
        return await fileStore.add(...given);
      },
    },
  });
  const answer = await files.upload(
    rig.person("ann"),
    origin,
    { name: "a", size: 4 },
    streamOf(new TextEncoder().encode("late")),
  );
  assert.equal(refusalOf(answer).kind, "not_clean");
  assert.equal(rig.refused.length, 1);
  assert.deepEqual([await rig.kept(), await rig.staged()], [[], []]);
});

Deno.test("FI-1, FI-2: when what writes the bytes dies, uploads are refused, leave nothing, and go on where they were safe", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const [stage, reopen] = [rig.blobs.stage.bind(rig.blobs), rig.blobs.reopen.bind(rig.blobs)];
  let dead = true;
  const mortal = <S extends Staged | null>(staged: S): S => {
    if (staged !== null) {
      const finish = staged.finish.bind(staged);
      staged.finish = () => dead ? Promise.reject(new WritingEnded("it died")) : finish();
    }
    return staged;
  };
  rig.blobs.stage = async (id) => mortal(await stage(id));
  rig.blobs.reopen = async (id, sizeBytes) => mortal(await reopen(id, sizeBytes));
  assert.equal(refusalOf(await rig.tryUpload(ann, "some bytes")).kind, "unavailable");
  assert.deepEqual([await rig.kept(), await rig.staged(), (await rig.files.usage(ann)).used], [[], [], 0]);
  assert.ok(rig.log.lines.some(({ event }) => event === "file.writing_ended"));

  const begun = taken(await rig.files.begin(ann, origin, { name: "a", size: 4 }));
  const part = () => streamOf(new TextEncoder().encode("four"));
  const lost = await rig.files.append(ann, begun.id, { offset: 0, size: 4 }, part());
  assert.equal(refusalOf(lost).kind, "unavailable");
  dead = false;
  const at = taken(await rig.files.uploadState(ann, begun.id)).offset;
  const done = taken(await rig.files.append(ann, begun.id, { offset: at, size: 4 }, part()));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf("four"));
});
