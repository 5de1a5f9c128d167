import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { iso } from "../../lib/platform/mod.ts";
import { english, limits } from "../../lib/protocol/mod.ts";
import {
  bytesOf,
  dayMs,
  Feed,
  FilesRig,
  hashOf,
  hourMs,
  origin,
  refusalOf,
  streamOf,
  taken,
} from "../fakes/files_rig.ts";

const content = "0123456789".repeat(1000);
const [half, whole] = [content.length / 2, content.length];

async function begun(rig: FilesRig, size = whole, name = "notes.txt") {
  return taken(await rig.files.begin(rig.person("ann"), origin, { name, size }));
}

function append(
  rig: FilesRig,
  id: string,
  offset: number,
  text: string,
  sums: { sha256?: Uint8Array; sha1?: Uint8Array } = {},
) {
  const at = { offset, size: bytesOf(text).length, ...sums };
  return rig.files.append(rig.person("ann"), id, at, streamOf(bytesOf(text)));
}

function sumOf(algorithm: "sha1" | "sha256", text: string): Uint8Array {
  return createHash(algorithm).update(text).digest();
}

Deno.test("FI-2: an upload in parts is the file that the parts make", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const upload = await begun(rig, whole, "../notes.txt");
  assert.deepEqual(upload, {
    id: upload.id,
    name: "notes.txt",
    size: whole,
    offset: 0,
    expiresAt: iso(rig.clock.now() + dayMs),
    fileId: null,
  });
  rig.clock.advance(hourMs);
  const part = taken(await append(rig, upload.id, 0, content.slice(0, half)));
  assert.deepEqual(part, { ...upload, offset: half, expiresAt: iso(rig.clock.now() + dayMs) });
  assert.deepEqual(await rig.files.uploadState(ann, upload.id), part);
  assert.deepEqual((await rig.files.list(ann, {})).files, []);
  const done = taken(await append(rig, upload.id, half, content.slice(half)));
  assert.equal(done.offset, whole);
  const file = taken(await rig.files.get(ann, done.fileId!));
  assert.deepEqual([file.sha256, file.name, file.size], [hashOf(content), "notes.txt", whole]);
  assert.deepEqual(await rig.staged(), []);
  assert.equal((await rig.files.usage(ann)).used, whole);
});

Deno.test("FI-2: an answer that was lost can be asked for again, until the upload is over", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const done = taken(await append(rig, id, 0, content));
  assert.deepEqual(await rig.files.uploadState(ann, id), done);
  assert.deepEqual(await append(rig, id, whole, ""), done);
  assert.equal(refusalOf(await append(rig, id, 0, content)).kind, "conflict");
  assert.equal((await rig.files.list(ann, {})).files.length, 1);
  rig.clock.advance(limits.uploadKeptMs);
  assert.equal(refusalOf(await rig.files.uploadState(ann, id)).kind, "not_found");
});

Deno.test("FI-2: an upload of no bytes is finished when it is begun", async () => {
  await using rig = await FilesRig.open();
  const { fileId } = await begun(rig, 0);
  assert.equal(taken(await rig.files.get(rig.person("ann"), fileId!)).size, 0);
});

Deno.test("FI-2: a part at another place is refused with the place, and changes nothing", async () => {
  await using rig = await FilesRig.open();
  const { id } = await begun(rig);
  taken(await append(rig, id, 0, content.slice(0, half)));
  for (const offset of [0, half - 1, half + 1, whole]) {
    const refusal = refusalOf(await append(rig, id, offset, "x"));
    assert.equal(refusal.kind, "conflict");
    assert.match(english(refusal.message), new RegExp(`at byte ${half}\\b`));
  }
  const done = taken(await append(rig, id, half, content.slice(half)));
  assert.equal(taken(await rig.files.get(rig.person("ann"), done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: more bytes than the upload has, or than the part was said to have, are refused", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig, 10);
  assert.equal(refusalOf(await append(rig, id, 0, "01234567890")).kind, "too_large");
  const at = (size: number | null) => ({ offset: 0, size });
  const body = () => streamOf(bytesOf("01234567890"), 6);
  assert.equal(refusalOf(await rig.files.append(ann, id, at(null), body())).kind, "too_large");
  assert.equal(refusalOf(await rig.files.append(ann, id, at(5), body())).kind, "invalid_params");
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, 0);
  const done = taken(await append(rig, id, 0, "0123456789"));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf("0123456789"));
});

Deno.test("FI-1, FI-2: what is too large or wrongly named is refused when it is begun", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const size = rig.settings.uploadMaxBytes + 1;
  assert.equal(refusalOf(await rig.files.begin(ann, origin, { name: "a", size })).kind, "too_large");
  assert.equal(refusalOf(await rig.files.begin(ann, origin, { name: "..", size: 1 })).kind, "invalid_params");
  assert.deepEqual(await rig.staged(), []);
});

Deno.test("FI-2: a part that breaks off keeps what came of it", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const feed = new Feed();
  const appending = rig.files.append(ann, id, { offset: 0, size: whole }, feed.stream);
  feed.send(content.slice(0, 1234));
  await rig.received(1234);
  feed.break();
  assert.equal(refusalOf(await appending).kind, "invalid_params");
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, 1234);
  const done = taken(await append(rig, id, 1234, content.slice(1234)));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: a part that stalls is given up and keeps what came of it", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const feed = new Feed();
  const appending = rig.files.append(ann, id, { offset: 0, size: null }, feed.stream);
  feed.send(content.slice(0, 99));
  await rig.received(99);
  await rig.clock.advanceAsync(limits.uploadStallMs);
  assert.equal(refusalOf(await appending).kind, "invalid_params");
  assert.equal(feed.cancelled, true);
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, 99);
});

Deno.test("FI-2: asking where an upload is makes safe what came, and the part goes on", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const feed = new Feed();
  const appending = rig.files.append(ann, id, { offset: 0, size: whole }, feed.stream);
  feed.send(content.slice(0, 4000));
  await rig.received(4000);
  const states = await Promise.all([rig.files.uploadState(ann, id), rig.files.uploadState(ann, id)]);
  assert.deepEqual(states.map((state) => taken(state).offset), [4000, 4000]);
  assert.equal((await rig.fileStore.upload(id))!.offsetBytes, 4000);
  feed.send(content.slice(4000));
  feed.end();
  const done = taken(await appending);
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: a newer part ends an older one whose line is dead, at once", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const dead = new Feed();
  const older = rig.files.append(ann, id, { offset: 0, size: whole }, dead.stream);
  dead.send(content.slice(0, 4000));
  await rig.received(4000);
  const { offset } = taken(await rig.files.uploadState(ann, id));
  const done = taken(await append(rig, id, offset, content.slice(offset)));
  assert.equal(refusalOf(await older).kind, "conflict");
  assert.equal(dead.cancelled, true);
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
  assert.equal((await rig.files.list(ann, {})).files.length, 1);
});

Deno.test("FI-2: of many parts at once one goes on, and the file is what was sent", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  await Promise.all(Array.from({ length: 8 }, () => append(rig, id, 0, content.slice(0, half))));
  const { offset } = taken(await rig.files.uploadState(ann, id));
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => append(rig, id, offset, content.slice(offset))),
  );
  const { fileId } = taken(await rig.files.uploadState(ann, id));
  for (const answer of answers) if (!("kind" in answer)) assert.equal(answer.fileId, fileId);
  assert.equal(taken(await rig.files.get(ann, fileId!)).sha256, hashOf(content));
  assert.equal((await rig.files.list(ann, {})).files.length, 1);
});

Deno.test("FI-2: a part whose checksum does not fit leaves the upload where it was", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const [first, second] = [content.slice(0, half), content.slice(half)];
  taken(await append(rig, id, 0, first, { sha256: sumOf("sha256", first) }));
  const wrong = [
    { sha256: sumOf("sha256", "other") },
    { sha1: sumOf("sha1", "other") },
    { sha1: sumOf("sha1", second), sha256: sumOf("sha256", "other") },
    { sha1: new Uint8Array() },
  ];
  for (const sums of wrong) {
    const refusal = refusalOf(await append(rig, id, half, second, sums));
    assert.equal(refusal.kind, "invalid_params");
    assert.ok(refusal.detail.fields?.["checksum"] !== undefined);
    assert.equal(taken(await rig.files.uploadState(ann, id)).offset, half);
  }
  const done = taken(await append(rig, id, half, second, { sha1: sumOf("sha1", second) }));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: of a part with a checksum nothing counts before its end", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const feed = new Feed();
  const sums = { sha256: sumOf("sha256", content) };
  const appending = rig.files.append(ann, id, { offset: 0, size: whole, ...sums }, feed.stream);
  feed.send(content.slice(0, 500));
  await rig.received(500);
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, 0);
  feed.break();
  assert.equal(refusalOf(await appending).kind, "invalid_params");
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, 0);
  taken(await append(rig, id, 0, content, sums));
});

Deno.test("FI-2: uploads are their owner's: nobody else can look at, go on with or end one", async () => {
  await using rig = await FilesRig.open();
  const eve = rig.person("eve");
  const { id } = await begun(rig);
  const feed = new Feed();
  const answers = [
    await rig.files.uploadState(eve, id),
    await rig.files.append(eve, id, { offset: 0, size: null }, feed.stream),
    await rig.files.abandon(eve, id),
  ];
  const unknown = await rig.files.uploadState(eve, rig.ids.next());
  for (const answer of answers) assert.deepEqual(refusalOf(answer), refusalOf(unknown));
  assert.equal(feed.cancelled, true);
  assert.equal(taken(await append(rig, id, 0, content)).offset, whole);
});

Deno.test("FI-2: an upload that is ended is gone with its bytes, also while a part comes in", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const feed = new Feed();
  const appending = rig.files.append(ann, id, { offset: 0, size: whole }, feed.stream);
  feed.send("0123");
  await rig.received(4);
  assert.equal(await rig.files.abandon(ann, id), true);
  assert.equal(refusalOf(await appending).kind, "conflict");
  assert.equal(feed.cancelled, true);
  assert.deepEqual(await rig.staged(), []);
  assert.equal(refusalOf(await rig.files.uploadState(ann, id)).kind, "not_found");
  assert.equal(refusalOf(await rig.files.abandon(ann, id)).kind, "not_found");
});

Deno.test("FI-2: ending a finished upload leaves the file", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  const { fileId } = taken(await append(rig, id, 0, content));
  assert.equal(await rig.files.abandon(ann, id), true);
  assert.equal(taken(await rig.files.get(ann, fileId!)).id, fileId);
});

Deno.test("FI-2: offsets that were answered outlive the process", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  taken(await append(rig, id, 0, content.slice(0, half)));
  const feed = new Feed();
  const lost = rig.files.append(ann, id, { offset: half, size: half }, feed.stream);
  feed.send(content.slice(half, half + 100));
  await rig.received(half + 100);
  // The process ends here: nobody has been told of the hundred bytes.
  feed.break();
  await lost;
  await rig.fileStore.saveUpload({ ...(await rig.fileStore.upload(id))!, offsetBytes: half });
  rig.restarted();
  assert.equal(taken(await rig.files.uploadState(ann, id)).offset, half);
  const done = taken(await append(rig, id, half, content.slice(half)));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: a crash between the last byte and the file costs nothing that was sent", async () => {
  for (const crash of ["before the bytes are kept", "before the file is added"] as const) {
    await using rig = await FilesRig.open();
    const ann = rig.person("ann");
    const { id } = await begun(rig);
    const { fileStore } = rig;
    const crashing = { ...fileStore };
    const dies = () => Promise.reject(new Error("crash"));
    if (crash === "before the bytes are kept") crashing.refsVersion = dies;
    else crashing.add = dies;
    rig.restarted({ store: crashing });
    await assert.rejects(append(rig, id, 0, content), /crash/);
    rig.restarted();
    const state = taken(await rig.files.uploadState(ann, id));
    assert.equal(state.offset, whole, crash);
    assert.equal(taken(await rig.files.get(ann, state.fileId!)).sha256, hashOf(content));
    assert.deepEqual(await rig.staged(), []);
    assert.deepEqual(await rig.kept(), [hashOf(content)]);
  }
});

Deno.test("FI-2: an upload whose bytes are gone is answered as one that is not there", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  taken(await append(rig, id, 0, content.slice(0, half)));
  await rig.blobs.unstage(id);
  assert.equal(refusalOf(await append(rig, id, half, content.slice(half))).kind, "not_found");
  assert.equal(await rig.fileStore.upload(id), null);
  assert.deepEqual(await rig.fileStore.uploadsOf(ann.userId), []);
});

Deno.test("FI-2, SC-4: an upload of refused bytes stays refused, and its bytes go", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  await rig.store.kv.set(["refused", hashOf(content)], { why: "match", atMs: 0 });
  const { id } = await begun(rig);
  const refusal = refusalOf(await append(rig, id, 0, content));
  assert.equal(refusal.kind, "not_clean");
  assert.deepEqual(await rig.files.uploadState(ann, id), refusal);
  assert.deepEqual(refusalOf(await append(rig, id, whole, "")), refusal);
  assert.deepEqual([await rig.kept(), await rig.staged()], [[], []]);
  assert.equal(rig.refused.length, 1);
  assert.deepEqual(await rig.fileStore.uploadsOf(ann.userId), []);
  assert.equal(await rig.files.abandon(ann, id), true);
});

Deno.test("FI-1, FI-2: a full disk stops a part; the upload goes on where it was when there is room again", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig);
  taken(await append(rig, id, 0, content.slice(0, half)));
  rig.blobs.roomBytes = half + 10;
  assert.equal(refusalOf(await append(rig, id, half, content.slice(half))).kind, "unavailable");
  rig.blobs.roomBytes = Infinity;
  const { offset } = taken(await rig.files.uploadState(ann, id));
  assert.equal(offset, half);
  const done = taken(await append(rig, id, offset, content.slice(offset)));
  assert.equal(taken(await rig.files.get(ann, done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: an upload of which no byte comes for a day is over; the sweep removes it", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const [left, alive] = [await begun(rig), await begun(rig)];
  rig.clock.advance(limits.uploadKeptMs - 1);
  taken(await append(rig, alive.id, 0, content.slice(0, half)));
  rig.clock.advance(1);
  assert.equal(refusalOf(await rig.files.uploadState(ann, left.id)).kind, "not_found");
  assert.equal(refusalOf(await append(rig, left.id, 0, "x")).kind, "not_found");
  await rig.files.sweep();
  assert.deepEqual(await rig.staged(), [alive.id]);
  assert.equal(await rig.fileStore.upload(left.id), null);
  taken(await append(rig, alive.id, half, content.slice(half)));
});

Deno.test("FI-2: the sweep leaves alone what waits for its client", async () => {
  await using rig = await FilesRig.open();
  const { id } = await begun(rig);
  taken(await append(rig, id, 0, content.slice(0, half)));
  rig.clock.advance(limits.uploadKeptMs - 1);
  await rig.files.sweep();
  const done = taken(await append(rig, id, half, content.slice(half)));
  assert.equal(taken(await rig.files.get(rig.person("ann"), done.fileId!)).sha256, hashOf(content));
});

Deno.test("FI-2: the sweep leaves alone what comes in slowly", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = await begun(rig, 100);
  rig.clock.advance(limits.uploadKeptMs - 1000);
  const feed = new Feed();
  const appending = rig.files.append(ann, id, { offset: 0, size: 100 }, feed.stream);
  feed.send("x");
  await rig.received(1);
  rig.clock.advance(limits.uploadStallMs - 1);
  await rig.files.sweep();
  feed.send("x".repeat(99));
  feed.end();
  assert.equal(taken(await appending).offset, 100);
});
