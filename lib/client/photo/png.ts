import { KeptParts, sameBytes, textAt, viewOf, type WindowedFile } from "./bytes.ts";
import { exifOf, orientationIn } from "./orientation.ts";

/** The chunks that a picture is drawn with (PNG, third edition); other optional ones may say who, where and with what. */
const needed: ReadonlySet<string> = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND"],
  ...["tRNS", "bKGD", "hIST", "sPLT", "pHYs"],
  ...["cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"],
  ...["acTL", "fcTL", "fdAT"],
]);

const signatureBytes = 8;
/** Length and type before a chunk's data, its check after it. */
const aroundBytes = 12;
/** Longest Exif data that is looked into. */
const exifBytes = 64 * 1024;

/** The parts of a PNG that stay; null when it is none, or not whole. */
export async function pngParts(file: WindowedFile): Promise<KeptParts | null> {
  const parts = new KeptParts();
  parts.keep(0, signatureBytes);
  let turned = false;
  for (let at = signatureBytes;;) {
    const head = await file.read(at, 8);
    if (head === null) return null;
    const length = viewOf(head).getUint32(0);
    const type = textAt(head, 4, 4);
    const end = at + aroundBytes + length;
    if (!/^[A-Za-z]{4}$/.test(type) || end > file.size || (at === signatureBytes && type !== "IHDR")) {
      return null;
    }
    if (needed.has(type)) {
      parts.keep(at, end);
    } else if (isCritical(type)) {
      // Without it the picture cannot be drawn, and what it holds is not known.
      return null;
    } else if (type === "eXIf" && !turned && length <= exifBytes) {
      const chunk = await file.read(at, aroundBytes + length);
      const orientation = chunk === null ? null : orientationIn(chunk.subarray(8, 8 + length));
      turned = orientation !== null;
      if (chunk !== null && orientation !== null) {
        const own = chunkOf("eXIf", exifOf(orientation));
        if (sameBytes(own, chunk)) parts.keep(at, end);
        else parts.put(own);
      }
    }
    if (type === "IEND") return parts;
    at = end;
  }
}

/** The first letter's case says whether a picture can be drawn without the chunk. */
function isCritical(type: string): boolean {
  return type[0] === type[0]?.toUpperCase();
}

function chunkOf(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(aroundBytes + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** The check of PNG, annex D: short data only, so bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
