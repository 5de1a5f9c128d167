import type {
  KvCheck,
  KvEntry,
  KvEntryMaybe,
  KvKey,
  KvListOptions,
  KvSelector,
} from "../../lib/adapters/kv/port.ts";

/** What lies under one key. */
interface Stored {
  key: KvKey;
  value: unknown;
  versionstamp: string;
}

interface Mutation {
  what: "set" | "delete" | "sum";
  key: KvKey;
  value?: unknown;
}

const placeholder = Symbol("versionstamp of the commit");

/**
 * The part of Deno KV that the server uses, in memory and at once: for tests that make millions of steps and need each of
 * them to be the same every time. Nothing expires by itself, as the real one may be late with it. What is read is frozen.
 */
export class MemoryKv {
  readonly #stored = new Map<string, Stored>();
  /** Names of the keys in the order of the keys. */
  #names: string[] = [];
  #version = 0;

  get<T>(key: KvKey): KvEntryMaybe<T> {
    const { value = null, versionstamp = null } = this.#stored.get(nameOf(key)) ?? {};
    return { key, value, versionstamp } as KvEntryMaybe<T>;
  }

  list<T>(selector: KvSelector, options: KvListOptions = {}): KvEntry<T>[] {
    const { prefix, start, end } = selector as {
      prefix?: KvKey;
      start?: KvKey;
      end?: KvKey;
    };
    const from = this.#place(start !== undefined ? nameOf(start) : nameOf(prefix!));
    const to = this.#place(end !== undefined ? nameOf(end) : nameOf(prefix!) + "\uffff");
    const { limit = Infinity, reverse = false } = options;
    const names = reverse
      ? this.#names.slice(Math.max(from, to - limit), to).reverse()
      : this.#names.slice(from, Math.min(to, from + limit));
    return names.map((name) => ({ ...this.#stored.get(name)! }) as KvEntry<T>);
  }

  commit(
    checks: readonly KvCheck[],
    mutations: readonly Mutation[],
  ): Deno.KvCommitResult | Deno.KvCommitError {
    for (const { key, versionstamp } of checks) {
      if ((this.#stored.get(nameOf(key))?.versionstamp ?? null) !== versionstamp) return { ok: false };
    }
    const versionstamp = (++this.#version).toString(16).padStart(20, "0");
    for (const { what, key: given, value } of mutations) {
      const key = given.map((part) => (part as unknown) === placeholder ? versionstamp : part);
      if (what === "delete") this.#delete(nameOf(key));
      else if (what === "set") this.#set({ key, value, versionstamp });
      else this.#set({ key, value: this.#sum(key, value as bigint), versionstamp });
    }
    return { ok: true, versionstamp };
  }

  static get placeholder(): symbol {
    return placeholder;
  }

  #sum(key: KvKey, by: bigint): Deno.KvU64 {
    const before = this.#stored.get(nameOf(key))?.value;
    if (before !== undefined && !(before instanceof Deno.KvU64)) {
      throw new TypeError("sum on what is no KvU64");
    }
    return new Deno.KvU64(BigInt.asUintN(64, (before?.value ?? 0n) + by));
  }

  #set(stored: Stored): void {
    const name = nameOf(stored.key);
    if (!this.#stored.has(name)) this.#names.splice(this.#place(name), 0, name);
    const value = stored.value instanceof Deno.KvU64 ? stored.value : frozenCopy(stored.value);
    this.#stored.set(name, { ...stored, value });
  }

  #delete(name: string): void {
    if (this.#stored.delete(name)) this.#names.splice(this.#place(name), 1);
  }

  /** Where a name stands, or would. */
  #place(name: string): number {
    let low = 0;
    for (let high = this.#names.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A text that sorts like the key: the store puts text before numbers, and numbers by their size. */
function nameOf(key: KvKey): string {
  let name = "";
  for (const part of key) {
    if (typeof part === "string") name += `\u0002${part}\u0000`;
    else if (typeof part === "number" && Number.isSafeInteger(part) && part >= 0) {
      name += `\u0003${part.toString().padStart(16, "0")}\u0000`;
    } else throw new TypeError(`A key part that these tests do not know: ${String(part)}`);
  }
  return name;
}

/** Records are plain: for these `structuredClone` would take a tenth of the simulation. What is not plain is left to it. */
function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "function" || typeof value === "symbol") throw new TypeError("No value for a store");
    return value;
  }
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) copy[name] = frozenCopy(part);
  return Object.freeze(copy);
}
