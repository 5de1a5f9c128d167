import assert from "node:assert/strict";
import { english } from "../../lib/protocol/mod.ts";
import { FilesRig, origin, refusalOf, taken } from "../fakes/files_rig.ts";

Deno.test("FI-2: an upload that an older version refused is refused again in the text it kept", async () => {
  await using rig = await FilesRig.open();
  const ann = rig.person("ann");
  const { id } = taken(await rig.files.begin(ann, origin, { name: "notes.txt", size: 3 }));
  const record = await rig.fileStore.upload(id);
  await rig.fileStore.saveUpload({ ...record!, refused: { kind: "conflict", message: "Said long ago." } });
  const refusal = refusalOf(await rig.files.uploadState(ann, id));
  assert.deepEqual([refusal.kind, english(refusal.message)], ["conflict", "Said long ago."]);
});
