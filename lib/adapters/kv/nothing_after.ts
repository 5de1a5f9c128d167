import { BoundedMap } from "../../platform/mod.ts";

/**
 * Remembers, for each person, the key from which on a part of the store is empty, to save reads. Only for a store that belongs
 * to this process. Writers must call `written` afterwards: it discards the results of reads that were under way.
 */
export class NothingAfter {
  readonly #most: number;
  readonly #from: BoundedMap<string, string>;
  readonly #looks = new Map<string, symbol>();

  /** Keeps at most `most` people; 0 keeps nothing. */
  constructor(most: number) {
    this.#most = most;
    this.#from = new BoundedMap(most);
  }

  /** Whether there is surely nothing at `key` or after it. */
  isKnown(userId: string, key: string): boolean {
    const from = this.#from.get(userId);
    return from !== undefined && key >= from;
  }

  /** Must be called before a read; pass the result to `seen`. */
  look(userId: string): symbol {
    const look = Symbol();
    if (this.#most > 0) this.#looks.set(userId, look);
    return look;
  }

  /** Must be called after the read, with whether there was nothing at `key` or after it. */
  seen(userId: string, look: symbol, key: string, nothing: boolean): void {
    if (this.#looks.get(userId) !== look) return;
    this.#looks.delete(userId);
    if (!nothing) return;
    this.#from.set(userId, key);
  }

  written(userId: string): void {
    this.#from.delete(userId);
    this.#looks.delete(userId);
  }
}
