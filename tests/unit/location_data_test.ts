import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { withoutLocationData } from "../../lib/client/mod.ts";
import {
  exifSegment,
  joined,
  jpeg,
  jpegSegments,
  png,
  pngChunk,
  secret,
  secretMark,
  type Segment,
  stuffed,
  tiff,
  vp8x,
  webp,
  webpChunk,
} from "../fixtures/photos.ts";

const { jfif, icc, adobe, xmp, iptc, film, pictures, comment } = jpegSegments;
const inert = { numRuns: 150 };

const data = fc.uint8Array({ maxLength: 300 });
const orientation = fc.integer({ min: 0, max: 10 });
const isTurned = (value: number) => value >= 2 && value <= 8;

/** Exif data that says only how a picture is turned, as it is written. */
function plainTiff(value: number): Uint8Array {
  return Uint8Array.from([
    ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value],
    ...[0, 0, 0, 0, 0, 0, 0],
  ]);
}

const exifMark = new TextEncoder().encode("Exif\0\0");

/** What comes out must be exactly the bytes of the expected photo, and a second time nothing is found. */
async function assertBecomes(from: Uint8Array<ArrayBuffer>, to: Uint8Array): Promise<void> {
  const type = "image/x-test";
  const result = await withoutLocationData(new Blob([from], { type }));
  if (Buffer.compare(from, to) === 0) {
    assert.equal(result.kind, "none");
    return;
  }
  assert.ok(result.kind === "removed", result.kind);
  const bytes = await result.photo.bytes();
  assert.deepEqual(bytes, Uint8Array.from(to));
  assert.equal(result.photo.type, type);
  assert.ok(!Buffer.from(bytes).includes(secretMark));
  assert.deepEqual(await withoutLocationData(result.photo), { kind: "none" });
}

async function assertUntouched(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  assert.deepEqual(await withoutLocationData(new Blob([bytes])), { kind: "unremovable" });
}

Deno.test("UI-5: a JPEG keeps its colours, its turn and its scans, and nothing else", async () => {
  const kept = fc.constantFrom<Segment>(jfif, icc, adobe, { marker: 0xc4, data: new Uint8Array(20) });
  const dropped = fc.constantFrom<Segment>(xmp, iptc, film, pictures, comment);
  const scan = fc.uint8Array({ minLength: 1, maxLength: 2000 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(kept, dropped), { maxLength: 8 }),
      orientation,
      fc.boolean(),
      fc.nat({ max: 8 }),
      fc.array(scan, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (segments, value, little, place, scans, film) => {
        const at = Math.min(place, segments.length);
        const exif = exifSegment({ orientation: value, little });
        const plain = { marker: 0xe1, data: joined(exifMark, plainTiff(value)) };
        const isKept = (one: Segment) => [jfif, icc, adobe].includes(one as never) || one.marker < 0xe0;
        const trailer = film ? secret("a film behind the picture") : undefined;
        await assertBecomes(
          jpeg([...segments.slice(0, at), exif, ...segments.slice(at)], scans, trailer),
          jpeg([
            ...segments.slice(0, at).filter(isKept),
            ...(isTurned(value) ? [plain] : []),
            ...segments.slice(at).filter(isKept),
          ], scans),
        );
      },
    ),
    inert,
  );
});

Deno.test("UI-5: a JPEG's scan may be longer than what is read at once, with 0xff at every edge", async () => {
  const edge = 64 * 1024;
  for (const shift of [-2, -1, 0, 1, 2]) {
    const scan = new Uint8Array(3 * edge + shift).fill(0xff);
    await assertBecomes(jpeg([jfif, xmp], [scan, scan]), jpeg([jfif], [scan, scan]));
  }
  assert.equal(stuffed(Uint8Array.of(0xff, 1)).length, 3);
});

Deno.test("UI-5: restart markers stand inside of a scan, and fill bytes before any marker", async () => {
  const base = jpeg([], [Uint8Array.of(1, 2)]);
  const end = base.length - 2;
  const marks = (bytes: Uint8Array<ArrayBuffer>) =>
    joined(bytes.subarray(0, -2), [0xff, 0xd0, 5, 0xff, 0xd7, 6, 0xff, 0xff, 0xff, 0xd9]);
  assert.deepEqual([...base.subarray(end)], [0xff, 0xd9]);
  assert.deepEqual(await withoutLocationData(new Blob([marks(base)])), { kind: "none" });
  const noted = jpeg([comment], [Uint8Array.of(1, 2)]);
  await assertBecomes(marks(noted), marks(base));
});

Deno.test("UI-5: a PNG keeps the chunks that it is drawn with, byte for byte", async () => {
  const head = pngChunk("IHDR", new Uint8Array(13));
  const end = pngChunk("IEND", new Uint8Array(0));
  const kept = ["PLTE", "IDAT", "tRNS", "gAMA", "iCCP", "sRGB", "acTL", "fcTL", "fdAT", "pHYs"];
  const dropped = ["tEXt", "zTXt", "iTXt", "tIME", "caBX", "prVt"];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...kept, ...dropped), data), { maxLength: 8 }),
      orientation,
      fc.boolean(),
      fc.boolean(),
      async (chunks, value, little, trailing) => {
        const said = (type: string, bytes: Uint8Array) =>
          pngChunk(type, dropped.includes(type) ? secret(type) : bytes);
        const stays = chunks.filter(([type]) => kept.includes(type));
        await assertBecomes(
          png([
            head,
            pngChunk("eXIf", tiff({ orientation: value, little })),
            ...chunks.map(([type, bytes]) => said(type, bytes)),
            end,
            ...(trailing ? [secret("behind the picture")] : []),
          ]),
          png([
            head,
            ...(isTurned(value) ? [pngChunk("eXIf", plainTiff(value))] : []),
            ...stays.map(([type, bytes]) => pngChunk(type, bytes)),
            end,
          ]),
        );
      },
    ),
    inert,
  );
});

Deno.test("UI-5: a WebP loses its Exif and XMP chunks, and its flags and sizes say so", async () => {
  const picture = fc.constantFrom("VP8 ", "VP8L", "ALPH", "ICCP", "ANIM");
  const frame = webpChunk("ANMF", joined(new Uint8Array(16), webpChunk("VP8L", Uint8Array.of(1, 2, 3))));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(picture, data), { minLength: 1, maxLength: 5 }),
      orientation,
      fc.boolean(),
      fc.boolean(),
      async (chunks, value, little, marked) => {
        const drawn = [...chunks.map(([type, bytes]) => webpChunk(type, bytes)), frame];
        const exif = tiff({ orientation: value, little });
        const turned = isTurned(value);
        await assertBecomes(
          joined(
            webp([
              vp8x(0x1e),
              ...drawn,
              webpChunk("EXIF", marked ? joined(exifMark, exif) : exif),
              webpChunk("XMP ", secret("xmp")),
              webpChunk("PRVT", secret("own")),
            ]),
            secret("behind the picture"),
          ),
          webp([
            vp8x(turned ? 0x1a : 0x12),
            ...drawn,
            ...(turned ? [webpChunk("EXIF", plainTiff(value))] : []),
          ]),
        );
      },
    ),
    inert,
  );
  const simple = webp([webpChunk("VP8 ", Uint8Array.of(1, 2, 3))]);
  assert.deepEqual(await withoutLocationData(new Blob([simple])), { kind: "none" });
});

Deno.test("UI-5: what is not understood is left as it is, and said to be", async () => {
  const whole = jpeg([jfif, exifSegment({ orientation: 6, little: true })], [Uint8Array.of(1, 2, 3)]);
  for (let length = 3; length < whole.length; length++) await assertUntouched(whole.slice(0, length));
  const head = pngChunk("IHDR", new Uint8Array(13));
  const drawing = png([head, pngChunk("IDAT", new Uint8Array(9)), pngChunk("IEND", new Uint8Array(0))]);
  for (let length = 8; length < drawing.length; length++) await assertUntouched(drawing.slice(0, length));
  await assertUntouched(png([pngChunk("CgBI", new Uint8Array(4)), head]));
  await assertUntouched(png([head, pngChunk("NEWc", secret("new")), pngChunk("IEND", new Uint8Array(0))]));
  const moving = webp([
    vp8x(2),
    webpChunk("ANMF", joined(new Uint8Array(16), webpChunk("XMP ", secret("x")))),
  ]);
  for (let length = 12; length <= moving.length; length++) await assertUntouched(moving.slice(0, length));
  await assertUntouched(webp([webpChunk("XXXX", secret("x"))]));
  for (const brand of ["heic", "avif", "mif1", "crx "]) {
    await assertUntouched(new Uint8Array(new TextEncoder().encode(`\0\0\0\x18ftyp${brand}`)));
  }
  await assertUntouched(tiff({ orientation: 1, little: true }));
  await assertUntouched(tiff({ orientation: 1, little: false }));
});

Deno.test("UI-5: other files are none of its business, whatever they hold", async () => {
  const texts = ["", "a", "GIF89a", "plain words", "\0\0\0\x18ftypmp42", "RIFF\0\0\0\0WAVEfmt "];
  for (const text of texts) {
    assert.deepEqual(await withoutLocationData(new Blob([text])), { kind: "none" }, text);
  }
});

Deno.test("UI-5: broken bytes are never worse than left alone, and are never looked at for long", async () => {
  const photos = [
    jpeg([jfif, exifSegment({ orientation: 6, little: false }), xmp], [Uint8Array.of(1, 0xff, 3)]),
    png([
      pngChunk("IHDR", new Uint8Array(13)),
      pngChunk("eXIf", tiff({ orientation: 8, little: true })),
      pngChunk("IEND", new Uint8Array(0)),
    ]),
    webp([
      vp8x(0x0c),
      webpChunk("VP8 ", new Uint8Array(9)),
      webpChunk("EXIF", tiff({ orientation: 3, little: true })),
    ]),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...photos),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
      async (photo, changes) => {
        const bytes = Uint8Array.from(photo);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const result = await withoutLocationData(new Blob([bytes]));
        if (result.kind !== "removed") return;
        assert.ok(result.photo.size <= bytes.length);
        assert.deepEqual(await withoutLocationData(result.photo), { kind: "none" });
      },
    ),
    { numRuns: 600 },
  );
});
