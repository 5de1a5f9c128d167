import assert from "node:assert/strict";
import fc from "fast-check";
import { fileName } from "../../lib/files/names.ts";
import { english, limits, Refusal } from "../../lib/protocol/mod.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

Deno.test("FI-8: any Unicode comes back as it was sent", () => {
  const names = [
    "report.pdf",
    "Grüße aus Köln.txt",
    // The same letters, composed and not: neither becomes the other.
    "caf\u00e9.txt",
    "cafe\u0301.txt",
    "日本語のファイル.txt",
    "مستند.pdf",
    // Marks and joiners that right-to-left and Indic names are written with.
    "\u200fשלום\u200e.txt",
    "क्\u200dष.txt",
    "👩‍👩‍👧‍👦 family.jpg",
    " leading and trailing ",
    "C: notes.txt",
    'a:b*c?"<>|.txt',
    "-rf",
    "~root",
    "%2e%2e%2f.txt",
    ".hidden",
    "..txt",
    "a..",
    "no extension",
    "it's; a `name` $(date) \u00a0.sh",
    "\u{10ffff}\ufeff.bin",
  ];
  for (const name of names) assert.equal(fileName(name), name);
});

Deno.test("FI-8: names of devices are names, as no name forms a path", () => {
  for (const name of ["CON", "NUL.txt", "com1", "LPT9.log", "aux."]) assert.equal(fileName(name), name);
});

Deno.test("FI-8: path parts, control characters and direction overrides are cleaned away", () => {
  const cleaned: [given: string, name: string][] = [
    ["../a/b.txt", "b.txt"],
    ["C:\\x\\b.txt", "b.txt"],
    ["/etc/passwd", "passwd"],
    ["\\\\server\\share\\b.txt", "b.txt"],
    ["..\\..\\b.txt", "b.txt"],
    ["a/b\\c.txt", "c.txt"],
    ["folder/", "folder"],
    ["a//b//", "b"],
    [`${"/".repeat(60_000)}b.txt`, "b.txt"],
    ["a\u0000b.txt", "ab.txt"],
    ["a\r\nb\t.txt\u007f\u0085\u2028", "ab.txt"],
    ["\u0001/..\u0002/x", "x"],
    ["invoice\u202efdp.exe", "invoicefdp.exe"],
    ["\u2066a\u2069.txt", "a.txt"],
    ["half \ud83d of a pair.txt", "half \ufffd of a pair.txt"],
    [`${"x/".repeat(2000)}b.txt`, "b.txt"],
  ];
  for (const [given, name] of cleaned) assert.equal(fileName(given), name);
});

Deno.test("FI-8: empty names, dots alone and more than 255 bytes are refused with what to do", () => {
  const refused = [
    "",
    " ",
    "\u3000",
    ".",
    "..",
    "....",
    "a/..",
    "/",
    "\\",
    "\u0000",
    ".\u0000.",
    "\u202e",
    "x".repeat(256),
    "ü".repeat(128),
    "x".repeat(4096),
    "/".repeat(100_000),
  ];
  for (const given of refused) {
    const refusal = fileName(given);
    assert.ok(refusal instanceof Refusal, JSON.stringify(given.slice(0, 20)));
    assert.equal(refusal.kind, "invalid_params");
    assert.match(
      english(refusal.message),
      /Give the file a name\.|Shorten the file's name to 255 bytes\./,
    );
    assert.ok(refusal.detail.fields?.["name"] !== undefined);
  }
  assert.equal(fileName("x".repeat(255)), "x".repeat(255));
  assert.equal(fileName("ü".repeat(127)), "ü".repeat(127));
});

const nasty = fc.constantFrom(
  "/",
  "\\",
  ".",
  "..",
  "\u0000",
  "\r\n",
  "\u202e",
  "\u2069",
  "\ud800",
  "\udc00",
  " ",
  "e\u0301",
);
const given = fc.array(fc.oneof(nasty, fc.string({ unit: "binary" }), fc.string()), { maxLength: 12 })
  .map((parts) => parts.join(""));

Deno.test("FI-8: whatever is sent, a name is whole, short, no path and no control; and what is clean stays", () => {
  fc.assert(
    fc.property(given, (given) => {
      const name = fileName(given);
      if (name instanceof Refusal) return;
      assert.ok(name.isWellFormed());
      assert.ok(name.trim() !== "" && bytesOf(name) <= limits.fileNameBytes);
      assert.ok(!/[/\\]/.test(name) && !/^\.+$/.test(name));
      assert.ok(!/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name));
      assert.ok(
        given.toWellFormed().replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "").includes(name),
      );
      assert.equal(fileName(name), name);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("FI-8: a name without path, controls and overrides is never changed", () => {
  const clean = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((name) =>
    !/[/\\\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name) && /[^.\s]/.test(name) &&
    bytesOf(name) <= limits.fileNameBytes
  );
  fc.assert(fc.property(clean, (name) => assert.equal(fileName(name), name)), { numRuns: 1000 });
});
