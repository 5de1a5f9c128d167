import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteCursor, Unreadable } from "../../lib/adapters/csam/byte_cursor.ts";
import { greyPicture } from "../../lib/adapters/csam/grey_picture.ts";
import { mediaKind } from "../../lib/adapters/csam/media_type.ts";
import { Deadline } from "../../lib/adapters/deadline.ts";
import { FakeClock } from "../fakes/clock.ts";
import { bytesOf, docx, packed, tar, zip } from "../fixtures/scan/archives.ts";

Deno.test("FI-4, SC-2: what a file is to a matching service is read from its bytes", async () => {
  const images: [head: Uint8Array, type: string][] = [
    [bytesOf([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
    [await greyPicture(), "image/png"],
    [bytesOf("GIF89a"), "image/gif"],
    [bytesOf("II*\0"), "image/tiff"],
    [bytesOf("BM", [1, 2, 3, 4, 0, 0, 0, 0, 54]), "image/bmp"],
    [bytesOf("RIFF", [1, 2, 3, 4], "WEBP"), "image/webp"],
    [bytesOf([0, 0, 0, 24], "ftypheic"), "image/heic"],
    [bytesOf([0, 0, 0, 24], "ftypavif"), "image/avif"],
  ];
  for (const [head, type] of images) assert.deepEqual(mediaKind(head, null), { kind: "image", type });
  const videos: [head: Uint8Array, type: string][] = [
    [bytesOf([0, 0, 0, 24], "ftypisom"), "video/mp4"],
    [bytesOf([0, 0, 0, 24], "ftypqt  "), "video/quicktime"],
    [bytesOf([0, 0, 0, 24], "moov"), "video/quicktime"],
    [bytesOf([0x1a, 0x45, 0xdf, 0xa3]), "video/x-matroska"],
    [bytesOf("RIFF", [1, 2, 3, 4], "AVI "), "video/x-msvideo"],
    [bytesOf([0, 0, 1, 0xba]), "video/mpeg"],
  ];
  for (const [head, type] of videos) assert.deepEqual(mediaKind(head, null), { kind: "video", type });
  for (
    const [head, kind] of [
      [zip([{ name: "a", bytes: bytesOf("a") }]), "zip"],
      [docx("a", bytesOf("a")), "zip"],
      [tar([{ name: "a", bytes: bytesOf("a") }]), "tar"],
      [bytesOf([0x1f, 0x8b, 8, 0]), "gzip"],
      [packed("lzma.7z"), "closed"],
      [bytesOf("%PDF-1.7"), "closed"],
      [bytesOf("words"), "other"],
      [new Uint8Array(0), "other"],
      [bytesOf([0, 0, 0, 24], "ftypM4A "), "other"],
    ] as const
  ) assert.equal(mediaKind(head, null).kind, kind);
});

Deno.test("FI-4, SC-2: a type that was sniffed elsewhere counts where the bytes alone say nothing", () => {
  const unknown = bytesOf("something rare");
  assert.deepEqual(mediaKind(unknown, "image/x-rare"), { kind: "image", type: "image/x-rare" });
  assert.deepEqual(mediaKind(unknown, "video/x-rare"), { kind: "video", type: "video/x-rare" });
  assert.equal(mediaKind(unknown, "application/octet-stream").kind, "other");
  assert.equal(mediaKind(unknown, "image/svg+xml").kind, "other");
  assert.equal(mediaKind(bytesOf([0x1a, 0x45, 0xdf, 0xa3]), "audio/webm").kind, "other");
  // Not the other way round: what the bytes say holds.
  assert.equal(mediaKind(bytesOf("GIF89a"), "text/plain").kind, "image");
});

Deno.test("SC-2: bytes are gone through the same way, whatever pieces they come in", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 30 }),
      async (values, steps, pieceBytes) => {
        const bytes = Uint8Array.from(values);
        const pieces: Uint8Array<ArrayBuffer>[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.slice(at, at + pieceBytes));
        using deadline = new Deadline(new FakeClock(), new AbortController().signal);
        await using cursor = new ByteCursor(ReadableStream.from(pieces), deadline);
        const seen: number[] = [];
        for (const [turn, step] of steps.entries()) {
          const from = cursor.at;
          const left = bytes.length - from;
          assert.deepEqual([...await cursor.peek(step)], [...bytes.slice(from, from + step)]);
          if (step > left) {
            await assert.rejects(cursor.take(step), Unreadable);
            break;
          }
          if (turn % 3 === 0) seen.push(...await cursor.take(step));
          else if (turn % 3 === 1) {
            await cursor.skipTo(from + step);
            seen.push(...bytes.slice(from, from + step));
          } else seen.push(...await new Response(cursor.stream(step)).bytes());
          assert.equal(cursor.at, from + step);
        }
        assert.deepEqual(seen, [...bytes.slice(0, seen.length)]);
      },
    ),
  );
});

Deno.test("SC-7: the picture of nothing is a whole PNG of the size that the services take", async () => {
  const bytes = await greyPicture();
  const view = new DataView(bytes.buffer);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [160, 160]);
  const names: string[] = [];
  for (let at = 8; at < bytes.length; at += 12 + view.getUint32(at)) {
    names.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 8)));
  }
  assert.deepEqual(names, ["IHDR", "IDAT", "IEND"]);
});
