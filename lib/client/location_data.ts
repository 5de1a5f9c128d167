import { beginsWith, type KeptParts, textAt, WindowedFile } from "./photo/bytes.ts";
import { jpegParts } from "./photo/jpeg.ts";
import { pngParts } from "./photo/png.ts";
import { webpParts } from "./photo/webp.ts";

/**
 * What became of a file's place and camera data (UI-5): it was left out of `photo`; there is `none` to leave out; or the
 * file is a photo in which it cannot be told from the picture, and was not touched.
 */
export type LocationData =
  | { kind: "removed"; photo: Blob }
  | { kind: "none" }
  | { kind: "unremovable" };

/** Enough to tell the formats apart. */
const headBytes = 16;

/** Photos with data of this kind that is not read here. `ftyp` brands of ISO/IEC 23008-12 and of cameras. */
const closedBrands: ReadonlySet<string> = new Set([
  ...["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"],
  ...["avif", "avis", "crx ", "jpx ", "jp2 "],
]);
/** TIFF, its large form, what cameras make of it, and JPEG XL. */
const closedMarks = [
  "II*\0",
  "MM\0*",
  "II+\0",
  "MM\0+",
  "IIRO",
  "IIRS",
  "IIU\0",
  "FUJIFILM",
  "\xff\x0a",
  "\0\0\0\x0cJXL ",
];

/**
 * A photo without what it says of place, time, camera and person, as it is otherwise: nothing is encoded again, and how it is turned
 * stays. JPEG, PNG and WebP; the new one is made of slices of the old. Rejects when the file cannot be read.
 */
export async function withoutLocationData(file: Blob): Promise<LocationData> {
  const windowed = new WindowedFile(file);
  const head = await windowed.read(0, Math.min(headBytes, file.size));
  if (head === null) return { kind: "none" };
  const parts = await partsOf(head, windowed);
  if (parts === "other") return { kind: "none" };
  if (parts === null) return { kind: "unremovable" };
  const photo = parts.of(file);
  return photo === null ? { kind: "none" } : { kind: "removed", photo };
}

async function partsOf(head: Uint8Array, file: WindowedFile): Promise<KeptParts | "other" | null> {
  if (beginsWith(head, "\xff\xd8\xff")) return await jpegParts(file);
  if (beginsWith(head, "\x89PNG\r\n\x1a\n")) return await pngParts(file);
  if (beginsWith(head, "RIFF") && textAt(head, 8, 4) === "WEBP") return await webpParts(file);
  const closed = closedMarks.some((mark) => beginsWith(head, mark)) ||
    (textAt(head, 4, 4) === "ftyp" && closedBrands.has(textAt(head, 8, 4)));
  return closed ? null : "other";
}
