import assert from "node:assert/strict";
import type { Staged } from "../../lib/files/ports.ts";
import { limits } from "../../lib/protocol/mod.ts";
import {
  asideOf,
  hashOf,
  idOf,
  keepAll,
  keptOf,
  mebibyte,
  one,
  onEachBlobStore,
  other,
  pattern,
  read,
  smallDisk,
  utf8,
  writeAll,
} from "../fakes/blob_stores.ts";
import { seededRandom } from "../fakes/random.ts";

for (const seed of [1, 2, 3, 4, 5, 6]) {
  onEachBlobStore(
    `FI-1 FI-2: chunks, syncs and interruptions as they fall, seed ${seed}: the hash of one piece`,
    async ({ blobs, again }) => {
      const random = seededRandom(seed);
      const upTo = (most: number) => Math.floor(random.fraction() * most);
      const bytes = pattern(mebibyte + upTo(2 * mebibyte), seed);
      let store = blobs;
      let safe = 0;
      let staged: Staged = await store.stage(one);
      while (staged.sizeBytes < bytes.length) {
        const at = staged.sizeBytes;
        const length = random.fraction() < 0.5 ? upTo(5_000) : upTo(400_000);
        await staged.write(bytes.slice(at, at + length));
        const dice = random.fraction();
        if (dice < 0.3) {
          await staged.sync();
          safe = staged.sizeBytes;
        } else if (dice < 0.5) {
          await staged[Symbol.asyncDispose]();
          // Sometimes by a process that knows nothing of the one before.
          if (random.fraction() < 0.4) store = await again();
          const back = random.fraction() < 0.5 ? staged.sizeBytes : safe;
          const reopened: Staged | null = await store.reopen(one, back);
          assert.equal(reopened?.sizeBytes, back, `seed ${seed}`);
          staged = reopened!;
        }
      }
      const finished = await staged.finish();
      await staged[Symbol.asyncDispose]();
      assert.equal(finished.sizeBytes, bytes.length);
      assert.equal(finished.sha256, hashOf(bytes), `seed ${seed}`);
      assert.deepEqual(finished.head, bytes.slice(0, limits.sniffBytes));
      await store.keep(one, finished.sha256);
      assert.deepEqual(await read(store, finished.sha256), bytes);
    },
  );
}

onEachBlobStore(
  "FI-2: an upload goes on from every kind of offset, in this process and a later one",
  async (rig) => {
    const bytes = pattern(700_000, 9);
    const offsets = [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000, 600_000];
    for (const [at, offset] of offsets.entries()) {
      for (const later of [false, true]) {
        const id = idOf(10 + 2 * at + (later ? 1 : 0));
        {
          await using staged = await rig.blobs.stage(id);
          await staged.write(bytes.subarray(0, 600_000));
          await staged.sync();
        }
        const blobs = later ? await rig.again() : rig.blobs;
        await using staged = await blobs.reopen(id, offset);
        assert.equal(staged?.sizeBytes, offset);
        assert.deepEqual(await asideOf(blobs), [{ id, sizeBytes: offset }], "what lies behind it is cut off");
        await staged!.write(bytes.subarray(offset));
        const { sha256, sizeBytes } = await staged!.finish();
        assert.deepEqual(
          [sha256, sizeBytes],
          [hashOf(bytes), bytes.length],
          `from ${offset}, later: ${later}`,
        );
        await blobs.unstage(id);
      }
    }
  },
);

onEachBlobStore("FI-2: bytes that were put in place of others count as they are now", async ({ blobs }) => {
  {
    await using staged = await blobs.stage(one);
    await staged.write(utf8("first half, wrong"));
  }
  {
    await using staged = await blobs.reopen(one, 11);
    await staged!.write(utf8(" right"));
  }
  await using staged = await blobs.reopen(one, 17);
  const { sha256 } = await staged!.finish();
  assert.equal(sha256, hashOf(utf8("first half, right")));
});

onEachBlobStore("FI-2: what was cut is still there, and nothing goes on from behind its end", async (rig) => {
  {
    await using staged = await rig.blobs.stage(one);
    await staged.write(utf8("0123456789"));
  }
  assert.deepEqual(await asideOf(rig.blobs), [{ id: one, sizeBytes: 10 }]);
  const later = await rig.again();
  assert.equal(await later.reopen(one, 11), null);
  assert.equal(await later.reopen(other, 0), null);
  await using staged = await later.reopen(one, 10);
  assert.equal((await staged!.finish()).sha256, hashOf(utf8("0123456789")));
});

onEachBlobStore("FI-7: what is discarded or given up leaves nothing", async ({ blobs }) => {
  {
    await using staged = await blobs.stage(one);
    await staged.write(pattern(200_000, 3));
    await staged.discard();
    await assert.rejects(staged.write(utf8("more")), /closed/);
    await assert.rejects(staged.finish(), /closed/);
    await staged.discard();
  }
  assert.deepEqual(await asideOf(blobs), []);
  assert.equal(await blobs.reopen(one, 0), null);
  {
    await using finished = await blobs.stage(one);
    await finished.write(utf8("refused"));
    await finished.finish();
    await assert.rejects(finished.write(utf8("more")), /closed/);
    await assert.rejects(finished.sync(), /closed/);
    await finished.discard();
  }
  {
    await using _staged = await blobs.stage(other);
  }
  assert.deepEqual(await asideOf(blobs), [{ id: other, sizeBytes: 0 }]);
  await blobs.unstage(other);
  await blobs.unstage(other);
  assert.deepEqual(await asideOf(blobs), []);
  assert.deepEqual(await keptOf(blobs), []);
});

onEachBlobStore("FI-2: an upload has one writer", async ({ blobs, again }) => {
  await using writer = await blobs.stage(one);
  await writer.write(utf8("half"));
  const instances = [blobs, await again()];
  for (const store of instances) {
    await assert.rejects(store.stage(one), Deno.errors.AlreadyExists);
    await assert.rejects(store.reopen(one, 0), Deno.errors.Busy);
    await assert.rejects(store.keep(one, hashOf(utf8("half"))), Deno.errors.Busy);
  }
  await writer.write(utf8(" and half"));
  assert.equal((await writer.finish()).sha256, hashOf(utf8("half and half")));
});

onEachBlobStore("FI-2: what was reopened and not written to can be kept", async ({ blobs, again }) => {
  const sha256 = hashOf(utf8("whole"));
  {
    await using staged = await blobs.stage(one);
    await staged.write(utf8("whole"));
    await staged.finish();
  }
  const later = await again();
  await using staged = await later.reopen(one, 5);
  await later.keep(one, sha256);
  await assert.rejects(staged!.write(utf8("more")), /closed/);
  assert.deepEqual(await read(later, sha256), utf8("whole"));
});

onEachBlobStore("FI-2: an upload that met a full disk goes on from what was safe", async (rig) => {
  await using disk = await smallDisk(rig, 4 * mebibyte);
  const { blobs } = disk;
  const bytes = pattern(3 * mebibyte, 31);
  const filler = await keepAll(blobs, other, pattern(2 * mebibyte, 37));
  {
    await using staged = await blobs.stage(one);
    await staged.write(bytes.subarray(0, mebibyte));
    await staged.sync();
    await assert.rejects(async () => {
      await writeAll(staged, bytes.subarray(mebibyte), 100_000);
      await staged.sync();
    }, { code: "ENOSPC" });
  }
  await blobs.remove(filler);
  await using staged = await blobs.reopen(one, mebibyte);
  await writeAll(staged!, bytes.subarray(mebibyte), 100_000);
  assert.equal((await staged!.finish()).sha256, hashOf(bytes));
});
