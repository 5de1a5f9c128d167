import type { KvCheck, KvKey } from "./port.ts";

/**
 * A version as it was read, or null for a missing key. `moment` is `Committer.moment` before the read; set it only for keys
 * that are written through this committer alone, in a store that belongs to this process.
 */
export interface Check extends KvCheck {
  moment?: number | undefined;
}

/** One caller's writes: all of them or none. */
export interface Write {
  checks?: Check[];
  sets?: { key: KvKey; value: unknown; expireIn?: number }[];
  deletes?: KvKey[];
  /** Records that any number of writes set to the same value at the same time: a commit sets each once. */
  shared?: { key: KvKey; value: unknown }[];
  /** Added modulo 2^64: `2n ** 64n - 1n` subtracts 1. Only for keys with a `KvU64` or no value. */
  sums?: { key: KvKey; by: bigint }[];
  /** Appends to logs: the commit's versionstamp becomes the last part of the key. */
  appends?: { log: KvKey; value: unknown; expireIn?: number }[];
  /** Logs that this could have been appended to. It shares no commit with an append to them, so it takes as long as one. */
  apart?: KvKey[];
  /** Gets a commit of its own, and so a versionstamp that no other write has. */
  alone?: boolean;
  /** About how many bytes all values have; needed only if one may have more than 1 KiB. */
  valueBytes?: number;
}
