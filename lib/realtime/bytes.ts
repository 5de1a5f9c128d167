/** Whether `text` is at most `limit` bytes as UTF-8. Counts bytes only when the length does not decide. */
export function fitsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return false;
  // A UTF-16 unit becomes at most three bytes.
  if (text.length * 3 <= limit) return true;
  return utf8Bytes(text) <= limit;
}

/** Bytes of `text` as UTF-8, without encoding it. A lone surrogate counts as the three bytes of its replacement. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
    } else if (unit >= 0xd800 && unit <= 0xdbff && isLow(text.charCodeAt(at + 1))) {
      bytes += 2; // two units, four bytes
      at++;
    } else {
      bytes += 2;
    }
  }
  return bytes;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
