/** What of many writes fits into one commit, and how they become one. */
import type { KvAtomic, KvKey } from "./port.ts";
import type { Check, Write } from "./writes.ts";

/** Limits of one `atomic()`, below the store's own (1,000 mutations, 100 checks, 800 KiB, 80 KiB of keys). */
const batchMutations = 500;
const batchSums = 300;
export const batchChecks = 100;
const batchKeyBytes = 64 * 1024;
const batchValueBytes = 512 * 1024;
/** Upper bound for keys of short texts; measured keys have 60 to 110 bytes. */
const keyBytesEach = 130;
const valueBytesEach = 1024;

/** The keys of a write, and whether it changes them or only checks them. */
export type Touched = ReadonlyMap<string, "written" | "checked">;

interface Size {
  mutations: number;
  sums: number;
  checks: number;
  keyBytes: number;
  valueBytes: number;
}

export function fits(size: Size, more: Size): boolean {
  return size.mutations + more.mutations <= batchMutations && size.sums + more.sums <= batchSums &&
    size.checks + more.checks <= batchChecks && size.keyBytes + more.keyBytes <= batchKeyBytes &&
    size.valueBytes + more.valueBytes <= batchValueBytes;
}

export function add(size: Size, more: Size): void {
  size.mutations += more.mutations;
  size.sums += more.sums;
  size.checks += more.checks;
  size.keyBytes += more.keyBytes;
  size.valueBytes += more.valueBytes;
}

/** The parts of a write that a commit does once for all of its writes. */
export function mergedOf({ sums = [], shared = [] }: Write): readonly { key: KvKey }[] {
  return shared.length === 0 ? sums : [...sums, ...shared];
}

/** The size that a write adds to a batch with these sums and shared records. */
export function costOf(write: Write, checks: number, inBatch: ReadonlySet<string>): Size {
  let mutations = (write.sets?.length ?? 0) + (write.deletes?.length ?? 0) + (write.appends?.length ?? 0);
  for (const { key } of write.shared ?? []) if (!inBatch.has(nameOf(key))) mutations++;
  let sums = 0;
  for (const { key } of write.sums ?? []) if (!inBatch.has(nameOf(key))) sums++;
  return {
    mutations,
    sums,
    checks,
    keyBytes: (mutations + sums + checks) * keyBytesEach,
    valueBytes: write.valueBytes ?? (mutations + sums) * valueBytesEach,
  };
}

export function nameOf(key: KvKey): string {
  return key.join("\u0000");
}

/** Checks see the store before the commit, so a key that one write changes may not occur in another write of its batch. */
export function touchedKeys(write: Write, checked: readonly string[]): Touched {
  const touched = new Map<string, "written" | "checked">();
  for (const name of checked) touched.set(name, "checked");
  for (const { key } of write.sets ?? []) touched.set(nameOf(key), "written");
  for (const key of write.deletes ?? []) touched.set(nameOf(key), "written");
  for (const { log } of write.appends ?? []) touched.set(nameOf(log), "written");
  for (const log of write.apart ?? []) touched.set(nameOf(log), "written");
  return touched;
}

export function collides(touched: Touched, others: Touched): boolean {
  for (const [key, how] of touched) {
    const other = others.get(key);
    if (other === "written" || (other === "checked" && how === "written")) return true;
  }
  return false;
}

export function join(all: Map<string, "written" | "checked">, touched: Touched): void {
  for (const [key, how] of touched) if (how === "written" || !all.has(key)) all.set(key, how);
}

export function put(
  atomic: KvAtomic,
  write: Write,
  checks: readonly Check[],
  versionstamp: symbol,
): void {
  for (const { key, versionstamp } of checks) atomic.check({ key, versionstamp });
  for (const { key, value, expireIn } of write.sets ?? []) {
    atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
  }
  for (const key of write.deletes ?? []) atomic.delete(key);
  for (const { log, value, expireIn } of write.appends ?? []) {
    atomic.set([...log, versionstamp], value, expireIn === undefined ? {} : { expireIn });
  }
}

/** `sum` counts modulo 2^64. */
const sumModulus = 2n ** 64n;

/** What writes have in common. Adds up the sums of one key first, as each one costs a read and a write. */
export function putMerged(atomic: KvAtomic, writes: readonly Write[]): void {
  const sums = new Map<string, { key: KvKey; by: bigint }>();
  for (const { key, by } of writes.flatMap((write) => write.sums ?? [])) {
    const name = nameOf(key);
    const before = sums.get(name);
    sums.set(name, { key, by: ((before?.by ?? 0n) + by) % sumModulus });
  }
  for (const { key, by } of sums.values()) if (by !== 0n) atomic.sum(key, by);
  const shared = new Map(writes.flatMap((write) => write.shared ?? []).map((one) => [nameOf(one.key), one]));
  for (const { key, value } of shared.values()) atomic.set(key, value);
}
