/**
 * Copies a whole store from one engine to another, and compares the two (OP-7).
 * Never writes to a place that has something, and never leaves half a copy that a server would open.
 * Start with `copyStore` below.
 */
import { isDeepStrictEqual } from "node:util";
import { keys } from "../kv/keys.ts";
import { openRaw, type RawStore, type StorePlace } from "../kv/mod.ts";
import type { KvEntry } from "../kv/port.ts";
import { Count, decodeKey, encodeKey, type Fact, versionOf } from "../postgres/mod.ts";
import { type Facts, FileFacts } from "./file_facts.ts";

type Entry = KvEntry<unknown>;

/** Records and bytes of a step, below the limits of a commit. */
const stepRecords = 400;
const stepBytes = 500_000;

export interface Copied {
  records: number;
}

/** Gives the number of records when both stores are the same. Throws what went wrong; the copy cannot be opened then. */
export async function copyStore(
  from: StorePlace,
  to: StorePlace,
  progress: (records: number) => void = () => undefined,
): Promise<Copied> {
  await using source = await openRaw(from, { empty: false });
  await using target = await openRaw(to, { empty: true });
  using stack = new DisposableStack();
  const [theirs, ours] = [source, target].map((store) => {
    const facts = factsOf(store);
    stack.defer(() => facts.close());
    return facts;
  }) as [Facts, Facts];
  // A commit of its own shows the last number, and nothing else writes.
  const last = await source.kv.atomic().delete(keys.health()).commit();
  if (!last.ok) throw new Error("A commit without checks has failed one.");
  let written = 0;
  for await (const step of steps(source)) {
    await write(target, step);
    await ours.restore(await factsFor(theirs, step));
    progress(written += step.length);
  }
  const records = await compare(source, theirs, target, ours);
  await ours.goOnAfter(versionOf(last.versionstamp)!);
  const { value: layout } = await source.kv.get(keys.migration());
  // From now on it can be opened.
  await target.kv.set(keys.migration(), layout);
  return { records: records + 1 };
}

function factsOf({ facts }: RawStore): Facts {
  return typeof facts === "string" ? new FileFacts(facts) : facts;
}

function isLayout({ key }: Entry): boolean {
  return isDeepStrictEqual(key, keys.migration());
}

/** All records but the layout's number, which is written last. */
async function* steps({ kv }: RawStore): AsyncGenerator<Entry[]> {
  let step: Entry[] = [];
  let bytes = 0;
  for await (const entry of kv.list({ prefix: [] }, { batchSize: 500 })) {
    if (isLayout(entry)) continue;
    const size = sizeOf(entry.value);
    if (step.length === stepRecords || (step.length > 0 && bytes + size > stepBytes)) {
      yield step;
      [step, bytes] = [[], 0];
    }
    step.push(entry);
    bytes += size;
  }
  if (step.length > 0) yield step;
}

/** An upper bound for most records; only those that may be large have to be known well. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "string") return 3 * value.length;
  if (typeof value !== "object" || value === null) return 16;
  let size = 32;
  for (const [name, part] of Object.entries(value)) size += name.length + sizeOf(part);
  return size;
}

async function write({ kv }: RawStore, step: readonly Entry[]): Promise<void> {
  const atomic = kv.atomic();
  for (const { key, value } of step) {
    if (isCount(value)) atomic.sum(key, value.value);
    else atomic.set(key, value);
  }
  if (!(await atomic.commit()).ok) throw new Error("A commit without checks has failed one.");
}

function isCount(value: unknown): value is { value: bigint } {
  return value instanceof Count || value instanceof Deno.KvU64;
}

async function factsFor(facts: Facts, step: readonly Entry[]): Promise<Fact[]> {
  const named = step.map(({ key, versionstamp }) => ({ key: encodeKey(key).hex, versionstamp }));
  const ends = await facts.ends(named.map(({ key }) => key));
  return named.map(({ key, versionstamp }) => ({
    key,
    version: versionOf(versionstamp)!,
    expiresMs: ends.get(key) ?? null,
  }));
}

interface Known extends Fact {
  value: unknown;
}

async function* known(store: RawStore, facts: Facts): AsyncGenerator<Known> {
  for await (const step of steps(store)) {
    for (const [at, fact] of (await factsFor(facts, step)).entries()) {
      yield { ...fact, value: step[at]!.value };
    }
  }
}

/** Reads both stores to their ends, key by key, and gives the number of records. What ended meanwhile may be missing in one. */
async function compare(source: RawStore, theirs: Facts, target: RawStore, ours: Facts): Promise<number> {
  const [left, right] = [known(source, theirs), known(target, ours)];
  let [one, other] = [await left.next(), await right.next()];
  let records = 0;
  while (one.done !== true || other.done !== true) {
    const [a, b] = [one.done === true ? null : one.value, other.done === true ? null : other.value];
    // Keys sort like what they encode.
    const order = a === null ? 1 : b === null ? -1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    const alone = order === 0 ? null : order < 0 ? a : b;
    if (alone === null ? !isSame(a!, b!) : !hasEnded(alone)) {
      const key = Deno.inspect(decodeKey(Uint8Array.fromHex((alone ?? a!).key)));
      throw new Error(`The copy differs at ${key}. Remove it, and copy again.`);
    }
    if (alone === null) records++;
    if (order <= 0) one = await left.next();
    if (order >= 0) other = await right.next();
  }
  return records;
}

function hasEnded({ expiresMs }: Known): boolean {
  return expiresMs !== null && expiresMs <= Date.now();
}

function isSame(one: Known, other: Known): boolean {
  if (one.version !== other.version || one.expiresMs !== other.expiresMs) return false;
  if (!isCount(one.value) && !isCount(other.value)) return isDeepStrictEqual(one.value, other.value);
  return isCount(one.value) && isCount(other.value) && one.value.value === other.value.value;
}
