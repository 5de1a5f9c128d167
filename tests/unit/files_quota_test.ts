import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";
import { Feed, FilesRig, origin, refusalOf, taken } from "../fakes/files_rig.ts";

const kindOf = (answer: unknown) => answer instanceof Refusal ? answer.kind : "taken";

Deno.test("FI-1: a quota is per person, and a removed file gives its part back at once", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const files = [];
  for (let at = 0; at < 3; at++) files.push(await rig.upload(ann, new Uint8Array(100_000).fill(at)));
  const refusal = refusalOf(await rig.tryUpload(ann, "x"));
  assert.equal(refusal.kind, "too_large");
  assert.match(english(refusal.message), /limit is 300000 bytes.* 0 are left/);
  assert.equal(kindOf(await rig.tryUpload(bob, "x")), "taken");
  assert.equal(kindOf(await rig.tryUpload(ann, "")), "taken");
  assert.equal(await rig.files.remove(ann, files[0]!.id), true);
  assert.equal((await rig.files.usage(ann)).used, 200_000);
  assert.equal(kindOf(await rig.tryUpload(ann, new Uint8Array(100_000).fill(9))), "taken");
});

Deno.test("FI-1, FI-3: bytes that are there already count in full", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  await rig.upload(bob, "same");
  await rig.upload(ann, "same");
  await rig.upload(ann, "same");
  assert.equal((await rig.files.usage(ann)).used, 8);
});

Deno.test("FI-1: uploads that are under way count, so that many at once cannot go over the quota", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => rig.tryUpload(ann, new Uint8Array(30_000).fill(at))),
  );
  assert.equal(answers.filter((answer) => kindOf(answer) === "taken").length, 10);
  assert.equal(answers.filter((answer) => kindOf(answer) === "too_large").length, 10);
  assert.equal((await rig.files.usage(ann)).used, 300_000);
  assert.equal((await rig.kept()).length, 10);
  assert.deepEqual(await rig.staged(), []);
});

Deno.test("FI-1: many at once whose sizes nobody knows cannot go over the quota either", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const answers = await Promise.all(
    Array.from(
      { length: 20 },
      (_, at) => rig.tryUpload(ann, new Uint8Array(30_000).fill(at), { size: null }),
    ),
  );
  const took = answers.filter((answer) => kindOf(answer) === "taken").length;
  assert.ok(took >= 1 && took <= 10, `${took} were taken`);
  assert.equal((await rig.files.usage(ann)).used, took * 30_000);
  assert.deepEqual(await rig.staged(), []);
  // What was refused gave its room back.
  const left = 300_000 - took * 30_000;
  for (let at = 0; at < left / 30_000; at++) await rig.upload(ann, new Uint8Array(30_000).fill(100 + at));
  assert.equal(kindOf(await rig.tryUpload(ann, "x")), "too_large");
});

Deno.test("FI-1: one that comes to more than is left is refused while it comes", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  for (let at = 0; at < 2; at++) await rig.upload(ann, new Uint8Array(100_000).fill(at));
  const [one, other] = [new Feed(), new Feed()];
  const uploads = [one, other].map(({ stream }) =>
    rig.files.upload(ann, origin, { name: "a", size: null }, stream)
  );
  one.send(new Uint8Array(60_000));
  await rig.received(60_000);
  other.send(new Uint8Array(40_001));
  assert.equal(kindOf(await uploads[1]), "too_large");
  assert.equal(other.cancelled, true);
  one.send(new Uint8Array(40_000));
  one.end();
  assert.equal(taken(await uploads[0]!).size, 100_000);
  assert.equal((await rig.files.usage(ann)).used, 300_000);
});

Deno.test("FI-1: what others of the person were given meanwhile counts for one that still comes", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  for (let at = 0; at < 2; at++) await rig.upload(ann, new Uint8Array(100_000).fill(at));
  const feed = new Feed();
  const uploading = rig.files.upload(ann, origin, { name: "a", size: null }, feed.stream);
  feed.send(new Uint8Array(50_000));
  await rig.received(50_000);
  await rig.upload(ann, new Uint8Array(40_000));
  feed.send(new Uint8Array(10_001));
  // Its end never comes: it is refused before that.
  assert.equal(kindOf(await uploading), "too_large");
  assert.equal(feed.cancelled, true);
});

Deno.test("FI-1, FI-2: resumable uploads count with all that they said, until they are ended or over", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const begun = [];
  for (let at = 0; at < 3; at++) {
    begun.push(taken(await rig.files.begin(ann, origin, { name: "a", size: 100_000 })));
  }
  assert.equal(kindOf(await rig.tryUpload(ann, "x")), "too_large");
  assert.equal(kindOf(await rig.files.begin(ann, origin, { name: "a", size: 1 })), "too_large");
  assert.equal((await rig.files.usage(ann)).used, 0);
  await rig.files.abandon(ann, begun[0]!.id);
  assert.equal(kindOf(await rig.tryUpload(ann, "x")), "taken");
  rig.clock.advance(limits.uploadKeptMs);
  assert.equal(kindOf(await rig.tryUpload(ann, new Uint8Array(100_000))), "taken");
});

Deno.test("FI-1: one person has so many uploads at once and no more", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  taken(await rig.files.begin(ann, origin, { name: "a", size: 1 }));
  const feeds = Array.from({ length: limits.uploadsOpen - 1 }, () => new Feed());
  const uploads = feeds.map(({ stream }) => rig.files.upload(ann, origin, { name: "a", size: 1 }, stream));
  const refusal = refusalOf(await rig.tryUpload(ann, "x"));
  assert.equal(refusal.kind, "rate_limited");
  assert.ok(refusal.detail.retryAfterMs! > 0);
  assert.equal(kindOf(await rig.files.begin(ann, origin, { name: "a", size: 1 })), "rate_limited");
  assert.equal(kindOf(await rig.tryUpload(bob, "x")), "taken");
  feeds[0]!.send("x");
  feeds[0]!.end();
  taken(await uploads[0]!);
  assert.equal(kindOf(await rig.tryUpload(ann, "x")), "taken");
  for (const feed of feeds.slice(1)) feed.break();
  await Promise.all(uploads);
});

Deno.test("FI-1: uploads, removals and refusals at once leave the usage that the files have", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const first = await Promise.all(
    Array.from({ length: 10 }, (_, at) => rig.upload(ann, `file number ${at % 4}`)),
  );
  await Promise.all([
    ...first.map(({ id }) => rig.files.remove(ann, id)),
    ...first.map(({ id }) => rig.files.remove(ann, id)),
    ...Array.from({ length: 10 }, (_, at) => rig.tryUpload(ann, `file number ${at % 4}`)),
    ...Array.from({ length: 5 }, () => rig.tryUpload(ann, "too short", { size: 100 })),
  ]);
  const { files } = await rig.files.list(ann, {});
  assert.equal(files.length, 10);
  assert.equal((await rig.files.usage(ann)).used, files.reduce((sum, { size }) => sum + size, 0));
  await rig.runDue();
  assert.deepEqual(new Set(await rig.kept()), new Set(files.map(({ sha256 }) => sha256)));
});

Deno.test("FI-1: files without a byte are counted too, so that nobody fills the store with them", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const first = await rig.upload(ann, "", "first.txt");
  const usage = keys.usage(ann.userId);
  assert.deepEqual((await rig.store.kv.get(usage)).value, { bytes: 0, files: 1 });
  await rig.store.kv.set(usage, { bytes: 0, files: limits.filesPerPerson });
  const raw = refusalOf(await rig.tryUpload(ann, "x"));
  const begun = refusalOf(await rig.files.begin(ann, origin, { name: "a.txt", size: 0 }));
  for (const { kind, message } of [raw, begun]) {
    assert.equal(kind, "too_large");
    assert.match(english(message), /^You have 20000 files, .* Delete files/);
  }
  assert.deepEqual(await Array.fromAsync(rig.blobs.staged()), []);
  assert.equal(await rig.files.remove(ann, first.id), true);
  assert.ok(!(await rig.tryUpload(ann, "x") instanceof Refusal));
});

Deno.test("FI-1, FI-2, AU-9: bytes whose owner's account ended meanwhile are not kept, however they came", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const begun = await rig.files.begin(ann, origin, { name: "a.txt", size: 3 });
  assert.ok(!(begun instanceof Refusal));
  rig.gone.add(ann.userId);
  const raw = await rig.tryUpload(ann, "abc");
  const resumed = await rig.files.append(ann, begun.id, { offset: 0, size: 3 }, new Blob(["abc"]).stream());
  for (const refused of [raw, resumed]) {
    assert.ok(refused instanceof Refusal);
    assert.equal(refused.kind, "forbidden");
  }
  assert.deepEqual(await rig.kept(), []);
  assert.deepEqual(await Array.fromAsync(rig.blobs.staged()), []);
  assert.equal(await rig.fileStore.upload(begun.id), null);
});
