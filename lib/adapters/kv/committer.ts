/** One caller's writes: all of them or none. */
export interface Write {
  checks?: Deno.AtomicCheck[];
  sets?: { key: Deno.KvKey; value: unknown; expireIn?: number }[];
  deletes?: Deno.KvKey[];
  /** Added modulo 2^64, so `-1n` as `2n ** 64n - 1n` takes away. Only keys that hold a `KvU64` or nothing. */
  sums?: { key: Deno.KvKey; by: bigint }[];
  /** Appends to logs: the commit's versionstamp becomes the last part of the key. */
  appends?: { log: Deno.KvKey; value: unknown }[];
  /** Shares its commit with nobody, so that its versionstamp is its own. */
  alone?: boolean;
  /** About how many bytes the values have together; needed only when they may be more than 1 KiB each. */
  valueBytes?: number;
}

export type Committed = { ok: true; versionstamp: string } | { ok: false };

interface Waiting {
  write: Write;
  touched: readonly string[];
  cost: Size;
  settle: (committed: Committed) => void;
  fail: (error: unknown) => void;
}

/** What one `atomic()` may hold, below the store's own limits (1,000 mutations, 100 checks, 800 KiB, 80 KiB of keys). */
const batchMutations = 500;
const batchChecks = 100;
const batchKeyBytes = 64 * 1024;
const batchValueBytes = 512 * 1024;
/** Waiting writes that are looked through for one commit: many to one log would each be passed over again and again. */
const batchLookahead = 500;
/** A bound for keys whose parts are short text; measured ones are 60 to 110 bytes. */
const keyBytesEach = 130;
const valueBytesEach = 1024;

/**
 * Group commit: the writes that wait are put into one `atomic()` while the one before it is being synced, in the order in
 * which they came. When a check of any of them fails, all of that batch are committed one by one, so a failed check is the
 * answer of its own writer only. Two appends to one log never share a commit, as they would get the same key.
 */
export class Committer {
  readonly #kv: Deno.Kv;
  readonly #turn: () => Promise<void>;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;

  /** `turn` gathers what other callers are about to add: a turn of the event loop, unless a test decides. */
  constructor(kv: Deno.Kv, turn: () => Promise<void> = nextTurn) {
    this.#kv = kv;
    this.#turn = turn;
  }

  commit(write: Write): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    this.#waiting.push({
      write,
      touched: touchedKeys(write),
      cost: costOf(write),
      settle: resolve,
      fail: reject,
    });
    this.#working ??= this.#work();
    return promise;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    await this.#turn();
    while (this.#waiting.length > 0) await this.#commitBatch(this.#takeBatch());
    this.#working = undefined;
  }

  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const taken = new Set<string>();
    const passed = new Set<string>();
    const size = { mutations: 0, checks: 0, keyBytes: 0, valueBytes: 0 };
    for (const [index, waiting] of this.#waiting.entries()) {
      const { touched, cost } = waiting;
      const stops = waiting.write.alone === true || index >= batchLookahead || !fits(size, cost);
      if (batch.length > 0 && stops) {
        // One by one: spreading a long queue into a call exhausts the stack.
        for (const rest of this.#waiting.slice(index)) later.push(rest);
        break;
      }
      // What shares a key with a write that had to wait must not overtake it.
      if (touched.some((key) => taken.has(key) || passed.has(key))) {
        for (const key of touched) passed.add(key);
        later.push(waiting);
        continue;
      }
      for (const key of touched) taken.add(key);
      add(size, cost);
      batch.push(waiting);
      if (waiting.write.alone === true) {
        for (const rest of this.#waiting.slice(index + 1)) later.push(rest);
        break;
      }
    }
    this.#waiting = later;
    return batch;
  }

  async #commitBatch(batch: Waiting[]): Promise<void> {
    if (batch.length === 1) return await this.#commitAlone(batch[0]!);
    let committed: Committed;
    try {
      const atomic = this.#kv.atomic();
      for (const { write } of batch) put(atomic, write, this.#kv.commitVersionstamp());
      putSums(atomic, batch.map(({ write }) => write));
      committed = await atomic.commit();
    } catch {
      // One caller's value may be what the store refuses; alone, only that caller hears of it.
      committed = { ok: false };
    }
    if (committed.ok) {
      for (const { settle } of batch) settle(committed);
      return;
    }
    for (const waiting of batch) await this.#commitAlone(waiting);
  }

  async #commitAlone({ write, settle, fail }: Waiting): Promise<void> {
    try {
      const atomic = this.#kv.atomic();
      put(atomic, write, this.#kv.commitVersionstamp());
      putSums(atomic, [write]);
      settle(await atomic.commit());
    } catch (error) {
      fail(error);
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

interface Size {
  mutations: number;
  checks: number;
  keyBytes: number;
  valueBytes: number;
}

function fits(size: Size, more: Size): boolean {
  return size.mutations + more.mutations <= batchMutations && size.checks + more.checks <= batchChecks &&
    size.keyBytes + more.keyBytes <= batchKeyBytes && size.valueBytes + more.valueBytes <= batchValueBytes;
}

function add(size: Size, more: Size): void {
  size.mutations += more.mutations;
  size.checks += more.checks;
  size.keyBytes += more.keyBytes;
  size.valueBytes += more.valueBytes;
}

function costOf(write: Write): Size {
  const checks = write.checks?.length ?? 0;
  const mutations = (write.sets?.length ?? 0) + (write.deletes?.length ?? 0) + (write.sums?.length ?? 0) +
    (write.appends?.length ?? 0);
  return {
    mutations,
    checks,
    keyBytes: (mutations + checks) * keyBytesEach,
    valueBytes: write.valueBytes ?? mutations * valueBytesEach,
  };
}

/** The keys that no other write of the same commit may touch: a check sees the store as it was before the commit. */
function touchedKeys(write: Write): string[] {
  const touched: string[] = [];
  for (const { key } of write.checks ?? []) touched.push(key.join("\u0000"));
  for (const { key } of write.sets ?? []) touched.push(key.join("\u0000"));
  for (const key of write.deletes ?? []) touched.push(key.join("\u0000"));
  for (const { log } of write.appends ?? []) touched.push(log.join("\u0000"));
  return touched;
}

function put(atomic: Deno.AtomicOperation, write: Write, versionstamp: symbol): void {
  if (write.checks !== undefined) atomic.check(...write.checks);
  for (const { key, value, expireIn } of write.sets ?? []) {
    atomic.set(key, value, expireIn === undefined ? {} : { expireIn });
  }
  for (const key of write.deletes ?? []) atomic.delete(key);
  for (const { log, value } of write.appends ?? []) {
    // The store takes the placeholder as the last key part; the built-in types do not say so.
    atomic.set([...log, versionstamp as unknown as string], value);
  }
}

/** `sum` counts modulo 2^64. */
const sumModulus = 2n ** 64n;

/** What many add to one key is added at once: a sum reads and writes. */
function putSums(atomic: Deno.AtomicOperation, writes: readonly Write[]): void {
  const sums = new Map<string, { key: Deno.KvKey; by: bigint }>();
  for (const { key, by } of writes.flatMap((write) => write.sums ?? [])) {
    const name = key.join("\u0000");
    const before = sums.get(name);
    sums.set(name, { key, by: ((before?.by ?? 0n) + by) % sumModulus });
  }
  for (const { key, by } of sums.values()) if (by !== 0n) atomic.sum(key, by);
}
