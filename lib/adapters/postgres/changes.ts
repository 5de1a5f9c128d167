import type { KvCheck, KvKey } from "../kv/port.ts";
import { encodeKey } from "./keys.ts";
import { type EncodedValue, encodeValue, versionOf } from "./values.ts";

/** The most that a commit has, as Deno KV counts it. */
const mostChecks = 100;
const mostChanges = 1000;
const mostBytes = 800 * 1024;

export interface Put extends EncodedValue {
  key: string;
  /** The versionstamp of the commit comes behind the key. */
  stamped: boolean;
  expireInMs: number | null;
}

/** What one commit checks and changes. Keys are encoded, in hexadecimal. Its calls throw a `TypeError` for what no store takes. */
export class Changes {
  readonly checks: { key: string; version: string }[] = [];
  readonly #puts = new Map<string, Put>();
  readonly #deletes = new Set<string>();
  readonly #sums = new Map<string, bigint>();
  #bytes = 0;

  get puts(): Iterable<Put> {
    return this.#puts.values();
  }

  get deletes(): Iterable<string> {
    return this.#deletes;
  }

  get sums(): Iterable<[key: string, by: bigint]> {
    return this.#sums;
  }

  get size(): number {
    return this.#puts.size + this.#deletes.size + this.#sums.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How it touches each key. Logs are touched as a whole: two appends of one commit number would have the same key. */
  *touched(): Generator<[key: string, how: "checked" | "written" | "summed"]> {
    for (const { key } of this.checks) yield [key, "checked"];
    for (const name of this.#puts.keys()) yield [name, "written"];
    for (const key of this.#deletes) yield [key, "written"];
    for (const key of this.#sums.keys()) yield [key, "summed"];
  }

  check({ key, versionstamp }: KvCheck): void {
    // A stamp that this store cannot have given is none of any record's.
    const version = versionstamp === null ? "0" : versionOf(versionstamp) ?? "-1";
    if (this.checks.push({ key: plain(key), version }) > mostChecks) {
      throw new TypeError(`A commit has at most ${mostChecks} checks.`);
    }
  }

  set(key: KvKey, value: unknown, expireInMs: number | undefined): void {
    const { hex, stamped } = encodeKey(key);
    const put = { ...encodeValue(value), key: hex, stamped, expireInMs: expireInMs ?? null };
    this.#deletes.delete(hex);
    this.#puts.set(stamped ? `${hex}*` : hex, put);
    this.#grow(hex, put.json?.length ?? put.bytes!.length / 2);
  }

  delete(key: KvKey): void {
    const hex = plain(key);
    this.#puts.delete(hex);
    this.#deletes.add(hex);
    this.#grow(hex, 0);
  }

  sum(key: KvKey, by: bigint): void {
    const hex = plain(key);
    this.#sums.set(hex, BigInt.asUintN(64, (this.#sums.get(hex) ?? 0n) + by));
    this.#grow(hex, 0);
  }

  #grow(key: string, valueBytes: number): void {
    this.#bytes += key.length / 2 + valueBytes;
    if (this.size > mostChanges) throw new TypeError(`A commit has at most ${mostChanges} changes.`);
    if (this.#bytes > mostBytes) throw new TypeError(`A commit has at most ${mostBytes} bytes.`);
  }
}

function plain(key: KvKey): string {
  const { hex, stamped } = encodeKey(key);
  if (stamped) throw new TypeError("A versionstamp is only the last part of a key that is set.");
  return hex;
}
