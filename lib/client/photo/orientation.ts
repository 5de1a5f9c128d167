import { viewOf } from "./bytes.ts";

/** The field of a TIFF directory that says how a picture is turned (Exif 3.0, 4.6.5.1.6). */
const orientationTag = 0x0112;
const shortType = 3;

/** How a picture is turned, 2 to 8, by its Exif data; null for upright, and for what cannot be read. */
export function orientationIn(tiff: Uint8Array): number | null {
  if (tiff.length < 14) return null;
  const view = viewOf(tiff);
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if (!little && order !== 0x4d4d) return null;
  if (view.getUint16(2, little) !== 42) return null;
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return null;
  const count = view.getUint16(start, little);
  for (let at = start + 2, entry = 0; entry < count && at + 12 <= tiff.length; entry++, at += 12) {
    if (view.getUint16(at, little) !== orientationTag) continue;
    const value = view.getUint16(at + 8, little);
    const whole = view.getUint16(at + 2, little) === shortType && view.getUint32(at + 4, little) === 1;
    return whole && value >= 2 && value <= 8 ? value : null;
  }
  return null;
}

/** Exif data that says how a picture is turned, and nothing else. */
export function exifOf(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = new Uint8Array(26);
  const view = viewOf(tiff);
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  view.setUint16(8, 1, true);
  view.setUint16(10, orientationTag, true);
  view.setUint16(12, shortType, true);
  view.setUint32(14, 1, true);
  view.setUint16(18, orientation, true);
  return tiff;
}
