import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import {
  exifSegment,
  joined,
  jpegBytes,
  jpegSegments,
  pngChunk,
  secretMark,
  tiff,
  webp,
  webpChunk,
} from "../fixtures/photos.ts";
import { type StillSite, stillSiteTest } from "../fakes/browser_site.ts";
import { type AppRig } from "../fakes/app_rig.ts";
import { until } from "../fakes/until.ts";
import { callsOf } from "../fakes/replaced_calls.ts";

const photoTest = (name: string, run: (site: StillSite) => Promise<void>) =>
  stillSiteTest(name, "/files", async (site) => {
    await site.page.getByLabel("Upload files").waitFor();
    await run(site);
  });

/** A picture with an upper left corner of its own, as this browser writes it. */
async function drawn(page: Page, type: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = await page.evaluate(async (type) => {
    const canvas = new OffscreenCanvas(48, 32);
    const context = canvas.getContext("2d", { alpha: false })!;
    context.fillStyle = "teal";
    context.fillRect(0, 0, 48, 32);
    context.fillStyle = "orange";
    context.fillRect(0, 0, 16, 16);
    const bytes = await (await canvas.convertToBlob({ type, quality: 0.9 })).bytes();
    return btoa(String.fromCharCode(...bytes));
  }, type);
  return Uint8Array.from(Buffer.from(text, "base64"));
}

interface Look {
  width: number;
  height: number;
  pixels: string;
}

/** What this browser makes of a picture, turned as it says. */
async function look(page: Page, bytes: Uint8Array, type: string): Promise<Look> {
  return await page.evaluate(async ({ text, type }) => {
    const blob = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type });
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, pixels: String(data) };
  }, { text: Buffer.from(bytes).toString("base64"), type });
}

const filesOf = async (app: AppRig) => (await app.services.files.list(await app.caller("ann"), {})).files;

/** Uploads a photo through the page; what the server got of it. */
async function uploaded({ page, app }: StillSite, name: string, mimeType: string, bytes: Uint8Array) {
  const before = (await filesOf(app)).length;
  await page.getByLabel("Upload files").setInputFiles({ name, mimeType, buffer: Buffer.from(bytes) });
  await until(async () => (await filesOf(app)).length > before);
  const [file] = await filesOf(app);
  assert.equal(file?.name, name);
  return await app.contentOf("ann", file.id);
}

const place = tiff({ orientation: 6, little: false });

photoTest("UI-5: a photo arrives without its place and camera, and looks as before", async (visit) => {
  const { page } = visit;
  const jpeg = await drawn(page, "image/jpeg");
  const png = await drawn(page, "image/png");
  const picture = await drawn(page, "image/webp");
  // This browser writes the extended form; a flag says that Exif data comes behind the picture.
  assert.equal(Buffer.from(picture.subarray(12, 16)).toString(), "VP8X");
  picture[20]! |= 0x08;
  const photos = [
    [
      "image/jpeg",
      joined(
        jpeg.subarray(0, 2),
        jpegBytes(exifSegment({ orientation: 6, little: true })),
        jpegBytes(jpegSegments.xmp),
        jpegBytes(jpegSegments.iptc),
        jpeg.subarray(2),
        new TextEncoder().encode(`${secretMark} a film behind it`),
      ),
    ],
    // The head is the first chunk, of 13 bytes.
    ["image/png", joined(png.subarray(0, 33), pngChunk("eXIf", place), png.subarray(33))],
    ["image/webp", webp([picture.subarray(12), webpChunk("EXIF", place)])],
  ] as const;
  for (const [type, photo] of photos) {
    assert.ok(Buffer.from(photo).includes(secretMark), type);
    const before = await look(page, photo, type);
    const got = await uploaded(visit, `a photo.${type.slice(6)}`, type, photo);
    assert.ok(!Buffer.from(got).includes(secretMark), type);
    assert.ok(got.length < photo.length, type);
    assert.deepEqual(await look(page, got, type), before, type);
  }
  const turned = await look(page, photos[0][1], "image/jpeg");
  assert.deepEqual([turned.width, turned.height], [32, 48], "the browser looks at the turn");
});

photoTest("UI-5: a photo goes as it is when its person wants that", async (visit) => {
  const { page } = visit;
  const jpeg = await drawn(page, "image/jpeg");
  const photo = joined(jpeg.subarray(0, 2), jpegBytes(jpegSegments.xmp), jpeg.subarray(2));
  const box = page.getByLabel("Remove location and camera data from photos");
  assert.ok(await box.isChecked());
  await box.uncheck();
  assert.deepEqual(await uploaded(visit, "as it is.jpg", "image/jpeg", photo), photo);
});

photoTest(
  "UI-5: of a photo that cannot be cleaned nothing is sent before its person says so",
  async (visit) => {
    const { page, app } = visit;
    const heic = joined([0, 0, 0, 24], new TextEncoder().encode(`ftypheic${secretMark}`));
    const begun = callsOf(app.services.files, "begin");
    await page.getByLabel("Upload files").setInputFiles({
      name: "phone.heic",
      mimeType: "image/heic",
      buffer: Buffer.from(heic),
    });
    await page.getByText("cannot be removed from this photo here").waitFor();
    assert.equal(
      await page.locator(".uploads [role=status]").textContent(),
      "phone.heic is not uploaded yet. Answer the question first.",
    );
    assert.deepEqual(begun, []);
    await page.getByRole("button", { name: "Upload as it is: phone.heic" }).click();
    await until(async () => (await filesOf(app)).length === 1);
    assert.deepEqual(await app.contentOf("ann", (await filesOf(app))[0]!.id), heic);
  },
);
