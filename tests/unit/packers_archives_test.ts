import assert from "node:assert/strict";
import fc from "fast-check";
import { StreamSearch } from "../../lib/adapters/clamd/unread/stream_search.ts";
import { UnreadArchives } from "../../lib/adapters/clamd/unread/mod.ts";
import { bytesOf, docx, eicar, packed, packedNames, zip } from "../fixtures/scan/archives.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is said of bytes that come in chunks of a size. */
function unread(bytes: Bytes, { chunkBytes = 64 * 1024, rar = false } = {}): string | null {
  const watch = new UnreadArchives({ head: bytes.slice(0, 64 * 1024), sizeBytes: bytes.length }, { rar });
  for (let at = 0; at < bytes.length; at += chunkBytes) watch.feed(bytes.subarray(at, at + chunkBytes));
  return watch.end();
}

/** Kinds of the fixtures that clamd unpacks; tests/contract/scanner_clamd_test.ts shows both. */
const read = /^(bzip2\.zip|deflate64\.zip|lzma2?\.7z|ppmd\.7z|bcj\.7z|xz\.xz|bzip2\.bz2)$/;

Deno.test("SC-2: archives that clamd passes unread are known, whatever the chunks they come in", () => {
  assert.ok(packedNames().length > 20);
  for (const name of packedNames()) {
    const bytes = packed(name);
    const said = unread(bytes);
    if (read.test(name)) assert.equal(said, null, name);
    else assert.notEqual(said, null, name);
    for (const chunkBytes of [1, 7, 63, 64, 65, 66, 67, 100]) {
      assert.equal(unread(bytes, { chunkBytes }), said, `${name} by ${chunkBytes}`);
    }
  }
});

Deno.test("SC-2: each is named for the moderator", () => {
  const names: [file: string, name: RegExp][] = [
    ["lzma.zip", /zip entry packed with LZMA/],
    ["ppmd.zip", /zip entry packed with PPMd/],
    ["xz.zip", /zip entry packed with XZ/],
    ["zip64.zip", /ZIP64/],
    ["aes.zip", /encrypted zip entry/],
    ["bzip2.7z", /7z packed with bzip2/],
    ["deflate.7z", /7z packed with deflate/],
    ["bcj2.7z", /7z packed with BCJ2/],
    ["delta.7z", /7z packed with delta/],
    ["aes.7z", /7z packed with AES/],
    ["zstd.zst", /Zstandard/],
    ["streams.bz2", /several streams/],
    ["wim.wim", /WIM/],
  ];
  for (const [file, name] of names) assert.match(unread(packed(file)) ?? "", name);
});

Deno.test("SC-2: a plain zip, a document and what is no archive are left to clamd", () => {
  const plain = zip([{ name: "a.txt", bytes: eicar }, { name: "b.txt", bytes: eicar, stored: true }]);
  for (
    const bytes of [
      plain,
      docx("word/media/a.bin", eicar),
      zip([]),
      zip([{ name: "in.zip", bytes: plain, stored: true }]),
      zip([{ name: "in.zip", bytes: plain }]),
      new Uint8Array(0),
      eicar,
      bytesOf("#!/bin/sh: unpacks itself", plain),
      bytesOf("PK"),
      bytesOf("just text, with PK in it: PK\x01\x02 and PK\x03\x04"),
      bytesOf("7z as a word"),
    ]
  ) assert.equal(unread(bytes), null, bytesOf(bytes).subarray(0, 20).toHex());
});

Deno.test("SC-2: a stored archive inside of a zip is seen too", () => {
  assert.match(unread(zip([{ name: "a.zip", bytes: packed("lzma.zip"), stored: true }])) ?? "", /LZMA/);
});

Deno.test("SC-2: a zip whose directory and entries do not fit each other is not passed", () => {
  const good = zip([{ name: "a.txt", bytes: eicar }, { name: "b.txt", bytes: eicar }]);
  const at = (text: string) => new TextDecoder("latin1").decode(good).lastIndexOf(text);
  const changed = (place: number, ...bytes: number[]) => {
    const copy = good.slice();
    copy.set(bytes, place);
    return copy;
  };
  const central = at("PK\x01\x02");
  const end = at("PK\x05\x06");
  const broken: Record<string, Bytes> = {
    "without a directory": good.slice(0, new TextDecoder("latin1").decode(good).indexOf("PK\x01\x02")),
    "cut off": good.slice(0, -1),
    "with something behind": bytesOf(good, "more"),
    "local header gone": changed(0, 0x50, 0x4b, 9),
    "entry elsewhere": changed(central + 42, 1),
    "another method in the directory": changed(central + 10, 0),
    "fewer entries counted": changed(end + 8, 1, 0, 1, 0),
    "directory elsewhere": changed(end + 16, 3),
    "in parts": changed(end + 4, 1),
  };
  for (const [what, bytes] of Object.entries(broken)) {
    assert.match(unread(bytes) ?? "", /directory does not fit/, what);
  }
  assert.match(unread(changed(central + 6, 20, 0, 1)) ?? "", /encrypted/);
});

Deno.test("SC-2: RAR counts as read only where clamd has shown that it reads it", () => {
  const rar = bytesOf([0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, 1, 0], new Uint8Array(40));
  assert.equal(unread(rar), "RAR");
  assert.equal(unread(rar, { rar: true }), null);
});

Deno.test("SC-2: documents behind a password are known", () => {
  const utf16 = (text: string) => [...text].flatMap((letter) => [letter.charCodeAt(0), 0]);
  const ole = (rest: Bytes) =>
    bytesOf([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], new Uint8Array(504), rest);
  assert.match(unread(ole(bytesOf(new Uint8Array(3000), utf16("EncryptedPackage")))) ?? "", /encrypted doc/);
  assert.equal(unread(ole(bytesOf(utf16("WordDocument")))), null);
  const word = (flags: number) =>
    ole(bytesOf([0xec, 0xa5, 0, 0, 0, 0, 0, 0, 0, 0, 0, flags], new Uint8Array(500)));
  assert.match(unread(word(1)) ?? "", /encrypted document/);
  assert.equal(unread(word(0)), null);
  const type = bytesOf("application/vnd.oasis.opendocument.text");
  const odt = (stored: boolean) =>
    zip([
      { name: "mimetype", bytes: type, stored: true },
      { name: "content.xml", bytes: bytesOf("x".repeat(100)), ...(stored ? { stored } : {}) },
    ]);
  assert.match(unread(odt(true)) ?? "", /encrypted document/);
  assert.equal(unread(odt(false)), null);
});

Deno.test("SC-2: a 7z that is cut off, or whose list of contents is damaged, is not passed", () => {
  const good = packed("lzma2.7z");
  assert.match(unread(good.slice(0, -1)) ?? "", /cannot be followed/);
  assert.match(unread(good.slice(0, 20)) ?? "", /cannot be followed/);
  const listAt = 32 + Number(new DataView(good.buffer).getBigUint64(12, true));
  for (let at = listAt; at < good.length; at++) {
    const bad = good.slice();
    bad[at]! ^= 0xff;
    // No change may throw or hang; most are seen.
    unread(bad);
  }
  const strange = good.slice();
  strange[listAt] = 0x42;
  assert.match(unread(strange) ?? "", /cannot be followed/);
});

Deno.test("SC-2: whatever comes in, nothing is thrown, and chunks make no difference", () => {
  const starts = [...packedNames().map(packed), zip([{ name: "a", bytes: eicar }])];
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.integer({ min: 1, max: 200 }),
      (start, changes, chunkBytes) => {
        const bytes = start.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        assert.equal(unread(bytes, { chunkBytes }), unread(bytes));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("SC-2: the search finds every place once, across all borders", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(1, 2, 3), { maxLength: 60 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      (values, shownBytes, chunkBytes) => {
        const bytes = Uint8Array.from(values);
        const hits: [number, number[]][] = [];
        const search = new StreamSearch([1, 2], shownBytes, (at, shown) => hits.push([at, [...shown]]));
        for (let at = 0; at < bytes.length; at += chunkBytes) {
          search.feed(bytes.subarray(at, at + chunkBytes));
        }
        search.end();
        const wanted = values.flatMap((value, at) =>
          value === 1 && values[at + 1] === 2 ? [[at, values.slice(at, at + shownBytes)]] : []
        );
        assert.deepEqual(hits, wanted);
      },
    ),
  );
});
