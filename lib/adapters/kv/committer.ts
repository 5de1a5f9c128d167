/**
 * A version as it was read, or null for a key that was not there. `moment`: what `Committer.moment` was before the read; only
 * for keys that nobody writes but through the committer of a store that belongs to this process.
 */
export interface Check extends Deno.AtomicCheck {
  moment?: number | undefined;
}

/** One caller's writes: all of them or none. */
export interface Write {
  checks?: Check[];
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

/** The keys of a write, and whether it changes them or only checks them. */
type Touched = ReadonlyMap<string, "written" | "checked">;

interface Waiting {
  write: Write;
  touched: Touched;
  settle: (committed: Committed) => void;
  fail: (error: unknown) => void;
}

interface Batched extends Waiting {
  open: readonly Check[];
}

/** What one `atomic()` may hold, below the store's own limits (1,000 mutations, 100 checks, 800 KiB, 80 KiB of keys). */
const batchMutations = 500;
const batchSums = 300;
const batchChecks = 100;
const batchKeyBytes = 64 * 1024;
const batchValueBytes = 512 * 1024;
/** Waiting writes that are looked through for one commit: many to one log would each be passed over again and again. */
const batchLookahead = 500;
/** Slots for the commits that wrote to a key, 4 bytes each; keys share them, and then a check is made that need not be. */
const slots = 2 ** 18;
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
  /** The last commit that began, the last one that ended, and by slots of keys the last one that may have written. */
  #begun = 0;
  #ended = 0;
  readonly #writtenBy = new Uint32Array(slots);

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
      settle: resolve,
      fail: reject,
    });
    this.#working ??= this.#work();
    return promise;
  }

  /**
   * For a read that begins now: whether what it finds was written since can be told without asking the store, which takes
   * no more than 100 checks in a commit. Commits go one after the other, and each notes the keys that it writes before it
   * begins; so a key that none of those after this moment has noted is as it was read.
   */
  get moment(): number {
    return this.#ended;
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

  #takeBatch(): Batched[] {
    const batch: Batched[] = [];
    const later: Waiting[] = [];
    const taken = new Map<string, "written" | "checked">();
    const passed = new Map<string, "written" | "checked">();
    const size = { mutations: 0, sums: 0, checks: 0, keyBytes: 0, valueBytes: 0 };
    const sums = new Set<string>();
    for (const [index, waiting] of this.#waiting.entries()) {
      const { touched } = waiting;
      const open = this.#openChecks(waiting.write);
      const cost = costOf(waiting.write, open.length, sums);
      const stops = waiting.write.alone === true || index >= batchLookahead || !fits(size, cost);
      if (batch.length > 0 && stops) {
        // One by one: spreading a long queue into a call exhausts the stack.
        for (const rest of this.#waiting.slice(index)) later.push(rest);
        break;
      }
      // What shares a key with a write that had to wait must not overtake it.
      if (collides(touched, taken) || collides(touched, passed)) {
        join(passed, touched);
        later.push(waiting);
        continue;
      }
      join(taken, touched);
      add(size, cost);
      for (const { key } of waiting.write.sums ?? []) sums.add(nameOf(key));
      batch.push({ ...waiting, open });
      if (waiting.write.alone === true) {
        for (const rest of this.#waiting.slice(index + 1)) later.push(rest);
        break;
      }
    }
    this.#waiting = later;
    return batch;
  }

  /** The checks that only the store can answer. */
  #openChecks({ checks = [] }: Write): readonly Check[] {
    return checks.filter(({ key, moment }) =>
      moment === undefined || this.#writtenBy[slotOf(nameOf(key))]! > moment
    );
  }

  async #commitBatch(batch: readonly Batched[]): Promise<void> {
    this.#begun++;
    for (const { touched } of batch) {
      for (const [key, how] of touched) if (how === "written") this.#writtenBy[slotOf(key)] = this.#begun;
    }
    const tell = await this.#commitNoted(batch);
    // First this: who hears of it may read at once.
    this.#ended = this.#begun;
    tell();
  }

  /** Gives what is left to tell of it. */
  async #commitNoted(batch: readonly Batched[]): Promise<() => void> {
    if (batch.length === 1) return await this.#commitAlone(batch[0]!);
    try {
      const atomic = this.#kv.atomic();
      for (const { write, open } of batch) put(atomic, write, open, this.#kv.commitVersionstamp());
      putSums(atomic, batch.map(({ write }) => write));
      const committed = await atomic.commit();
      if (committed.ok) {
        return () => {
          for (const { settle } of batch) settle(committed);
        };
      }
    } catch {
      // One caller's value may be what the store refuses; alone, only that caller hears of it.
    }
    for (const waiting of batch) (await this.#commitAlone(waiting))();
    return () => undefined;
  }

  async #commitAlone({ write, settle, fail }: Waiting): Promise<() => void> {
    try {
      const atomic = this.#kv.atomic();
      // All of them: who was not alone before is here because something went wrong.
      put(atomic, write, write.checks ?? [], this.#kv.commitVersionstamp());
      putSums(atomic, [write]);
      const committed = await atomic.commit();
      return () => settle(committed);
    } catch (error) {
      return () => fail(error);
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

interface Size {
  mutations: number;
  sums: number;
  checks: number;
  keyBytes: number;
  valueBytes: number;
}

function fits(size: Size, more: Size): boolean {
  return size.mutations + more.mutations <= batchMutations && size.sums + more.sums <= batchSums &&
    size.checks + more.checks <= batchChecks && size.keyBytes + more.keyBytes <= batchKeyBytes &&
    size.valueBytes + more.valueBytes <= batchValueBytes;
}

function add(size: Size, more: Size): void {
  size.mutations += more.mutations;
  size.sums += more.sums;
  size.checks += more.checks;
  size.keyBytes += more.keyBytes;
  size.valueBytes += more.valueBytes;
}

/** What a write adds to a commit that has those sums. */
function costOf(write: Write, checks: number, inBatch: ReadonlySet<string>): Size {
  const mutations = (write.sets?.length ?? 0) + (write.deletes?.length ?? 0) + (write.appends?.length ?? 0);
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

function nameOf(key: Deno.KvKey): string {
  return key.join("\u0000");
}

/** FNV-1a. */
function slotOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & (slots - 1);
}

/** A check sees the store as it was before the commit, so what one write changes no other of that commit may touch. */
function touchedKeys(write: Write): Touched {
  const touched = new Map<string, "written" | "checked">();
  for (const { key } of write.checks ?? []) touched.set(nameOf(key), "checked");
  for (const { key } of write.sets ?? []) touched.set(nameOf(key), "written");
  for (const key of write.deletes ?? []) touched.set(nameOf(key), "written");
  for (const { log } of write.appends ?? []) touched.set(nameOf(log), "written");
  return touched;
}

function collides(touched: Touched, others: Touched): boolean {
  for (const [key, how] of touched) {
    const other = others.get(key);
    if (other === "written" || (other === "checked" && how === "written")) return true;
  }
  return false;
}

function join(all: Map<string, "written" | "checked">, touched: Touched): void {
  for (const [key, how] of touched) if (how === "written" || !all.has(key)) all.set(key, how);
}

function put(
  atomic: Deno.AtomicOperation,
  write: Write,
  checks: readonly Check[],
  versionstamp: symbol,
): void {
  for (const { key, versionstamp } of checks) atomic.check({ key, versionstamp });
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
    const name = nameOf(key);
    const before = sums.get(name);
    sums.set(name, { key, by: ((before?.by ?? 0n) + by) % sumModulus });
  }
  for (const { key, by } of sums.values()) if (by !== 0n) atomic.sum(key, by);
}
