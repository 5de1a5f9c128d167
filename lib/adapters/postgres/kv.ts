import type {
  KvAtomic,
  KvCheck,
  KvCommitted,
  KvEntry,
  KvEntryMaybe,
  KvKey,
  KvListOptions,
  KvPort,
  KvSelector,
} from "../kv/port.ts";
import { Changes } from "./changes.ts";
import type { Reads } from "./reads.ts";
import type { Rounds } from "./rounds.ts";

const versionstamp = Symbol("versionstamp of the commit");

/** The store's port over PostgreSQL. `usable` throws when the store is not this process's any more, or was closed. */
export class PostgresKv implements KvPort {
  readonly #reads: Reads;
  readonly #rounds: Rounds;
  readonly #usable: () => void;
  readonly #close: () => void;

  constructor(reads: Reads, rounds: Rounds, usable: () => void, close: () => void) {
    this.#reads = reads;
    this.#rounds = rounds;
    this.#usable = usable;
    this.#close = close;
  }

  async get<T>(key: KvKey): Promise<KvEntryMaybe<T>> {
    this.#usable();
    const [entry] = await this.#reads.entries([key]);
    return entry as KvEntryMaybe<T>;
  }

  async getMany<T extends readonly unknown[]>(keys: readonly [...{ [K in keyof T]: KvKey }]) {
    this.#usable();
    return await this.#reads.entries(keys) as { [K in keyof T]: KvEntryMaybe<T[K]> };
  }

  async *list<T>(selector: KvSelector, options: KvListOptions = {}): AsyncGenerator<KvEntry<T>> {
    this.#usable();
    yield* this.#reads.list(selector, options) as AsyncGenerator<KvEntry<T>>;
  }

  async set(
    key: KvKey,
    value: unknown,
    options: { expireIn?: number } = {},
  ): Promise<{ versionstamp: string }> {
    const committed = await this.atomic().set(key, value, options).commit();
    if (!committed.ok) throw new Error("A commit without checks has failed one.");
    return committed;
  }

  async delete(key: KvKey): Promise<void> {
    await this.atomic().delete(key).commit();
  }

  atomic(): KvAtomic {
    return new Atomic((changes) => {
      this.#usable();
      return this.#rounds.commit(changes);
    });
  }

  commitVersionstamp(): symbol {
    return versionstamp;
  }

  close(): void {
    this.#close();
  }
}

class Atomic implements KvAtomic {
  readonly #commit: (changes: Changes) => Promise<KvCommitted>;
  readonly #changes = new Changes();
  #refused: { error: unknown } | null = null;

  constructor(commit: (changes: Changes) => Promise<KvCommitted>) {
    this.#commit = commit;
  }

  check(...checks: KvCheck[]): this {
    return this.#take((changes) => checks.forEach((check) => changes.check(check)));
  }

  set(key: KvKey, value: unknown, options: { expireIn?: number } = {}): this {
    return this.#take((changes) => changes.set(key, value, options.expireIn));
  }

  delete(key: KvKey): this {
    return this.#take((changes) => changes.delete(key));
  }

  sum(key: KvKey, by: bigint): this {
    return this.#take((changes) => changes.sum(key, by));
  }

  async commit(): Promise<KvCommitted> {
    if (this.#refused !== null) throw this.#refused.error;
    return await this.#commit(this.#changes);
  }

  /** What cannot be taken fails the commit, as with other engines. */
  #take(take: (changes: Changes) => void): this {
    try {
      take(this.#changes);
    } catch (error) {
      this.#refused ??= { error };
    }
    return this;
  }
}
