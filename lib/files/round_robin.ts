/** Goes over something long a part at a time: each call goes on where the one before stopped, and begins again behind the end. */
export class Walk<T> {
  readonly #all: () => AsyncIterable<T>;
  #at: AsyncIterator<T> | undefined;

  constructor(all: () => AsyncIterable<T>) {
    this.#all = all;
  }

  /** Looks at up to `most` entries and gives those that `wanted` takes. */
  async *some(most: number, wanted: (entry: T) => boolean): AsyncGenerator<T> {
    for (let looked = 0; looked < most; looked++) {
      this.#at ??= this.#all()[Symbol.asyncIterator]();
      const next = await this.#next(this.#at);
      if (next.done === true) return;
      if (wanted(next.value)) yield next.value;
    }
  }

  async #next(at: AsyncIterator<T>): Promise<IteratorResult<T>> {
    try {
      const next = await at.next();
      if (next.done === true) this.#at = undefined;
      return next;
    } catch (error) {
      this.#at = undefined;
      throw error;
    }
  }
}
