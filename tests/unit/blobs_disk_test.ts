import assert from "node:assert/strict";
import { DiskBlobs, StorageProblem } from "../../lib/adapters/blobs/mod.ts";

import {
  asideOf,
  hashOf,
  idOf,
  keepAll,
  keptOf,
  listed,
  mebibyte,
  one,
  other,
  pattern,
  read,
  smallFileSystem,
  utf8,
  writeAll,
} from "../fakes/blob_stores.ts";
import { FakeClock } from "../fakes/clock.ts";
import { FullDisk } from "../fakes/full_disk.ts";

async function onDisk(run: (root: string, blobs: DiskBlobs) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "behest-test-" });
  try {
    await using blobs = await DiskBlobs.open(root);
    await run(root, blobs);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const pathOf = (root: string, sha256: string) => `${root}/files/${sha256.slice(0, 2)}/${sha256}`;

Deno.test("FI-3: bytes lie under their hash, and nowhere else", async () => {
  await onDisk(async (root, blobs) => {
    const bytes = utf8("only here");
    const sha256 = await keepAll(blobs, one, bytes);
    assert.equal(pathOf(root, sha256), `${root}/files/${hashOf(bytes).slice(0, 2)}/${hashOf(bytes)}`);
    assert.deepEqual(await Deno.readFile(pathOf(root, sha256)), bytes);
    assert.deepEqual(await listed(Deno.readDir(`${root}/uploads`)), []);
  });
});

Deno.test("FI-9: a storage directory on a file system of its own works", async () => {
  await using disk = await smallFileSystem(1 << 20);
  const root = `${disk.root}/storage`;
  await using blobs = await DiskBlobs.open(root);
  assert.equal(await keepAll(blobs, one, utf8("elsewhere")), hashOf(utf8("elsewhere")));
});

Deno.test("FI-9: files on another file system than uploads are refused at the start, in one line that says where", async () => {
  await onDisk(async (root) => {
    await using disk = await smallFileSystem(1 << 20);
    await Deno.remove(`${root}/files`);
    await Deno.symlink(disk.root, `${root}/files`);
    await assert.rejects(DiskBlobs.open(root), (error) => {
      assert.ok(error instanceof StorageProblem);
      assert.ok(error.message.includes(`from ${root}/uploads to ${root}/files`), error.message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
    assert.deepEqual(await listed(Deno.readDir(`${root}/uploads`)), [], "nothing is left behind");
  });
});

Deno.test("FI-2 OP-7: what another instance put in place of the same number of bytes is what counts", async () => {
  await onDisk(async (root, mine) => {
    await using theirs = await DiskBlobs.open(root);
    const write = async (blobs: DiskBlobs, from: number, text: string) => {
      await using staged = from === 0 ? await blobs.stage(one) : await blobs.reopen(one, from);
      await staged!.write(utf8(text));
    };
    await write(mine, 0, "first half, ");
    await write(mine, 12, "mine");
    await write(theirs, 12, "them");
    await using staged = await mine.reopen(one, 16);
    assert.equal((await staged!.finish()).sha256, hashOf(utf8("first half, them")));
  });
});

Deno.test("FI-3: damaged bytes of another size are replaced by good ones", async () => {
  await onDisk(async (root, blobs) => {
    const bytes = pattern(100_000, 3);
    const sha256 = await keepAll(blobs, one, bytes);
    await Deno.truncate(pathOf(root, sha256), 99_999);
    assert.equal(await keepAll(blobs, one, bytes), sha256);
    assert.deepEqual(await read(blobs, sha256), bytes);
    assert.deepEqual(await asideOf(blobs), []);
  });
});

Deno.test("FI-5: a file that ends before its time fails its reader", async () => {
  await onDisk(async (root, blobs) => {
    const sha256 = await keepAll(blobs, one, pattern(mebibyte, 5));
    const stream = (await blobs.open(sha256))!;
    await Deno.truncate(pathOf(root, sha256), 300_000);
    await assert.rejects(new Response(stream).bytes(), /ends 748576 bytes early/);
    const range = (await blobs.open(sha256, { first: 0, last: 299_999 }))!;
    await Deno.truncate(pathOf(root, sha256), 0);
    await assert.rejects(new Response(range).bytes(), /ends 300000 bytes early/);
  });
});

Deno.test("FI-1: a large upload, synced as it comes, is what was sent", async () => {
  await onDisk(async (_root, blobs) => {
    const part = pattern(7 * mebibyte, 7);
    const whole = new Uint8Array(20 * part.length);
    for (let at = 0; at < whole.length; at += part.length) whole.set(part, at);
    {
      await using staged = await blobs.stage(one);
      await writeAll(staged, whole, mebibyte);
      assert.equal((await staged.finish()).sha256, hashOf(whole));
    }
    // And when it ends in the middle.
    await using staged = await blobs.stage(idOf(5));
    await writeAll(staged, whole.subarray(0, 65 * mebibyte), 3 * mebibyte);
    await staged.discard();
  });
});

Deno.test("FI-7: whoever gives up while a write is under way leaves nothing open and nothing behind", async () => {
  await onDisk(async (_root, blobs) => {
    const staged = await blobs.stage(one);
    const writing = assert.rejects(staged.write(pattern(3 * mebibyte, 9)), /closed/);
    await assert.rejects(staged.write(utf8("at once")), /busy/);
    await staged.discard();
    await writing;
    assert.deepEqual(await asideOf(blobs), []);
  });
});

Deno.test("FI-8: what lies in the storage under other names is told, and never listed", async () => {
  await onDisk(async (root, blobs) => {
    const sha256 = await keepAll(blobs, one, utf8("known"));
    const folder = sha256.slice(0, 2);
    const wrongFolder = folder === "00" ? "01" : "00";
    await Deno.mkdir(`${root}/files/${wrongFolder}`);
    const strays = [
      `files/${wrongFolder}/${sha256}`,
      `files/${folder}/note.txt`,
      "files/zz",
      "notes",
      "uploads/x",
    ];
    for (const path of strays) await Deno.writeTextFile(`${root}/${path}`, "");
    assert.deepEqual((await listed(blobs.strays())).sort(), strays.sort());
    assert.deepEqual(await keptOf(blobs), [{ sha256, sizeBytes: 5 }]);
    assert.deepEqual(await asideOf(blobs), []);
  });
});

Deno.test("FI-3: what was set aside as damaged is out of sight, and nothing of it is lost", async () => {
  await onDisk(async (root, blobs) => {
    const sha256 = await keepAll(blobs, one, utf8("good"));
    await Deno.writeTextFile(pathOf(root, sha256), "evil");
    await blobs.setAside(sha256);
    assert.equal(await blobs.open(sha256), null);
    assert.deepEqual(await keptOf(blobs), []);
    assert.equal(await Deno.readTextFile(`${root}/damaged/${sha256}`), "evil");
    assert.deepEqual(await listed(blobs.strays()), []);
    assert.equal(await keepAll(blobs, one, utf8("good")), sha256);
    assert.deepEqual(await read(blobs, sha256), utf8("good"));
  });
});

Deno.test("OP-9, FI-1: uploads leave their floor of the disk free, however little they bring and whatever filled it", async () => {
  await using disk = await FullDisk.of(64 * mebibyte);
  const floorBytes = 16 * mebibyte;
  await using blobs = await DiskBlobs.open(disk.root, new FakeClock(), floorBytes);
  const noRoom = { name: "NoRoom", code: "ENOSPC" };
  // Looks at the disk, and finds much room.
  await keepAll(blobs, one, pattern(mebibyte, 1));
  {
    await using begun = await blobs.stage(other);
    await begun.write(utf8("a part"));
    await begun.sync();
  }
  await disk.fillBut(floorBytes - 4096);
  await assert.rejects(blobs.stage(idOf(5)), noRoom, "also one without a byte");
  const reopened = (await blobs.reopen(other, 6))!;
  await assert.rejects(async () => {
    await reopened.write(utf8("one more"));
    await reopened.sync();
  }, noRoom);
  await reopened[Symbol.asyncDispose]();
  assert.deepEqual(await asideOf(blobs), [{ id: other, sizeBytes: 6 }]);
  // What is complete can still be kept.
  const whole = (await blobs.reopen(other, 6))!;
  const { sha256 } = await whole.finish();
  await blobs.keep(other, sha256);
  await disk.empty();
  await keepAll(blobs, idOf(5), utf8("with room again"));
});
