import { deserialize, serialize } from "node:v8";
import type { KvCount } from "../kv/port.ts";

/** A value in the columns of the table; one of the two is set. */
export interface EncodedValue {
  json: string | null;
  /** Hexadecimal. */
  bytes: string | null;
}

/** Most bytes of a value, serialized by V8: what the other engines count. */
const valueBytes = 64 * 1024;
/** JSON of so many characters has fewer bytes than that in any form. */
const surelyFits = 20_000;
/** Deeper ones may be circles, which V8 can write. */
const deepest = 64;

/**
 * As JSON where that says all of the value, which is nearly every record: it can be read in SQL and costs a tenth. As V8's bytes
 * otherwise. Throws what V8 throws for a value that cannot be cloned, and a `TypeError` for one that is too large.
 */
export function encodeValue(value: unknown): EncodedValue {
  if (isPlain(value, 0)) {
    const json = JSON.stringify(value);
    if (json.length > surelyFits) refuseLarge(serialize(value).length);
    return { json, bytes: null };
  }
  const bytes: Uint8Array = serialize(value);
  refuseLarge(bytes.length);
  return { json: null, bytes: bytes.toHex() };
}

function refuseLarge(size: number): void {
  if (size > valueBytes) {
    throw new TypeError(`A value has at most ${valueBytes} bytes; this one has ${size}.`);
  }
}

/** Whether JSON gives the same value back. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      if (depth > deepest) return false;
      if (Array.isArray(value)) {
        // A loop: the other ways pass over what is missing.
        for (let at = 0; at < value.length; at++) if (!isPlain(value[at], depth + 1)) return false;
        return true;
      }
      if (Object.getPrototypeOf(value) !== Object.prototype) return false;
      for (const name in value) {
        if (!isPlain((value as Record<string, unknown>)[name], depth + 1)) return false;
      }
      return true;
    default:
      return false;
  }
}

/** A count as it was read: no record looks like it. */
export class Count implements KvCount {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A row of the table, as the driver gives it. */
export interface StoredValue {
  json: string | null;
  bytes: Uint8Array | null;
  /** A decimal number. */
  count: string | null;
  /** A decimal number. */
  version: string;
}

export function decodeValue({ json, bytes, count }: StoredValue): unknown {
  if (json !== null) return JSON.parse(json);
  if (bytes !== null) return deserialize(bytes);
  return new Count(BigInt(count!));
}

/** The versionstamp of a commit with this number. As long as Deno KV's, so that both fit the same schemas. */
export function stampOf(version: string | bigint): string {
  return `${BigInt(version).toString(16).padStart(16, "0")}0000`;
}

/** The number of a versionstamp, as text; null for one that this store cannot have given. */
export function versionOf(stamp: string): string | null {
  const [, hex] = /^([0-9a-f]{16})0000$/.exec(stamp) ?? [];
  return hex === undefined ? null : BigInt(`0x${hex}`).toString();
}
