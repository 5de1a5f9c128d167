/**
 * What Behest needs of a store, and what it may rely on. An engine is right when it passes the contract tests with
 * `onEachStore`.
 *
 * - **Keys** are parts, compared part by part: bytes before texts (by their UTF-8 bytes), before integers of any size, before
 *   numbers, before booleans. A key that others begin with comes before them, and is not in the list of its own prefix.
 * - **A commit** is all or nothing. Its checks see the store as it was before it. What was answered is on disk, and every read
 *   that begins afterwards sees it.
 * - **Versionstamps** are 20 hexadecimal digits. They rise with each commit of the whole store, in the order in which readers
 *   can see the commits: who read up to one never finds a smaller one later. All that a commit writes has its stamp.
 * - **Values** are what `structuredClone` takes, without what is shared between threads: also `Uint8Array`, `bigint`, `Date`,
 *   `Map` and members that are `undefined`. A count (`sum`) is a value of its own kind.
 * - **Limits**, the same for each engine, so that a store can be moved: 2 KiB for a key, 64 KiB for a value, and in one commit
 *   1,000 changes, 100 checks and 800 KiB. More is refused with a `TypeError`, and nothing is written.
 * - **Expiry** only cleans up: a record stays visible for up to a minute after its time, to reads and checks alike. It ends as
 *   if it were deleted.
 * - **Failures**: when an engine cannot say whether a commit was made, it asks until it knows, or rejects. After a rejection
 *   for that reason the commit may be there once; it is never made later than the next one that is answered.
 * - After `close`, everything is refused.
 */
export interface KvPort {
  get<T = unknown>(key: KvKey): Promise<KvEntryMaybe<T>>;
  /** The entries of at most ten keys, in the order of the keys, all of one moment. */
  getMany<T extends readonly unknown[]>(
    keys: readonly [...{ [K in keyof T]: KvKey }],
  ): Promise<{ [K in keyof T]: KvEntryMaybe<T[K]> }>;
  /** In the order of the keys. A long list is read in parts: what is written meanwhile behind the part that was read is in it. */
  list<T = unknown>(selector: KvSelector, options?: KvListOptions): AsyncIterableIterator<KvEntry<T>>;
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): Promise<{ versionstamp: string }>;
  delete(key: KvKey): Promise<void>;
  atomic(): KvAtomic;
  /** As the last part of a key that a commit sets, it stands for the versionstamp of that commit. */
  commitVersionstamp(): symbol;
  close(): void;
}

/** A symbol is `commitVersionstamp()`, and only the last part of a key that is set. */
export type KvKeyPart = Uint8Array | string | number | bigint | boolean | symbol;
export type KvKey = readonly KvKeyPart[];

export interface KvEntry<T> {
  key: KvKey;
  value: T;
  versionstamp: string;
}

export type KvEntryMaybe<T> = KvEntry<T> | { key: KvKey; value: null; versionstamp: null };

/** What a key with a sum holds. */
export interface KvCount {
  readonly value: bigint;
}

/** `start` is in the list, `end` is not. */
export type KvSelector =
  | { prefix: KvKey }
  | { prefix: KvKey; start: KvKey }
  | { prefix: KvKey; end: KvKey }
  | { start: KvKey; end: KvKey };

export interface KvListOptions {
  /** At least 1. */
  limit?: number;
  reverse?: boolean;
  /** Most entries that are read at a time. By default the engine decides. */
  batchSize?: number;
}

/** A version as it was read; null for no record. */
export interface KvCheck {
  key: KvKey;
  versionstamp: string | null;
}

export type KvCommitted = { ok: true; versionstamp: string } | { ok: false };

/** Changes that are made together, in the order of the calls. */
export interface KvAtomic {
  check(...checks: KvCheck[]): this;
  /** `expireIn`: in milliseconds. */
  set(key: KvKey, value: unknown, options?: { expireIn?: number }): this;
  delete(key: KvKey): this;
  /**
   * Adds modulo 2^64 to a count, or to none. The commit is rejected where the key holds something else; what else it would
   * write may be there then, so never sum such a key.
   */
  sum(key: KvKey, by: bigint): this;
  /** Not ok: a check failed, and nothing was written. */
  commit(): Promise<KvCommitted>;
}
