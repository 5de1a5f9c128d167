import { beginsWith, type KeptParts, textAt, WindowedFile } from "./photo/bytes.ts";
import { jpegParts } from "./photo/jpeg.ts";
import { pngParts } from "./photo/png.ts";
import { webpParts } from "./photo/webp.ts";

/**
 * A file's place and camera data (UI-5). `removed`: `photo` is the file without it. `none`: the file has no such data.
 * `unremovable`: the file is a photo in a format that is not read here.
 */
export type LocationData =
  | { kind: "removed"; photo: Blob }
  | { kind: "none" }
  | { kind: "unremovable" };

/** Bytes that tell the formats apart. */
const headBytes = 16;

/** Formats with such data that are not read here: `ftyp` brands of ISO/IEC 23008-12 and of cameras. */
const closedBrands: ReadonlySet<string> = new Set([
  ...["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"],
  ...["avif", "avis", "crx ", "jpx ", "jp2 "],
]);
/** First bytes of TIFF, BigTIFF, camera formats based on TIFF, and JPEG XL. */
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
 * Removes place, time, camera and person from a JPEG, PNG or WebP photo. The picture is not encoded again and keeps its
 * orientation: the new file consists of slices of the old. Rejects if the file cannot be read.
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
