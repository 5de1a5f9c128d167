import assert from "node:assert/strict";
import { mediaTypeOf } from "../../lib/files/media_type.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { cpuMs } from "../fakes/cpu_time.ts";
import { seededRandom } from "../fakes/random.ts";

function bytesOf(...parts: (string | number[])[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const all = parts.map((part) => typeof part === "string" ? encoder.encode(part) : Uint8Array.from(part));
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const png = [
  0x89,
  0x50,
  0x4e,
  0x47,
  13,
  10,
  26,
  10,
  0,
  0,
  0,
  13,
  0x49,
  0x48,
  0x44,
  0x52,
  ...Array(25).fill(0),
];
const zeros = (count: number): number[] => Array(count).fill(0);

Deno.test("FI-4: the type comes from the bytes", async () => {
  const known: [type: string, bytes: Uint8Array<ArrayBuffer>][] = [
    ["image/png", bytesOf(png, "IDAT")],
    ["image/jpeg", bytesOf([0xff, 0xd8, 0xff, 0xe0], zeros(60))],
    ["image/gif", bytesOf("GIF89a", [1, 0, 1, 0, 0, 0, 0, 0x3b])],
    ["image/webp", bytesOf("RIFF", [20, 0, 0, 0], "WEBPVP8 ", zeros(60))],
    ["image/bmp", bytesOf("BM", [60, 0, 0, 0], zeros(4), [54, 0, 0, 0, 40, 0, 0, 0], zeros(40))],
    ["video/mp4", bytesOf([0, 0, 0, 0x18], "ftypmp42", zeros(4), "mp42isom", zeros(60))],
    ["application/pdf", bytesOf("%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n")],
    ["application/zip", bytesOf("PK", [3, 4, 20, 0], zeros(60))],
    ["application/x-msdownload", bytesOf("MZ", [0x90, 0, 3], zeros(100))],
    ["text/plain", bytesOf("hello")],
    ["text/plain", bytesOf("Grüße, 日本語\r\n\tund mehr")],
    ["text/plain", bytesOf([0xef, 0xbb, 0xbf], "with a byte order mark")],
    ["text/plain", bytesOf([0xff, 0xfe], [0x68, 0, 0x69, 0])],
    ["text/plain", bytesOf([0xfe, 0xff], [0, 0x68, 0, 0x69])],
    // Two letters of an image and of a program, in a text.
    ["text/plain", bytesOf("BMW is a car, and this is a text about it that goes on for a while.")],
    ["text/plain", bytesOf("MZ is short for Mainz, and this is a text about it.")],
    ["text/plain", bytesOf("X5O!P%@AP and so on")],
    ["text/plain", bytesOf("42")],
    ["text/plain", bytesOf("a < b, b > a; <notes> in angle brackets")],
    ["application/json", bytesOf('{"a": [1, 2, {"b": null}]}')],
    ["application/json", bytesOf(" [1, 2]\n")],
    ["text/plain", bytesOf("{not json}")],
    ["text/plain", bytesOf("[x] a list of things to do")],
    ["image/svg+xml", bytesOf("<svg xmlns='http://www.w3.org/2000/svg'/>")],
    ["image/svg+xml", bytesOf("<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg PUBLIC 'x' 'y'>\n<svg></svg>")],
    ["image/svg+xml", bytesOf("<!DOCTYPE svg [<!ENTITY a 'b>'> ]>\n<svg>&a;</svg>")],
    ["image/svg+xml", bytesOf("<s:svg xmlns:s='http://www.w3.org/2000/svg'/>")],
    ["text/html", bytesOf("  <!doctype HTML><title>x</title>")],
    ["text/html", bytesOf("<!-- a --><!-- b --><html lang=en>")],
    ["text/html", bytesOf("<script>alert(1)</script>")],
    ["text/html", bytesOf("<IMG src=x onerror=alert(1)>")],
    ["application/xhtml+xml", bytesOf("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>")],
    ["application/xml", bytesOf("<?xml version='1.0'?><feed/>")],
    ["application/octet-stream", bytesOf([0, 1, 2, 3, 4, 5])],
    ["application/octet-stream", bytesOf("half a character ", [0xe2, 0x82])],
    ["application/octet-stream", bytesOf("a text with a NUL", [0], "in it")],
    ["application/octet-stream", bytesOf()],
  ];
  for (const [type, bytes] of known) {
    assert.equal(
      await mediaTypeOf(bytes, true),
      type,
      JSON.stringify(new TextDecoder().decode(bytes.slice(0, 60))),
    );
  }
});

Deno.test("FI-4: bytes that are two things are what their magic number says", async () => {
  const script = "<html><script>alert(1)</script><svg onload=alert(1)>";
  assert.equal(await mediaTypeOf(bytesOf("GIF89a", script), true), "image/gif");
  assert.equal(await mediaTypeOf(bytesOf(png, script), true), "image/png");
  assert.equal(await mediaTypeOf(bytesOf([0xff, 0xd8, 0xff, 0xe1], script), true), "image/jpeg");
  // An image of whose head every byte is a letter is no way around the match of images.
  assert.equal(await mediaTypeOf(bytesOf("GIF89a    ", "!A", "~".repeat(60_000)), false), "image/gif");
});

Deno.test("FI-4: a head that is not all there is may end anywhere", async () => {
  const euro = [0xe2, 0x82, 0xac];
  for (const cut of [1, 2, 3]) {
    assert.equal(await mediaTypeOf(bytesOf("prices in ", euro.slice(0, cut)), false), "text/plain");
  }
  assert.equal(await mediaTypeOf(bytesOf('{"a": [1, 2, '), false), "application/json");
  assert.equal(await mediaTypeOf(bytesOf("[1"), false), "application/json");
  assert.equal(await mediaTypeOf(bytesOf("{ a text in braces"), false), "text/plain");
  assert.equal(await mediaTypeOf(bytesOf("<!-- a comment without an end"), false), "text/plain");
});

Deno.test("FI-4: broken and hostile bytes give a type at once", async () => {
  const random = seededRandom(5);
  const heads: number[][] = [
    png,
    [0xff, 0xd8, 0xff],
    [0x50, 0x4b, 3, 4],
    [0x1f, 0x8b, 8],
    [0x1f, 0x8b, 8, 8, 0x89, 0x53, 0x1d, 0x52, 0, 0x0b],
    [0x1a, 0x45, 0xdf, 0xa3],
    [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9],
    [0x49, 0x49, 0x2a, 0],
    [0x49, 0x44, 0x33],
    [0, 0, 0, 0x20, 0x66, 0x74, 0x79, 0x70],
  ];
  for (let run = 0; run < 300; run++) {
    const bytes = random.bytes(1 + Math.floor(random.fraction() * 4000));
    const head = heads[run % heads.length]!.slice(0, bytes.length);
    if (run % 3 === 0) bytes.fill(0);
    bytes.set(head);
    assert.match(await mediaTypeOf(bytes, run % 2 === 0), /^[a-z]+\/[a-z0-9][a-z0-9.+_-]*$/);
  }
  const comments = "<!-- --> ".repeat(limits.sniffBytes / 9);
  const startedMs = cpuMs();
  assert.equal(await mediaTypeOf(bytesOf(comments), true), "text/plain");
  assert.equal(await mediaTypeOf(bytesOf(`${"[".repeat(60_000)}`), true), "text/plain");
  assert.ok(cpuMs() - startedMs < 5000, "a prolog of many parts takes a time that grows too fast");
});
