import assert from "node:assert/strict";
import { keys } from "../../lib/adapters/kv/keys.ts";
import type { KvKey } from "../../lib/adapters/kv/port.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { idOf, keepAll, utf8 } from "../fakes/blob_stores.ts";
import { dump, storeFile } from "../fakes/kv_stores.ts";
import { ann, soundStorage, StorageRig } from "../fakes/storage_rig.ts";

/** What the task prints of a data directory, and how it ends. */
async function runCheck(...args: string[]): Promise<{ code: number; said: string; told: string }> {
  const permissions = ["--no-prompt", "--allow-env", "--allow-read", "--allow-write"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, "tools/check_storage.ts", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout), told: decoder.decode(stderr) };
}

Deno.test("FI-3: one command compares a data directory with itself, and mends it when told to", async () => {
  await using file = await storeFile();
  const directory = file.path.slice(0, file.path.lastIndexOf("/"));
  {
    const none = await runCheck(`${directory}/none`);
    assert.equal(none.code, 1);
    assert.match(none.told, /There is no store/);
    const wrong = await runCheck(directory, "--mned");
    assert.equal(wrong.code, 1);
    assert.match(wrong.told, /Say: /);
  }
  let orphan: string;
  {
    await using store = await openStore(file.path);
    const rig = await StorageRig.open(store, `${directory}/storage`);
    await soundStorage(rig);
    const running = await runCheck(directory);
    assert.equal(running.code, 1);
    assert.match(running.told, /open in another process/);
  }
  const sound = await runCheck(directory);
  assert.equal(sound.code, 0, sound.said + sound.told);
  assert.match(sound.said, /as it should be/);
  assert.match(sound.told, /Read 3 of 3 blobs/);
  {
    await using store = await openStore(file.path);
    const rig = await StorageRig.open(store, `${directory}/storage`);
    orphan = await keepAll(rig.blobs, idOf(900), utf8("orphan"));
    await using _aside = await rig.blobs.stage(idOf(901));
  }
  // What a crash leaves, and the server removes.
  const crashed = await runCheck(directory);
  assert.equal(crashed.code, 0, crashed.said + crashed.told);
  assert.match(crashed.said, new RegExp(`bytes without record: ${orphan}: .* once they are an hour old\\.`));
  assert.match(crashed.said, /bytes aside without upload: .* once they are an hour old\./);
  assert.match(crashed.said, /No fault: the server removes these itself\./);
  {
    await using store = await openStore(file.path);
    const rig = await StorageRig.open(store, `${directory}/storage`);
    await rig.blobs.unstage(idOf(901));
    await store.kv.set(keys.usage(ann), { bytes: 1 });
  }
  for (let again = 0; again < 2; again++) {
    const looked = await runCheck(directory);
    assert.equal(looked.code, 1);
    assert.match(looked.said, new RegExp(`bytes without record: ${orphan}: .* --mend: removes them\\.`));
    assert.match(looked.said, /Found 1 × bytes without record, 1 × usage does not add up\./);
  }
  const mended = await runCheck(directory, "--mend");
  assert.equal(mended.code, 0, mended.said + mended.told);
  assert.match(mended.said, /Mended bytes without record: .*\n.*\nNothing is left\./);
  assert.equal((await runCheck(directory)).code, 0);
  {
    await using store = await openStore(file.path);
    const entries = await dump(store.kv, keys.audits());
    const [[, entry]] = entries as [[KvKey, { action: string; actor: string; detail: unknown }]];
    assert.equal(entry.action, "storage.mended");
    assert.deepEqual(entry.detail, { "bytes without record": 1, "usage does not add up": 1 });
  }
  await Deno.writeTextFile(`${directory}/storage/note.txt`, "whose is this?");
  const undecided = await runCheck(directory, "--mend");
  assert.equal(undecided.code, 1);
  assert.match(undecided.said, /unknown file: note\.txt: .*Somebody has to look/);
  assert.match(undecided.said, /Left: 1 × unknown file\./);
});
