import assert from "node:assert/strict";
import { bytesOf, FilesRig, hashOf, origin, refusalOf, streamOf, taken } from "../fakes/files_rig.ts";

const quarantinedIn = async (rig: FilesRig) =>
  (await Array.fromAsync(rig.blobs.quarantine.list())).map(({ sha256 }) => sha256);

Deno.test("SC-8, SC-4, FI-2: an upload that a crash left at its end is refused, not lost, when its bytes were rejected meanwhile", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  await rig.upload(bob, "bad");
  const upload = taken(await rig.files.begin(ann, origin, { name: "a", size: 3 }));
  // As the process died: the bytes were renamed to their hash, and the file was not written.
  const record = (await rig.fileStore.upload(upload.id))!;
  const finishing = { sha256: hashOf("bad"), type: "text/plain" };
  await rig.fileStore.saveUpload({ ...record, offsetBytes: 3, finishing });
  await rig.blobs.unstage(upload.id);
  await rig.conclude("rejected", "infected");
  await rig.runDue();
  assert.deepEqual(await rig.kept(), []);
  const state = await rig.files.uploadState(ann, upload.id);
  assert.equal(refusalOf(state).kind, "not_clean");
});

Deno.test("SC-8: bytes that came in while their hash was rejected go to quarantine at once", async () => {
  await using rig = await FilesRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  await rig.upload(bob, "bad");
  const keep = rig.blobs.keep.bind(rig.blobs);
  // The verdict comes between the check of the hash and the end of the upload.
  rig.blobs.keep = async (id, sha256) => {
    rig.blobs.keep = keep;
    await rig.conclude("rejected", "infected");
    await rig.blobs.quarantine.put(sha256);
    await keep(id, sha256);
  };
  const stream = streamOf(bytesOf("bad"));
  const answer = await rig.files.upload(ann, origin, { name: "a", size: 3 }, stream);
  assert.equal(refusalOf(answer).kind, "not_clean");
  assert.deepEqual(await rig.kept(), []);
  assert.deepEqual(await quarantinedIn(rig), [hashOf("bad")]);
});
