import assert from "node:assert/strict";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import {
  asideOf,
  type Bytes,
  hashOf,
  idOf,
  keepAll,
  keptOf,
  listed,
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

onEachBlobStore("FI-3: what was staged and kept is read back whole, under its hash", async ({ blobs }) => {
  const bytes = utf8("what two people share");
  const sha256 = hashOf(bytes);
  {
    await using staged = await blobs.stage(one);
    assert.deepEqual([staged.id, staged.sizeBytes], [one, 0]);
    await staged.write(bytes.subarray(0, 4));
    await staged.write(new Uint8Array());
    await staged.write(bytes.subarray(4));
    assert.equal(staged.sizeBytes, bytes.length);
    assert.equal(await blobs.sizeOf(sha256), null);
    assert.deepEqual(await staged.finish(), { sha256, sizeBytes: bytes.length, head: bytes });
    assert.equal(await blobs.open(sha256), null);
    await blobs.keep(one, sha256);
  }
  assert.deepEqual(await asideOf(blobs), [{ id: one, sizeBytes: bytes.length }]);
  await blobs.unstage(one);
  assert.equal(await blobs.sizeOf(sha256), bytes.length);
  assert.deepEqual(await read(blobs, sha256), bytes);
  assert.deepEqual(await keptOf(blobs), [{ sha256, sizeBytes: bytes.length }]);
  assert.deepEqual(await asideOf(blobs), []);
  await blobs.remove(sha256);
  assert.equal(await blobs.sizeOf(sha256), null);
  assert.equal(await blobs.open(sha256), null);
  await blobs.remove(sha256);
});

onEachBlobStore("FI-3: no bytes at all are a blob too", async ({ blobs }) => {
  await using staged = await blobs.stage(one);
  const { sha256, sizeBytes, head } = await staged.finish();
  assert.deepEqual([sha256, sizeBytes, head.length], [hashOf(new Uint8Array()), 0, 0]);
  await blobs.keep(one, sha256);
  assert.equal(await blobs.sizeOf(sha256), 0);
  assert.deepEqual(await read(blobs, sha256), new Uint8Array());
  await assert.rejects(blobs.open(sha256, { first: 0, last: 0 }), RangeError);
});

onEachBlobStore("FI-3: 5 MiB in odd chunks come out as they went in", async ({ blobs }) => {
  const bytes = pattern(5 * mebibyte + 1, 5);
  const sha256 = hashOf(bytes);
  for (const [at, chunkBytes] of [1_021, 65_537, 1_048_573, 3_000_017].entries()) {
    await using staged = await blobs.stage(idOf(at));
    await writeAll(staged, bytes, chunkBytes);
    const finished = await staged.finish();
    assert.deepEqual(
      [finished.sha256, finished.sizeBytes],
      [sha256, bytes.length],
      `chunks of ${chunkBytes}`,
    );
    assert.deepEqual(finished.head, bytes.slice(0, limits.sniffBytes));
    await blobs.keep(staged.id, sha256);
    await blobs.unstage(staged.id);
    assert.deepEqual(await read(blobs, sha256), bytes);
  }
  assert.deepEqual(await keptOf(blobs), [{ sha256, sizeBytes: bytes.length }]);
  assert.deepEqual(await asideOf(blobs), []);
});

onEachBlobStore("FI-3: an id that was never staged has nothing", async ({ blobs }) => {
  const sha256 = hashOf(utf8("nothing"));
  assert.equal(await blobs.reopen(one, 0), null);
  await blobs.unstage(one);
  await assert.rejects(blobs.keep(one, sha256), Deno.errors.NotFound);
  assert.equal(await blobs.sizeOf(sha256), null);
});

onEachBlobStore("FI-3: equal bytes are kept once, and keeping may be asked for again", async ({ blobs }) => {
  const bytes = pattern(100_000, 7);
  const sha256 = await keepAll(blobs, one, bytes);
  await blobs.keep(one, sha256);
  assert.equal(await keepAll(blobs, other, bytes), sha256);
  assert.deepEqual(await keptOf(blobs), [{ sha256, sizeBytes: bytes.length }]);
  assert.deepEqual(await asideOf(blobs), []);
  assert.deepEqual(await read(blobs, sha256), bytes);
});

onEachBlobStore(
  "FI-2: what is kept and not unstaged outlives the removal of its blob, also for a later process",
  async ({ blobs, again }) => {
    const bytes = utf8("kept twice");
    for (const known of [false, true]) {
      if (known) await keepAll(blobs, other, bytes);
      {
        await using staged = await blobs.stage(one);
        await staged.write(bytes);
        await blobs.keep(one, (await staged.finish()).sha256);
      }
      await blobs.remove(hashOf(bytes));
      const later = await again();
      assert.deepEqual(await asideOf(later), [{ id: one, sizeBytes: bytes.length }]);
      await later.keep(one, hashOf(bytes));
      await later.unstage(one);
      assert.deepEqual(await read(later, hashOf(bytes)), bytes);
      await later.remove(hashOf(bytes));
    }
  },
);

onEachBlobStore("FI-3: two uploads at once do not mix", async ({ blobs }) => {
  const [mine, theirs] = [pattern(900_000, 1), pattern(900_000, 2)];
  await using first = await blobs.stage(one);
  await using second = await blobs.stage(other);
  await Promise.all([writeAll(first, mine, 70_001), writeAll(second, theirs, 33_333)]);
  assert.deepEqual(
    await Promise.all([first.finish(), second.finish()]).then((all) => all.map((it) => it.sha256)),
    [
      hashOf(mine),
      hashOf(theirs),
    ],
  );
  await Promise.all([blobs.keep(one, hashOf(mine)), blobs.keep(other, hashOf(theirs))]);
  assert.deepEqual(await read(blobs, hashOf(mine)), mine);
  assert.deepEqual(await read(blobs, hashOf(theirs)), theirs);
});

onEachBlobStore("FI-5: ranges: the first byte, the last one, one between, the whole", async ({ blobs }) => {
  const bytes = pattern(700_001, 11);
  const sha256 = await keepAll(blobs, one, bytes);
  const end = bytes.length - 1;
  for (
    const [first, last] of [[0, 0], [end, end], [350_000, 350_000], [0, end], [1, 700_000], [
      262_143,
      262_144,
    ]]
  ) {
    const part = await read(blobs, sha256, first, last);
    assert.deepEqual(part, bytes.slice(first, last! + 1), `${first}-${last}`);
  }
  for (const [first, last] of [[-1, 0], [5, 4], [0, end + 1], [end + 1, end + 1], [0.5, 2], [0, NaN]]) {
    await assert.rejects(blobs.open(sha256, { first: first!, last: last! }), RangeError, `${first}-${last}`);
  }
  assert.equal(await blobs.open("0".repeat(64), { first: 0, last: 0 }), null);
});

onEachBlobStore(
  "FI-5: whoever reads a blob reads it to its end, also when it is removed meanwhile",
  async ({ blobs }) => {
    const bytes = pattern(900_000, 13);
    const sha256 = await keepAll(blobs, one, bytes);
    const reader = (await blobs.open(sha256))!.getReader();
    const parts: Uint8Array[] = [(await reader.read()).value!];
    await blobs.remove(sha256);
    assert.equal(await blobs.open(sha256), null);
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
    assert.ok(parts.length > 1, "it was still being read when it was removed");
    assert.deepEqual(await new Blob(parts as Bytes[]).bytes(), bytes);
  },
);

onEachBlobStore("FI-5: a reader that turns away leaves nothing open", async ({ blobs }) => {
  const sha256 = await keepAll(blobs, one, pattern(900_000, 17));
  const unread = await blobs.open(sha256);
  await unread!.cancel();
  const reader = (await blobs.open(sha256))!.getReader();
  await reader.read();
  await reader.cancel();
  // While it is being read: the file is closed once, and nobody hears of it.
  const busy = (await blobs.open(sha256))!.getReader();
  const pending = busy.read();
  await busy.cancel();
  await pending;
  assert.deepEqual(await busy.read(), { done: true, value: undefined });
});

onEachBlobStore("FI-8: nothing but an id or a hash names a place", async ({ blobs }) => {
  const ids = [
    "",
    "..",
    "../../etc/passwd",
    one.toLowerCase(),
    `${one}/`,
    `${one}0`,
    `${one}\n`,
    "/".repeat(26),
  ];
  for (const id of [...ids, `../${one.slice(3)}`, 26 as unknown as string]) {
    await assert.rejects(blobs.stage(id), TypeError, id);
    await assert.rejects(blobs.reopen(id, 0), TypeError, id);
    await assert.rejects(blobs.unstage(id), TypeError, id);
    await assert.rejects(blobs.keep(id, "0".repeat(64)), TypeError, id);
  }
  const hashes = [
    "",
    "..",
    "A".repeat(64),
    "0".repeat(63),
    "0".repeat(65),
    `${"0".repeat(64)}\n`,
    `../${"0".repeat(61)}`,
  ];
  for (const sha256 of hashes) {
    await assert.rejects(blobs.keep(one, sha256), TypeError, sha256);
    await assert.rejects(blobs.open(sha256), TypeError, sha256);
    await assert.rejects(blobs.sizeOf(sha256), TypeError, sha256);
    await assert.rejects(blobs.remove(sha256), TypeError, sha256);
  }
  for (const sizeBytes of [-1, 0.5, NaN, Infinity]) {
    await assert.rejects(blobs.reopen(one, sizeBytes), RangeError);
  }
});

onEachBlobStore(
  "FI-3: blobs are listed in the order of their hashes, with the time of their keeping",
  async (rig) => {
    const { blobs, clock } = rig;
    const hashes: string[] = [];
    for (let at = 0; at < 20; at++) {
      hashes.push(await keepAll(blobs, idOf(at), utf8(`blob ${at}`)));
      clock.advance(1000);
    }
    const all = await listed(blobs.list());
    assert.deepEqual(all.map(({ sha256 }) => sha256), hashes.toSorted());
    const timeOf = (at: number, from = all) => from.find(({ sha256 }) => sha256 === hashes[at])!.changedMs;
    assert.equal(timeOf(19) - timeOf(0), 19_000);
    assert.equal(await keepAll(blobs, one, utf8("blob 0")), hashes[0]);
    assert.equal(timeOf(0, await listed(blobs.list())), clock.now(), "kept again: not old any more");
  },
);

onEachBlobStore(
  "FI-1: a full disk fails the upload, takes nothing else with it, and room helps",
  async (rig) => {
    await using disk = await smallDisk(rig, 4 * mebibyte);
    const { blobs } = disk;
    const small = pattern(200_000, 19);
    const sha256 = await keepAll(blobs, other, small);
    {
      await using staged = await blobs.stage(one);
      const full = async () => {
        await writeAll(staged, pattern(6 * mebibyte, 23), 100_000);
        await staged.finish();
      };
      await assert.rejects(full(), { code: "ENOSPC" });
      for (const act of [() => staged.write(utf8("x")), () => staged.sync(), () => staged.finish()]) {
        await assert.rejects(act(), { code: "ENOSPC" }, "what failed stays failed");
      }
    }
    assert.deepEqual(await read(blobs, sha256), small);
    await blobs.unstage(one);
    const bytes = pattern(2 * mebibyte, 29);
    assert.deepEqual(await read(blobs, await keepAll(blobs, one, bytes)), bytes);
  },
);

Deno.test("FI-3: the store makes its directories, for nobody else to read", async () => {
  const root = await Deno.makeTempDir({ prefix: "behest-test-" });
  try {
    await Deno.mkdir(`${root}/storage/uploads`, { recursive: true, mode: 0o755 });
    await using blobs = await DiskBlobs.open(`${root}/storage/`);
    const sha256 = await keepAll(blobs, one, utf8("private"));
    await using _staged = await blobs.stage(other);
    const folder = sha256.slice(0, 2);
    const modes = new Map<string, number>();
    for (
      const path of [
        "",
        "/uploads",
        "/files",
        `/files/${folder}`,
        `/files/${folder}/${sha256}`,
        `/uploads/${other}`,
      ]
    ) {
      modes.set(path, (await Deno.stat(`${root}/storage${path}`)).mode! & 0o777);
    }
    assert.deepEqual([...modes.values()], [0o700, 0o700, 0o700, 0o700, 0o600, 0o600]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

onEachBlobStore(
  "SC-8: bytes in quarantine are opened and listed by nobody, and come back whole",
  async ({ blobs }) => {
    const bytes = pattern(70_000, 3);
    const sha256 = await keepAll(blobs, one, bytes);
    const { quarantine } = blobs;
    const inQuarantine = async () =>
      (await listed(quarantine.list())).map(({ sha256, sizeBytes }) => [sha256, sizeBytes]);
    assert.equal(await quarantine.restore(sha256), true, "they are in their place");
    for (let twice = 0; twice < 2; twice++) await quarantine.put(sha256);
    assert.equal(await blobs.open(sha256), null);
    assert.equal(await blobs.sizeOf(sha256), null);
    assert.deepEqual(await keptOf(blobs), []);
    assert.deepEqual(await inQuarantine(), [[sha256, bytes.length]]);
    // The removal of a blob is none of theirs.
    await blobs.remove(sha256);
    for (let twice = 0; twice < 2; twice++) assert.equal(await quarantine.restore(sha256), true);
    assert.deepEqual(await read(blobs, sha256), bytes);
    assert.deepEqual(await inQuarantine(), []);
    await quarantine.put(sha256);
    for (let twice = 0; twice < 2; twice++) await quarantine.destroy(sha256);
    assert.equal(await quarantine.restore(sha256), false);
    assert.deepEqual(await inQuarantine(), []);
    await assert.rejects(quarantine.put("../x"), TypeError);
    await assert.rejects(quarantine.restore("../x"), TypeError);
  },
);
