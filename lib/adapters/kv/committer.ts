import { setImmediate } from "node:timers";
import { noMeters } from "../../platform/meters.ts";
import {
  add,
  batchChecks,
  collides,
  costOf,
  fits,
  join,
  mergedOf,
  nameOf,
  put,
  putMerged,
  type Touched,
  touchedKeys,
} from "./commit_parts.ts";
import type { KvKey, KvPort } from "./port.ts";
import type { Check, Write } from "./writes.ts";

export type { Check, Write } from "./writes.ts";
export { batchChecks } from "./commit_parts.ts";

export type Committed = { ok: true; versionstamp: string } | { ok: false };

interface Waiting {
  write: Write;
  /** Slots of its checks, in their order. */
  slots: readonly number[];
  touched: Touched;
  settle: (committed: Committed) => void;
  fail: (error: unknown) => void;
}

interface Batched extends Waiting {
  open: readonly Check[];
}

/** Most waiting writes that are tried for one commit; else many appends to one log would be tried again and again. */
const batchLookahead = 500;
/** Slots of 4 bytes for the last commit to a key. Keys that share a slot only cause a check that was not needed. */
const slots = 2 ** 18;

/**
 * Group commit: while one `atomic()` is being synced, waiting writes are gathered into the next one, in call order. If a check
 * fails, the batch is committed again one by one, so that only the writer of that check gets `ok: false`. Two appends to one
 * log never share a commit, as they would get the same key.
 */
export class Committer {
  readonly #kv: KvPort;
  readonly #turn: () => Promise<void>;
  /** Times the commits. */
  meters = noMeters;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #committing: Promise<void> | undefined;
  /** Numbers of the last commit that began, of the last that ended, and by key slot of the last that may have written there. */
  #begun = 0;
  #ended = 0;
  readonly #writtenBy = new Uint32Array(slots);
  readonly #watchers: ((key: readonly string[], number: number) => void)[] = [];

  /** `turn` waits for writes that other callers are about to add: a turn of the event loop, unless a test replaces it. */
  constructor(kv: KvPort, turn: () => Promise<void> = nextTurn) {
    this.#kv = kv;
    this.#turn = turn;
  }

  commit(write: Write): Promise<Committed> {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    const { checks = [] } = write;
    const checked = checks.map(({ key }) => nameOf(key));
    this.#waiting.push({
      write,
      slots: checked.map((name, at) => checks[at]!.moment === undefined ? 0 : slotOf(name)),
      touched: touchedKeys(write, checked),
      settle: resolve,
      fail: reject,
    });
    this.#working ??= this.#work();
    return promise;
  }

  /**
   * The time of a read that begins now, counted in commits. A later check of that read can then be answered here, without one
   * of the store's 100 checks a commit: commits run one after another and note their keys before they begin, so a key that no
   * commit after this moment has noted is unchanged.
   */
  get moment(): number {
    return this.#ended;
  }

  /** Whether no commit since a moment has written a key, or may have. A read that began at the moment is as good as one now. */
  isUnchanged(key: KvKey, moment: number): boolean {
    return this.#writtenBy[slotOf(nameOf(key))]! <= moment;
  }

  /**
   * Tells of each key that a commit may change, before the commit begins, with the commit's number: once `moment` has come to
   * it, a read gives what the commit left.
   */
  watch(heard: (key: readonly string[], number: number) => void): void {
    this.#watchers.push(heard);
  }

  /**
   * Resolves when the commit that is under way has ended: its keys were told before, and no read is sure to give what it leaves.
   */
  async landed(): Promise<void> {
    await this.#committing;
  }

  /** Resolves when every write that was given before has been answered. */
  async settled(): Promise<void> {
    let waiting = new Set(this.#waiting);
    while (waiting.size > 0) {
      if (this.#committing === undefined) await this.#turn();
      else await this.#committing;
      waiting = waiting.intersection(new Set(this.#waiting));
    }
    await this.#committing;
  }

  /** Resolves when no write waits. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async #work(): Promise<void> {
    await this.#turn();
    while (this.#waiting.length > 0) {
      this.#committing = this.#commitBatch(this.#takeBatch());
      await this.#committing;
    }
    this.#committing = undefined;
    this.#working = undefined;
  }

  #takeBatch(): Batched[] {
    const batch: Batched[] = [];
    const later: Waiting[] = [];
    const taken = new Map<string, "written" | "checked">();
    const passed = new Map<string, "written" | "checked">();
    const size = { mutations: 0, sums: 0, checks: 0, keyBytes: 0, valueBytes: 0 };
    const merged = new Set<string>();
    for (const [index, waiting] of this.#waiting.entries()) {
      const { touched } = waiting;
      const open = this.#openChecks(waiting);
      const cost = costOf(waiting.write, open.length, merged);
      const stops = waiting.write.alone === true || index >= batchLookahead || !fits(size, cost);
      if (batch.length > 0 && stops) {
        // One by one: spreading a long queue into a call overflows the stack.
        for (const rest of this.#waiting.slice(index)) later.push(rest);
        break;
      }
      // A write must not overtake an earlier one that shares a key with it.
      if (collides(touched, taken) || collides(touched, passed)) {
        join(passed, touched);
        later.push(waiting);
        continue;
      }
      join(taken, touched);
      add(size, cost);
      for (const { key } of mergedOf(waiting.write)) merged.add(nameOf(key));
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
  #openChecks({ write: { checks = [] }, slots }: Waiting): readonly Check[] {
    return checks.filter(({ moment }, at) => moment === undefined || this.#writtenBy[slots[at]!]! > moment);
  }

  async #commitBatch(batch: readonly Batched[]): Promise<void> {
    this.#begun++;
    for (const { touched } of batch) {
      for (const [key, how] of touched) {
        if (how !== "written") continue;
        this.#writtenBy[slotOf(key)] = this.#begun;
        if (this.#watchers.length > 0) this.#tell(key.split("\u0000"));
      }
    }
    const timed = this.meters.commit(batch.length);
    const tell = await this.#commitNoted(batch);
    timed();
    // First, as writers may read as soon as they are answered.
    this.#ended = this.#begun;
    tell();
  }

  #tell(key: readonly string[]): void {
    for (const heard of this.#watchers) heard(key, this.#begun);
  }

  /** Commits the batch; returns the call that answers its writers. */
  async #commitNoted(batch: readonly Batched[]): Promise<() => void> {
    if (batch.length === 1) return await this.#commitAlone(batch[0]!, batch[0]!.open);
    try {
      const atomic = this.#kv.atomic();
      for (const { write, open } of batch) put(atomic, write, open, this.#kv.commitVersionstamp());
      putMerged(atomic, batch.map(({ write }) => write));
      const committed = await atomic.commit();
      if (committed.ok) {
        return () => {
          for (const { settle } of batch) settle(committed);
        };
      }
    } catch {
      // The store may refuse one caller's value. One by one, only that caller gets the error.
    }
    // With all checks, as the moments prove nothing after a failed batch.
    for (const waiting of batch) (await this.#commitAlone(waiting, waiting.write.checks ?? []))();
    return () => undefined;
  }

  async #commitAlone({ write, settle, fail }: Waiting, checks: readonly Check[]): Promise<() => void> {
    try {
      // More than the store can check at once: its caller has to read again.
      if (checks.length > batchChecks) return () => settle({ ok: false });
      const atomic = this.#kv.atomic();
      put(atomic, write, checks, this.#kv.commitVersionstamp());
      putMerged(atomic, [write]);
      const committed = await atomic.commit();
      return () => settle(committed);
    } catch (error) {
      return () => fail(error);
    }
  }
}

/** Not a timer of zero, which takes more than 2 ms here: a turn of the event loop takes a hundredth of that. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** FNV-1a hash. */
function slotOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & (slots - 1);
}
