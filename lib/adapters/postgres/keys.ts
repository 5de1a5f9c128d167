import type { KvKey, KvKeyPart, KvSelector } from "../kv/port.ts";

/** Kinds of parts. Their order is the order of the parts. */
const kinds = { bytes: 0x01, text: 0x02, zero: 0x14, number: 0x21, false: 0x26, true: 0x27 } as const;
/** Integers of more bytes than this have their length behind their kind. */
const shortInteger = 8;
const longestInteger = 255;
/** Most bytes of an encoded key. */
const keyBytes = 2048;
/** Room for a key of that size whose every byte is escaped, and for its last part. */
const scratch = new Uint8Array(64 * 1024);
const scratchView = new DataView(scratch.buffer);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A key as the table has it, in hexadecimal: its bytes sort like the key. `stamped`: the versionstamp of the commit comes behind it. */
export interface EncodedKey {
  hex: string;
  stamped: boolean;
}

/** Throws a `TypeError` for a key that no store takes. */
export function encodeKey(key: KvKey): EncodedKey {
  if (key.length === 0) throw new TypeError("A key has at least one part.");
  const stamped = typeof key.at(-1) === "symbol";
  const hex = encodeParts(stamped ? key.slice(0, -1) : key);
  return { hex, stamped };
}

/** From where to where a list goes: all keys behind a prefix, or from one key to before another. */
export function encodeRange(selector: KvSelector): { start: string; end: string } {
  const prefix = "prefix" in selector ? encodeParts(selector.prefix) : "";
  return {
    start: "start" in selector ? encodeParts(selector.start) : `${prefix}00`,
    end: "end" in selector ? encodeParts(selector.end) : `${prefix}ff`,
  };
}

function encodeParts(key: KvKey): string {
  let at = 0;
  for (const part of key) {
    at = putPart(part, at);
    if (at > keyBytes) throw new TypeError(`A key has at most ${keyBytes} bytes.`);
  }
  return scratch.subarray(0, at).toHex();
}

function putPart(part: KvKeyPart, at: number): number {
  switch (typeof part) {
    case "string": {
      // A text that has no room is too long for a key anyway.
      if (part.length > keyBytes) throw new TypeError(`A key has at most ${keyBytes} bytes.`);
      scratch[at++] = kinds.text;
      const { written } = encoder.encodeInto(part, scratch.subarray(at));
      return endOfBytes(at, at + written);
    }
    case "number":
      return putNumber(part, at);
    case "bigint":
      return putInteger(part, at);
    case "boolean":
      scratch[at] = part ? kinds.true : kinds.false;
      return at + 1;
    case "object":
      if (part.length > keyBytes) throw new TypeError(`A key has at most ${keyBytes} bytes.`);
      scratch[at++] = kinds.bytes;
      scratch.set(part, at);
      return endOfBytes(at, at + part.length);
    default:
      throw new TypeError("A versionstamp is only the last part of a key that is set.");
  }
}

/** A zero ends the bytes; one among them is followed by 0xff, so that a longer part sorts behind a shorter one. */
function endOfBytes(from: number, to: number): number {
  if (!scratch.subarray(from, to).includes(0)) {
    scratch[to] = 0;
    return to + 1;
  }
  const bytes = scratch.slice(from, to);
  let at = from;
  for (const byte of bytes) {
    scratch[at++] = byte;
    if (byte === 0) scratch[at++] = 0xff;
  }
  scratch[at] = 0;
  return at + 1;
}

/** The bits of a double in the order of the numbers: a positive one gets the sign bit, a negative one has all bits turned. */
function putNumber(part: number, at: number): number {
  scratch[at++] = kinds.number;
  scratchView.setFloat64(at, part);
  const negative = (scratch[at]! & 0x80) !== 0;
  if (!negative) scratch[at]! |= 0x80;
  else for (let byte = at; byte < at + 8; byte++) scratch[byte]! ^= 0xff;
  return at + 8;
}

/** Smaller ones have more bytes the further they are from zero; those of negative ones are turned. */
function putInteger(part: bigint, at: number): number {
  if (part === 0n) {
    scratch[at] = kinds.zero;
    return at + 1;
  }
  const negative = part < 0n;
  const digits = (negative ? -part : part).toString(16);
  const bytes = Uint8Array.fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  if (bytes.length > longestInteger) {
    throw new TypeError(`An integer of a key has at most ${longestInteger} bytes.`);
  }
  const turned = negative ? 0xff : 0;
  const long = bytes.length > shortInteger;
  const size = long ? shortInteger + 1 : bytes.length;
  scratch[at++] = kinds.zero + (negative ? -size : size);
  if (long) scratch[at++] = bytes.length ^ turned;
  for (const byte of bytes) scratch[at++] = byte ^ turned;
  return at;
}

/** The key that was encoded. */
export function decodeKey(bytes: Uint8Array): KvKey {
  const key: KvKeyPart[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const kind = bytes[at++]!;
    if (kind === kinds.text || kind === kinds.bytes) {
      const end = endOf(bytes, at);
      const part = unescaped(bytes.subarray(at, end));
      key.push(kind === kinds.text ? decoder.decode(part) : new Uint8Array(part));
      at = end + 1;
    } else if (kind === kinds.number) {
      key.push(numberAt(view, at));
      at += 8;
    } else if (kind === kinds.false || kind === kinds.true) {
      key.push(kind === kinds.true);
    } else {
      const negative = kind < kinds.zero;
      const turned = negative ? 0xff : 0;
      let size = Math.abs(kind - kinds.zero);
      if (size > shortInteger + 1) throw new Error("A key in the store is none of ours.");
      if (size > shortInteger) size = bytes[at++]! ^ turned;
      let value = 0n;
      for (const end = at + size; at < end; at++) value = (value << 8n) | BigInt(bytes[at]! ^ turned);
      key.push(negative ? -value : value);
    }
  }
  return key;
}

function endOf(bytes: Uint8Array, from: number): number {
  for (let at = from;;) {
    const zero = bytes.indexOf(0, at);
    if (zero === -1) throw new Error("A key in the store is none of ours.");
    if (bytes[zero + 1] !== 0xff) return zero;
    at = zero + 2;
  }
}

function unescaped(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0)) return bytes;
  return Uint8Array.from([...bytes].filter((_byte, at) => at === 0 || bytes[at - 1] !== 0));
}

function numberAt(view: DataView, at: number): number {
  const bits = view.getBigUint64(at);
  const positive = (bits >> 63n) === 1n;
  scratchView.setBigUint64(0, positive ? bits ^ (1n << 63n) : BigInt.asUintN(64, ~bits));
  return scratchView.getFloat64(0);
}
