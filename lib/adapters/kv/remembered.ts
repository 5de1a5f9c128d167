import { BoundedMap } from "../../platform/mod.ts";

/**
 * Records kept in memory; the least recently used are dropped first. Only for a store that belongs to this process. Writers
 * must call `forget` afterwards: it also discards reads that were under way, as these may be older.
 */
export class Remembered<V> {
  readonly #most: number;
  readonly #entries: BoundedMap<string, V>;
  #forgotten = 0;

  /** `most` 0 keeps nothing. */
  constructor(most: number) {
    this.#most = most;
    this.#entries = new BoundedMap(most);
  }

  get(name: string): V | undefined {
    const value = this.#entries.get(name);
    if (value === undefined) return undefined;
    // One that is used is the last to go.
    this.#entries.set(name, value);
    return value;
  }

  /** Read this before a read of the store, and pass it to `keep`. */
  get moment(): number {
    return this.#forgotten;
  }

  keep(name: string, value: V, moment: number): void {
    if (this.#most === 0 || moment !== this.#forgotten) return;
    this.#entries.set(name, value);
  }

  forget(name: string): void {
    this.#forgotten++;
    this.#entries.delete(name);
  }
}
