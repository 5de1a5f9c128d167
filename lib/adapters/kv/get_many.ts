import type { KvEntryMaybe, KvKey, KvListOptions, KvPort, KvSelector } from "./port.ts";

/** Most keys of one `getMany`. */
const most = 10;

/** `getMany` for any number of keys, in their order. */
export async function getEntries<V>(
  kv: KvPort,
  wanted: readonly KvKey[],
): Promise<KvEntryMaybe<V>[]> {
  if (wanted.length === 1) return [await kv.get<V>(wanted[0]!)];
  const reads: Promise<KvEntryMaybe<V>[]>[] = [];
  for (let at = 0; at < wanted.length; at += most) {
    // The built-in type is a tuple with one type for each key; here all values have one type.
    reads.push(kv.getMany<V[]>(wanted.slice(at, at + most)) as Promise<KvEntryMaybe<V>[]>);
  }
  return (await Promise.all(reads)).flat();
}

/** Only the values; null for missing ones. */
export async function getValues<V>(kv: KvPort, wanted: readonly KvKey[]): Promise<(V | null)[]> {
  return (await getEntries<V>(kv, wanted)).map(({ value }) => value);
}

/** The last parts of the keys in a range, for example ids. */
export async function lastParts(
  kv: KvPort,
  selector: KvSelector,
  options: KvListOptions,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of kv.list(selector, options)) ids.push(String(key.at(-1)));
  return ids;
}
