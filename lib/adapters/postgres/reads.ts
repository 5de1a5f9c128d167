import type { KvEntry, KvEntryMaybe, KvKey, KvListOptions, KvSelector } from "../kv/port.ts";
import type { PostgresClient } from "./client.ts";
import { decodeKey, encodeKey, encodeRange } from "./keys.ts";
import { decodeValue, stampOf, type StoredValue } from "./values.ts";

/** Most keys of one statement. */
const keysAtOnce = 500;
/** Entries of a list that are read at a time: few at first, as many lists are left early. */
const firstPage = 100;
const laterPage = 500;

interface Wanted {
  keys: readonly string[];
  resolve(found: ReadonlyMap<string, StoredValue>): void;
  reject(error: unknown): void;
}

/** Reads of the table. Those that are asked for before the next microtask are one statement, whatever they ask for. */
export class Reads {
  readonly #client: PostgresClient;
  readonly #byKeys: string;
  readonly #forward: string;
  readonly #backward: string;
  #wanted: Wanted[] = [];

  constructor(client: PostgresClient, schema: string) {
    this.#client = client;
    this.#byKeys = `select encode(kv.key, 'hex') as hex, json, bytes, count, version
      from unnest($1::bytea[]) as w(key) join ${schema}.kv on kv.part = 0 and kv.key = w.key`;
    const range = `select key, json, bytes, count, version from ${schema}.kv
      where part = 0 and key >= decode($1::text, 'hex') and key < decode($2::text, 'hex')`;
    this.#forward = `${range} order by key limit $3`;
    this.#backward = `${range} order by key desc limit $3`;
  }

  async entries(keys: readonly KvKey[]): Promise<KvEntryMaybe<unknown>[]> {
    const encoded = keys.map((key) => encodeKey(key));
    if (encoded.some(({ stamped }) => stamped)) {
      throw new TypeError("A versionstamp cannot be read by its symbol.");
    }
    const found = await this.#find(encoded.map(({ hex }) => hex));
    return keys.map((key, at) => {
      const stored = found.get(encoded[at]!.hex);
      if (stored === undefined) return { key, value: null, versionstamp: null };
      return { key, value: decodeValue(stored), versionstamp: stampOf(stored.version) };
    });
  }

  #find(keys: readonly string[]): Promise<ReadonlyMap<string, StoredValue>> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, StoredValue>>();
    if (this.#wanted.push({ keys, resolve, reject }) === 1) queueMicrotask(() => this.#readAll());
    return promise;
  }

  #readAll(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let at = 0; at < wanted.length;) {
      const from = at;
      let count = 0;
      // Keys of one caller stay together: they are of one moment.
      do count += wanted[at++]!.keys.length; while (
        at < wanted.length && count + wanted[at]!.keys.length <= keysAtOnce
      );
      void this.#read(wanted.slice(from, at));
    }
  }

  async #read(wanted: readonly Wanted[]): Promise<void> {
    try {
      const keys = new Set(wanted.flatMap((one) => one.keys));
      const list = `{${[...keys].map((key) => `"\\\\x${key}"`).join(",")}}`;
      const found = new Map<string, StoredValue>();
      for (const row of await this.#client.call(this.#byKeys, [list])) {
        found.set(row["hex"] as string, row as unknown as StoredValue);
      }
      for (const { resolve } of wanted) resolve(found);
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }

  async *list(selector: KvSelector, options: KvListOptions): AsyncGenerator<KvEntry<unknown>> {
    const { limit = Infinity, reverse = false, batchSize } = options;
    if (!(limit >= 1)) throw new TypeError("The limit of a list is at least 1.");
    let { start, end } = encodeRange(selector);
    for (let [given, page] = [0, batchSize ?? firstPage]; given < limit; page = batchSize ?? laterPage) {
      const most = Math.min(page, limit - given);
      const statement = reverse ? this.#backward : this.#forward;
      const rows = await this.#client.call(statement, [start, end, most]);
      for (const row of rows) {
        const stored = row as unknown as StoredValue;
        yield {
          key: decodeKey(row["key"] as Uint8Array),
          value: decodeValue(stored),
          versionstamp: stampOf(stored.version),
        };
      }
      if (rows.length < most) return;
      given += rows.length;
      const last = (rows.at(-1)!["key"] as Uint8Array).toHex();
      // The next key after this one has a zero more.
      if (reverse) end = last;
      else start = `${last}00`;
    }
  }
}
