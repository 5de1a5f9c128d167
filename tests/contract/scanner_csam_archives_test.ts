import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type CsamSettings, openCsam } from "../../lib/adapters/csam/mod.ts";
import { budget } from "../../lib/adapters/csam/members.ts";
import type { CsamFinding } from "../../lib/scanning/ports.ts";
import { credentials, CsamServices, picture } from "../fakes/csam_services.ts";
import { FakeClock } from "../fakes/clock.ts";
import { subjectOf } from "../fakes/scan_subject.ts";
import { bytesOf, docx, packed, tar, zip, type ZipEntry } from "../fixtures/scan/archives.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const { signal } = new AbortController();
const gz = (bytes: Bytes): Bytes => new Uint8Array(gzipSync(bytes));

/** HMA, as it takes pictures and videos, and as fast as they come. */
function open() {
  const services = new CsamServices();
  const settings: CsamSettings = {
    service: "hma",
    url: services.base("hma"),
    ...credentials,
    banks: new Map([["BANK_CSAM", "csam"], ["BANK_INTIMATE", "ncii"]]),
  };
  const matcher = openCsam(settings, { clock: new FakeClock() });
  services.know(picture("known"));
  return {
    services,
    ask: (bytes: Bytes, type = "application/octet-stream"): Promise<CsamFinding> =>
      matcher.match(subjectOf(bytes, type), signal),
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

const text = { name: "readme.txt", bytes: bytesOf("words ".repeat(100)) };
const one = (mark: string, more: Partial<ZipEntry> = {}): ZipEntry => ({
  name: `${mark}.png`,
  bytes: picture(mark),
  ...more,
});

Deno.test("SC-2: what is neither picture nor video is not applicable, and nobody is asked", async () => {
  await using rig = open();
  for (
    const [bytes, type] of [
      [bytesOf("just text"), "text/plain"],
      [new Uint8Array(0), "application/octet-stream"],
      [bytesOf("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml"],
      [bytesOf([0, 0, 0, 24], "ftypM4A "), "audio/mp4"],
      [bytesOf("RIFF", [0, 0, 0, 0], "WAVEfmt "), "audio/wav"],
    ] as const
  ) {
    const { verdict, answer } = await rig.ask(bytes, type);
    assert.deepEqual([verdict, answer], ["not_applicable", "neither a picture nor a video"]);
  }
  for (const name of ["lzma2.7z", "xz.xz", "zstd.zst", "bzip2.bz2", "wim.wim"]) {
    const { verdict, answer } = await rig.ask(packed(name));
    assert.equal(verdict, "not_applicable", name);
    assert.match(answer, /contents not checked/, name);
  }
  assert.equal(rig.services.asked.length, 0);
});

Deno.test("SC-9: of several hits in one archive the gravest counts, wherever it is", async () => {
  await using rig = open();
  rig.services.know(picture("intimate"), "exact", "intimate");
  rig.services.know(picture("spam"), "exact", "spam");
  const ask = async (...marks: string[]) =>
    (await rig.ask(zip(marks.map((mark) => one(mark))), "application/zip")).verdict;
  assert.equal(await ask("new", "spam"), "listed");
  assert.equal(await ask("spam", "intimate", "new"), "ncii");
  assert.equal(await ask("intimate", "spam"), "ncii");
  assert.equal(await ask("intimate", "known"), "match");
});

Deno.test("SC-2: pictures in archives are matched, each of them", async () => {
  await using rig = open();
  const archives: Record<string, (mark: string) => Bytes> = {
    "zip": (mark) => zip([text, one("other"), one(mark)]),
    "zip, stored": (mark) => zip([text, one("other", { stored: true }), one(mark, { stored: true })]),
    "zip under another name": (mark) => zip([{ name: "notes.txt", bytes: picture(mark) }]),
    "document": (mark) => docx("word/media/image1.png", picture(mark)),
    "zip behind others in any order": (mark) =>
      zip([one(mark), text, { name: "dir/", bytes: new Uint8Array(0) }]),
    "tar": (mark) => tar([text, one("other"), one(mark)]),
    "tar.gz": (mark) => gz(tar([text, one("other"), one(mark)])),
    "gz": (mark) => gz(picture(mark)),
    "zip with more than one chunk": (mark) =>
      zip([{ name: "noise", bytes: noise(300_000), stored: true }, one(mark), text]),
  };
  for (const [what, make] of Object.entries(archives)) {
    const match = await rig.ask(make("known"));
    assert.equal(match.verdict, "match", `${what}: ${match.answer}`);
    assert.equal(match.match!.reference, "1001");
    assert.match(match.answer, /^inside: /);
    rig.services.asked.length = 0;
    const clean = await rig.ask(make("unknown"));
    assert.equal(clean.verdict, "clean", `${what}: ${clean.answer}`);
    assert.match(clean.answer, /^\d inside, none is known$/, what);
    assert.deepEqual(rig.services.asked.at(-1)!.field, "photo");
    assert.ok(rig.services.asked.some(({ bytes }) => bytes.toHex() === picture("unknown").toHex()), what);
  }
  const none = await rig.ask(zip([text]));
  assert.deepEqual([none.verdict, none.answer], ["not_applicable", "no picture or video inside"]);
  const nested = await rig.ask(zip([text, { name: "in.zip", bytes: zip([one("known")]) }]));
  assert.equal(nested.verdict, "not_applicable");
  assert.match(nested.answer, /1 archives inside: contents not checked/);
});

Deno.test("SC-2: large pictures inside are streamed whole", async () => {
  await using rig = open();
  const large = bytesOf(picture("large"), noise(6 * 1024 * 1024));
  rig.services.know(large);
  for (
    const bytes of [zip([{ name: "a.png", bytes: large }]), tar([{ name: "a.png", bytes: large }]), gz(large)]
  ) {
    assert.equal((await rig.ask(bytes)).verdict, "match");
    assert.equal(rig.services.asked.at(-1)!.bytes.length, large.length);
  }
});

Deno.test("SC-2: one picture that could not be checked leaves the archive unclean, and a match still wins", async () => {
  await using rig = open();
  rig.services.instead = ({ bytes }) =>
    bytes.toHex() === picture("large").toHex() ? Response.json({}, { status: 413 }) : null;
  assert.equal((await rig.ask(zip([one("large"), one("other")]))).verdict, "incomplete");
  assert.equal((await rig.ask(zip([one("large"), one("known")]))).verdict, "match");
  rig.services.instead = ({ bytes }) =>
    bytes.toHex() === picture("bad").toHex() ? Response.json({}, { status: 500 }) : null;
  assert.equal((await rig.ask(zip([one("other"), one("bad")]))).verdict, "error");
});

Deno.test("SC-2: archives that cannot be read to their end, or are over a budget, are incomplete", async () => {
  await using rig = open();
  const good = zip([one("a"), one("b"), text]);
  const place = (wanted: string) => new TextDecoder("latin1").decode(good).lastIndexOf(wanted);
  const first = (wanted: string) => new TextDecoder("latin1").decode(good).indexOf(wanted);
  const changed = (at: number, ...bytes: number[]) => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };
  const tarred = tar([one("a"), one("b")]);
  const badTar = tarred.slice();
  badTar[1] = 0x40;
  const many = (count: number, make: (at: number) => ZipEntry) =>
    Array.from({ length: count }, (_, at) => make(at));
  const cases: Record<string, Bytes> = {
    "zip cut off": good.slice(0, -10),
    "zip without a directory": good.slice(0, place("PK\x01\x02")),
    "zip, broken content": changed(40, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    "zip, other size": changed(first("PK\x01\x02") + 24, 0xff),
    "zip, entries over each other": changed(place("PK\x01\x02") + 42, 0, 0),
    "zip, directory elsewhere": changed(place("PK\x05\x06") + 16, 1, 0),
    "encrypted": zip([one("a", { password: "secret" })]),
    "LZMA": packed("lzma.zip"),
    "tar cut off": tarred.slice(0, 700),
    "broken tar": badTar,
    "gz cut off": gz(tarred).slice(0, -30),
    "broken gz": bytesOf(gz(tarred).slice(0, 20), "and then something else"),
    "too many files": zip(
      many(budget.entries + 1, (at) => ({ name: `${at}`, bytes: bytesOf("x"), stored: true })),
    ),
    "too many pictures": tar(many(budget.media + 1, (at) => one(`${at}`))),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    const { verdict, answer } = await rig.ask(bytes);
    assert.equal(verdict, "incomplete", `${what}: ${answer}`);
    assert.match(answer, /contents not checked/, what);
  }
});

Deno.test("SC-2: a bomb is left at the budget", async () => {
  await using rig = open();
  const zeros = zip([one("first"), {
    name: "zeros.png",
    bytes: bytesOf(picture("zeros"), new Uint8Array(50_000_000)),
  }]);
  assert.ok(zeros.length < 100_000);
  let sent = 0;
  rig.services.onChunk = (length) => void (sent += length);
  rig.services.instead = () => Response.json({ pdq: {} });
  assert.equal((await rig.ask(zeros)).verdict, "clean");
  assert.ok(sent > 50_000_000, "a large picture inside goes out whole");
  // Says that it is small, and is not.
  const central = new TextDecoder("latin1").decode(zeros).lastIndexOf("PK\x01\x02");
  const lying = zeros.slice();
  new DataView(lying.buffer).setUint32(central + 24, 1000, true);
  sent = 0;
  assert.equal((await rig.ask(lying)).verdict, "incomplete");
  assert.ok(sent < 1_000_000);
});

/** Bytes that do not pack, the same each time. */
function noise(count: number): Bytes {
  const bytes = new Uint8Array(count);
  let state = 1;
  for (let at = 0; at < count; at++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
