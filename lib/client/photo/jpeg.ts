import { beginsWith, KeptParts, sameBytes, viewOf, type WindowedFile } from "./bytes.ts";
import { exifOf, orientationIn } from "./orientation.ts";

/** Markers of ITU-T T.81, table B.1. */
const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const app0 = 0xe0;
const app1 = 0xe1;
const app15 = 0xef;
const comment = 0xfe;

/** The application data that the colours need; all other may say who, where and with what. */
const neededData: ReadonlyMap<number, string> = new Map([
  [app0, "JFIF\0"],
  [0xe2, "ICC_PROFILE\0"],
  [0xee, "Adobe"],
]);

const exifMark = "Exif\0\0";

/** The parts of a JPEG that stay; null when it is none, or not whole. What follows its end goes: other pictures, films. */
export async function jpegParts(file: WindowedFile): Promise<KeptParts | null> {
  const parts = new KeptParts();
  parts.keep(0, 2);
  let at = 2;
  let turned = false;
  for (;;) {
    const head = await file.read(at, 2);
    if (head === null || head[0] !== 0xff) return null;
    const marker = head[1]!;
    // Any number of these may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === endOfImage) {
      parts.keep(at, at + 2);
      return parts;
    }
    // Before 0xc0, and from 0xd0 on, stand markers without a length, and such that no picture has here.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= startOfImage)) return null;
    const sized = await file.read(at + 2, 2);
    const length = sized === null ? 0 : viewOf(sized).getUint16(0);
    const end = at + 2 + length;
    const segment = length < 2 ? null : await file.read(at, length + 2);
    if (segment === null) return null;
    if (isNeeded(marker, segment.subarray(4))) {
      parts.keep(at, end);
    } else if (marker === app1 && !turned && beginsWith(segment.subarray(4), exifMark)) {
      const orientation = orientationIn(segment.subarray(4 + exifMark.length));
      turned = orientation !== null;
      if (orientation !== null) {
        const own = exifSegment(orientation);
        if (sameBytes(own, segment)) parts.keep(at, end);
        else parts.put(own);
      }
    }
    at = end;
    if (marker !== startOfScan) continue;
    const next = await afterScan(file, at);
    if (next === null) return null;
    parts.keep(at, next);
    at = next;
  }
}

function isNeeded(marker: number, data: Uint8Array): boolean {
  if (marker === comment) return false;
  if (marker < app0 || marker > app15) return true;
  const mark = neededData.get(marker);
  return mark !== undefined && beginsWith(data, mark);
}

function exifSegment(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = exifOf(orientation);
  const segment = new Uint8Array(4 + exifMark.length + tiff.length);
  segment.set([0xff, app1, 0, segment.length - 2]);
  segment.set(new TextEncoder().encode(exifMark), 4);
  segment.set(tiff, 4 + exifMark.length);
  return segment;
}

/** Where the next marker stands after a scan's data; inside of it 0xff comes with a zero or a restart marker. */
async function afterScan(file: WindowedFile, from: number): Promise<number | null> {
  let at = from;
  for (;;) {
    const run = await file.run(at);
    if (run === null) return null;
    const found = run.indexOf(0xff);
    if (found === -1) {
      at += run.length;
      continue;
    }
    const next = run[found + 1];
    // It is the last of this run: the next begins with it.
    if (next === undefined) at += found;
    else if (next === 0xff) at += found + 1;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += found + 2;
    else return at + found;
  }
}
