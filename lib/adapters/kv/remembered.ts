/**
 * Records kept in memory; the least recently used are dropped first. Only for a store that belongs to this process. Writers
 * must call `forget` afterwards: it also discards reads that were under way, as these may be older.
 */
export class Remembered<V> {
  readonly #most: number;
  readonly #entries = new Map<string, V>();
  #forgotten = 0;

  /** `most` 0 keeps nothing. */
  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): V | undefined {
    const value = this.#entries.get(name);
    if (value === undefined) return undefined;
    // A map keeps the order of insertion, so a record that is used moves to the end.
    this.#entries.delete(name);
    this.#entries.set(name, value);
    return value;
  }

  /** Read this before a read of the store, and pass it to `keep`. */
  get moment(): number {
    return this.#forgotten;
  }

  keep(name: string, value: V, moment: number): void {
    if (this.#most === 0 || moment !== this.#forgotten) return;
    this.#entries.delete(name);
    this.#entries.set(name, value);
    if (this.#entries.size <= this.#most) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  forget(name: string): void {
    this.#forgotten++;
    this.#entries.delete(name);
  }
}
