import assert from "node:assert/strict";
import { limits } from "../../lib/protocol/mod.ts";
import { dump } from "../fakes/kv_stores.ts";
import { dayMs, FilesRig, hashOf, origin, streamOf, taken } from "../fakes/files_rig.ts";

Deno.test("FI-3, SC-1: a hundred uploads of the same bytes at once are one blob, a hundred names and one scan", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const content = "the same bytes";
  const files = await Promise.all(
    Array.from({ length: 100 }, (_, at) => rig.upload(ann, content, `name ${at}.txt`)),
  );
  assert.equal(new Set(files.map(({ id }) => id)).size, 100);
  assert.deepEqual(files.map(({ name }) => name), files.map((_, at) => `name ${at}.txt`));
  assert.deepEqual([await rig.kept(), await rig.staged()], [[hashOf(content)], []]);
  assert.equal(await rig.scans.backlog(10), 1);
  assert.equal((await dump(rig.store.kv, ["blob"])).length, 1);
  assert.equal((await rig.fileStore.filesOfBlob(hashOf(content))).length, 100);
  assert.equal((await rig.files.usage(ann)).used, 100 * content.length);
  await rig.conclude("clean");
  await rig.runDue();
  assert.deepEqual(rig.changes(ann).sort(), files.map(({ id }) => `${id} clean`).sort());
});

Deno.test("FI-3: a hundred people with the same bytes at once have one blob and one scan", async () => {
  await using rig = await FilesRig.open();
  await Promise.all(Array.from({ length: 100 }, (_, at) => rig.upload(rig.person(`p${at}`), "same")));
  assert.deepEqual([await rig.kept(), await rig.staged()], [[hashOf("same")], []]);
  assert.equal(await rig.scans.backlog(10), 1);
  assert.equal((await rig.fileStore.filesOfBlob(hashOf("same"))).length, 100);
});

/** What a person sees of an upload from its answer until it is clean, without what is drawn. */
async function seen(rig: FilesRig, username: string, scanMs: number, concluded: boolean) {
  const person = rig.person(username);
  const startMs = rig.clock.now();
  const relative = (text: string) => Date.parse(text) - startMs;
  const file = await rig.upload(person, "the bytes");
  const look = async () => {
    const { id, createdAt, expiresAt, ...rest } = taken(await rig.files.get(person, file.id));
    assert.equal(id, file.id);
    const content = await rig.files.content(person, id);
    return {
      ...rest,
      createdAt: relative(createdAt),
      expiresAt: relative(expiresAt),
      content: "kind" in content ? content.message : "given",
      told: rig.changes(person).map((change) => change.replace(id, "")),
      list: (await rig.files.list(person, {})).files.map(({ state }) => state),
      usage: (await rig.files.usage(person)).used,
    };
  };
  const { id: _id, createdAt, expiresAt, ...rest } = file;
  const steps: unknown[] = [{ ...rest, createdAt: relative(createdAt), expiresAt: relative(expiresAt) }];
  steps.push(await look());
  rig.clock.advance(scanMs - 1);
  await rig.runDue();
  steps.push(await look());
  rig.clock.advance(1);
  if (!concluded) await rig.conclude("clean");
  steps.push(await look());
  await rig.runDue();
  steps.push(await look());
  return steps;
}

Deno.test("FI-3: nobody learns from answers, states or times that their bytes were there already", async () => {
  for (const scanMs of [1, 700, 90_000]) {
    await using rig = await FilesRig.open();
    const first = await seen(rig, "ann", scanMs, false);
    await rig.advance(12_345);
    const second = await seen(rig, "bob", scanMs, true);
    assert.deepEqual(second, first);
    const own = await seen(rig, "ann", scanMs, true);
    assert.equal(own.length, first.length);
  }
});

Deno.test("FI-3: an upload during the first scan settles as late as that scan was", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const first = await rig.upload(ann, "slow");
  rig.clock.advance(9000);
  const second = await rig.upload(bob, "slow");
  rig.clock.advance(1000);
  await rig.conclude("clean");
  await rig.runDue();
  assert.deepEqual(rig.changes(ann), [`${first.id} clean`]);
  assert.deepEqual(rig.changes(bob), []);
  assert.equal(taken(await rig.files.get(bob, second.id)).state, "scanning");
  await rig.advance(8999);
  assert.equal(taken(await rig.files.get(bob, second.id)).state, "scanning");
  await rig.advance(1);
  assert.equal(taken(await rig.files.get(bob, second.id)).state, "clean");
  assert.deepEqual(rig.changes(bob), [`${second.id} clean`]);
  assert.deepEqual(rig.told.map(({ file, state }) => [file.id, state]), [
    [first.id, "clean"],
    [second.id, "clean"],
  ]);
});

Deno.test("FI-3: the answer to an upload says scanning whatever is known, held bytes too", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  await rig.upload(ann, "x");
  const job = await rig.scans.take("test", rig.clock.now());
  await rig.scans.retry(job!, rig.clock.now() + 5000, [{
    check: "virus",
    verdict: "error",
    scanner: "none",
    version: "",
    answer: "",
    at: "",
  }]);
  const file = await rig.upload(bob, "x");
  assert.equal(file.state, "scanning");
  assert.equal(taken(await rig.files.get(bob, file.id)).state, "scanning");
  await rig.advance(limits.scanRetryBaseMs);
  assert.equal(taken(await rig.files.get(bob, file.id)).state, "held");
  assert.deepEqual(rig.changes(bob).at(-1), `${file.id} held`);
});

Deno.test("FI-3: a first scan that waited out an outage keeps nobody waiting later", async () => {
  await using rig = await FilesRig.open();
  const bob = rig.person("bob");
  await rig.upload(rig.person("ann"), "x");
  rig.clock.advance(dayMs / 2);
  await rig.conclude("clean");
  const file = await rig.upload(bob, "x");
  await rig.advance(limits.scanMs - 1);
  assert.equal(taken(await rig.files.get(bob, file.id)).state, "scanning");
  await rig.advance(1);
  assert.equal(taken(await rig.files.get(bob, file.id)).state, "clean");
});

Deno.test("FI-3: each keeps a name and a file of their own; removing one's own leaves the other's", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const first = await rig.upload(ann, "same", "ann's.txt");
  const second = await rig.upload(bob, "same", "bob's.txt");
  await rig.conclude("clean");
  assert.equal(await rig.files.remove(ann, first.id), true);
  await rig.runDue();
  assert.deepEqual(await rig.kept(), [second.sha256]);
  const content = taken(await rig.files.content(bob, second.id));
  assert.equal(content.file.name, "bob's.txt");
  assert.equal(await new Response(await content.open()).text(), "same");
  assert.equal(await rig.files.remove(bob, second.id), true);
  await rig.runDue();
  assert.deepEqual(await rig.kept(), []);
});

Deno.test("FI-2, FI-3: a crash before the file is added costs nothing, also when the same bytes were another's and go", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  const content = "the same bytes";
  const at = { offset: 0, size: content.length };
  const theirs = await rig.upload(bob, content);
  const { id } = taken(await rig.files.begin(ann, origin, { name: "note.txt", size: content.length }));
  rig.restarted({ store: { ...rig.fileStore, add: () => Promise.reject(new Error("crash")) } });
  await assert.rejects(rig.files.append(ann, id, at, streamOf(new TextEncoder().encode(content))), /crash/);
  rig.restarted();
  assert.equal(await rig.files.remove(bob, theirs.id), true);
  await rig.runDue();
  assert.deepEqual(await rig.kept(), []);
  const state = taken(await rig.files.uploadState(ann, id));
  assert.equal(taken(await rig.files.get(ann, state.fileId!)).sha256, hashOf(content));
  assert.deepEqual([await rig.staged(), await rig.kept()], [[], [hashOf(content)]]);
});
