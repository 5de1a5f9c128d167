import { BoundedMap } from "../../platform/mod.ts";
import type { Store } from "./store.ts";

/**
 * What was read of records of one kind, by the second part of their keys, until a commit writes one of them. Nobody has to tell of
 * a write, as the committer does. Keeps nothing where other processes write to the store. The store ends records by their time
 * without a commit, so whoever reads checks that.
 */
export class KeptReads<V> {
  readonly #committer: Store["committer"];
  readonly #most: number;
  readonly #kept: BoundedMap<string, V>;
  /** Reads under way whose result is to be kept. */
  readonly #reading = new Map<string, symbol>();
  /** The last commit that wrote: until it has ended, nobody knows what a read gives. */
  readonly #writing = new Map<string, number>();

  /** `most`: of them are kept; those that were not used for longest go first. */
  constructor({ committer, exclusive }: Pick<Store, "committer" | "exclusive">, kind: string, most: number) {
    this.#committer = committer;
    this.#most = exclusive ? most : 0;
    this.#kept = new BoundedMap(this.#most);
    if (!exclusive) return;
    committer.watch(([of, name = ""], number) => {
      if (of === kind) this.#written(name, number);
    });
  }

  /** What is kept, else what `read` gives. */
  async get(name: string, read: () => Promise<V>): Promise<V> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) {
      // One that is used is the last to go.
      this.#kept.set(name, kept);
      return kept;
    }
    if (this.#most === 0 || this.#isWriting(name)) return await read();
    const reading = Symbol();
    this.#reading.set(name, reading);
    try {
      const value = await read();
      if (this.#reading.get(name) === reading) this.#kept.set(name, value);
      return value;
    } finally {
      if (this.#reading.get(name) === reading) this.#reading.delete(name);
    }
  }

  #written(name: string, number: number): void {
    this.#kept.delete(name);
    this.#reading.delete(name);
    this.#writing.set(name, number);
    if (this.#writing.size <= writingKept) return;
    for (const other of this.#writing.keys()) this.#isWriting(other);
  }

  #isWriting(name: string): boolean {
    const number = this.#writing.get(name);
    if (number === undefined) return false;
    if (number > this.#committer.moment) return true;
    this.#writing.delete(name);
    return false;
  }
}

/** Names of commits that ended are forgotten at this many. */
const writingKept = 1000;
