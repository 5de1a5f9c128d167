import { Buffer } from "node:buffer";

/** Whether `text` is at most `limit` bytes as UTF-8. Counts bytes only when the length does not decide. */
export function fitsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return false;
  // A UTF-16 unit becomes at most three bytes.
  if (text.length * 3 <= limit) return true;
  return utf8Bytes(text) <= limit;
}

/** Bytes of `text` as UTF-8. A lone surrogate counts as the three bytes of its replacement. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text);
}
