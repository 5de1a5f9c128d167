/**
 * Of people whose part of the store ends early: from which key on there is nothing, so that they need not be looked for again.
 * Only for a store that belongs to this process. Whoever writes says `written` afterwards; a look that was under way
 * meanwhile may have seen less, and is then not kept.
 */
export class NothingAfter {
  readonly #most: number;
  readonly #from = new Map<string, string>();
  readonly #looks = new Map<string, symbol>();

  /** `most` people are kept; 0 keeps nothing. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether nothing lies at `key` or behind it. */
  isKnown(userId: string, key: string): boolean {
    const from = this.#from.get(userId);
    return from !== undefined && key >= from;
  }

  /** Before a look at the store; what it gives is for `seen`. */
  look(userId: string): symbol {
    const look = Symbol();
    if (this.#most > 0) this.#looks.set(userId, look);
    return look;
  }

  /** After the look: whether there was nothing at `key` or behind it. */
  seen(userId: string, look: symbol, key: string, nothing: boolean): void {
    if (this.#looks.get(userId) !== look) return;
    this.#looks.delete(userId);
    if (!nothing) return;
    if (this.#from.size >= this.#most) this.#from.delete(this.#from.keys().next().value!);
    this.#from.set(userId, key);
  }

  written(userId: string): void {
    this.#from.delete(userId);
    this.#looks.delete(userId);
  }
}
