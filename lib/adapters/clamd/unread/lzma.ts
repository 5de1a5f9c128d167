/**
 * Decodes LZMA (version 1), the packing of 7z headers: exactly `sizeBytes` bytes; null for any other input. `properties` are
 * the five bytes of the coder. Follows the format's specification (lc, lp, pb; a range coder of 32 bits; 12 states).
 */
export function lzmaDecode(
  properties: Uint8Array,
  packed: Uint8Array,
  sizeBytes: number,
): Uint8Array<ArrayBuffer> | null {
  const byte = properties[0];
  if (byte === undefined || byte >= 9 * 5 * 5 || packed[0] !== 0) return null;
  return new Lzma(packed, byte % 9, Math.trunc(byte / 9) % 5, Math.trunc(byte / 45)).decode(sizeBytes);
}

const probabilityBits = 11;
const halfChance = 1 << (probabilityBits - 1);
const moveBits = 5;
const shortestMatch = 2;

function chances(count: number): Uint16Array<ArrayBuffer> {
  return new Uint16Array(count).fill(halfChance);
}

class Lengths {
  readonly choice = chances(2);
  readonly low = chances(16 << 3);
  readonly middle = chances(16 << 3);
  readonly high = chances(1 << 8);
}

class Lzma {
  readonly #input: Uint8Array;
  /** After the first byte, which is always 0, and the four bytes of the code. */
  #at = 5;
  #range = 0xffff_ffff;
  #code: number;

  readonly #literalContext: number;
  readonly #literalPlaceMask: number;
  readonly #placeMask: number;
  readonly #literals: Uint16Array;
  readonly #isMatch = chances(12 << 4);
  readonly #isRepeat = chances(12);
  readonly #isRepeat0 = chances(12);
  readonly #isRepeat0Long = chances(12 << 4);
  readonly #isRepeat1 = chances(12);
  readonly #isRepeat2 = chances(12);
  readonly #slots = chances(4 << 6);
  readonly #distances = chances(1 + 128 - 14);
  readonly #align = chances(1 << 4);
  readonly #matchLengths = new Lengths();
  readonly #repeatLengths = new Lengths();

  constructor(input: Uint8Array, lc: number, lp: number, pb: number) {
    this.#input = input;
    this.#code = ((input[1] ?? 0) << 24 | (input[2] ?? 0) << 16 | (input[3] ?? 0) << 8 | (input[4] ?? 0)) >>>
      0;
    this.#literalContext = lc;
    this.#literalPlaceMask = (1 << lp) - 1;
    this.#placeMask = (1 << pb) - 1;
    this.#literals = chances(0x300 << (lc + lp));
  }

  decode(sizeBytes: number): Uint8Array<ArrayBuffer> | null {
    const out = new Uint8Array(sizeBytes);
    let state = 0;
    let repeats: [number, number, number, number] = [0, 0, 0, 0];
    let at = 0;
    while (at < sizeBytes) {
      if (this.#at > this.#input.length) return null;
      const place = at & this.#placeMask;
      if (this.#bit(this.#isMatch, (state << 4) + place) === 0) {
        out[at] = this.#literal(out, at, state, repeats[0]);
        at++;
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        continue;
      }
      let length: number;
      if (this.#bit(this.#isRepeat, state) === 0) {
        length = this.#length(this.#matchLengths, place);
        state = state < 7 ? 7 : 10;
        const distance = this.#distance(length);
        // All ones mark the end: fewer bytes than announced.
        if (distance === 0xffff_ffff) return null;
        repeats = [distance, repeats[0], repeats[1], repeats[2]];
      } else {
        const [r0, r1, r2, r3] = repeats;
        if (this.#bit(this.#isRepeat0, state) === 0) {
          if (this.#bit(this.#isRepeat0Long, (state << 4) + place) === 0) {
            if (r0 >= at) return null;
            state = state < 7 ? 9 : 11;
            out[at] = out[at - r0 - 1]!;
            at++;
            continue;
          }
        } else if (this.#bit(this.#isRepeat1, state) === 0) repeats = [r1, r0, r2, r3];
        else if (this.#bit(this.#isRepeat2, state) === 0) repeats = [r2, r0, r1, r3];
        else repeats = [r3, r0, r1, r2];
        length = this.#length(this.#repeatLengths, place);
        state = state < 7 ? 8 : 11;
      }
      const back = repeats[0] + 1;
      if (back > at || at + length > sizeBytes) return null;
      for (const end = at + length; at < end; at++) out[at] = out[at - back]!;
    }
    return out;
  }

  #bit(table: Uint16Array, index: number): 0 | 1 {
    const chance = table[index]!;
    const bound = (this.#range >>> probabilityBits) * chance;
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) {
      this.#range = bound;
      table[index] = chance + ((1 << probabilityBits) - chance >> moveBits);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      table[index] = chance - (chance >> moveBits);
    }
    this.#normalize();
    return bit;
  }

  #normalize(): void {
    if (this.#range >= 1 << 24) return;
    this.#range = this.#range * 256;
    this.#code = (this.#code * 256 + (this.#input[this.#at++] ?? 0)) % 2 ** 32;
  }

  /** Reads bits with fixed probability, the highest first. */
  #direct(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++) {
      this.#range = Math.floor(this.#range / 2);
      const one = this.#code >= this.#range;
      if (one) this.#code -= this.#range;
      value = value * 2 + (one ? 1 : 0);
      this.#normalize();
    }
    return value;
  }

  #tree(table: Uint16Array, base: number, bits: number): number {
    let node = 1;
    for (let bit = 0; bit < bits; bit++) node = node << 1 | this.#bit(table, base + node);
    return node - (1 << bits);
  }

  #reverseTree(table: Uint16Array, base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      const one = this.#bit(table, base + node);
      node = node << 1 | one;
      value |= one << bit;
    }
    return value;
  }

  #literal(out: Uint8Array, at: number, state: number, repeat0: number): number {
    const before = at === 0 ? 0 : out[at - 1]!;
    const context = ((at & this.#literalPlaceMask) << this.#literalContext) +
      (before >> (8 - this.#literalContext));
    const base = 0x300 * context;
    let node = 1;
    if (state >= 7 && repeat0 < at) {
      let match = out[at - repeat0 - 1]!;
      do {
        const matchBit = match >> 7 & 1;
        match <<= 1;
        const bit = this.#bit(this.#literals, base + ((1 + matchBit) << 8) + node);
        node = node << 1 | bit;
        if (matchBit !== bit) break;
      } while (node < 0x100);
    }
    while (node < 0x100) node = node << 1 | this.#bit(this.#literals, base + node);
    return node & 0xff;
  }

  #length(lengths: Lengths, place: number): number {
    if (this.#bit(lengths.choice, 0) === 0) return shortestMatch + this.#tree(lengths.low, place << 3, 3);
    if (this.#bit(lengths.choice, 1) === 0) {
      return shortestMatch + 8 + this.#tree(lengths.middle, place << 3, 3);
    }
    return shortestMatch + 16 + this.#tree(lengths.high, 0, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(this.#slots, Math.min(length - shortestMatch, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | slot & 1) * 2 ** bits;
    if (slot < 14) return high + this.#reverseTree(this.#distances, high - slot, bits);
    return high + this.#direct(bits - 4) * 16 + this.#reverseTree(this.#align, 0, 4);
  }
}
