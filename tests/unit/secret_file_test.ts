import assert from "node:assert/strict";
import { makeSecret, readSecret } from "../../lib/adapters/disk/secret_file.ts";
import { smallFileSystem } from "../fakes/blob_stores.ts";

Deno.test("SC-5: a key that cannot be written whole is not made, and nothing of it is left", async () => {
  await using disk = await smallFileSystem(64 * 1024);
  const path = `${disk.root}/evidence.key`;
  const filler = `${disk.root}/filler`;
  using file = await Deno.open(filler, { write: true, createNew: true });
  await assert.rejects(async () => {
    while (true) await file.write(new Uint8Array(4096));
  });
  await assert.rejects(makeSecret(path));
  assert.deepEqual([...Deno.readDirSync(disk.root)].map(({ name }) => name), ["filler"]);
  await Deno.remove(filler);
  file.truncateSync(0);
  const made = await makeSecret(path);
  assert.deepEqual(await readSecret(path, "restore it"), made);
});
