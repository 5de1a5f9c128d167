/**
 * Scans a long sequence in bounded parts. Each call resumes after the last entry of the call before; after the end it
 * restarts.
 */
export class ResumableScan<T> {
  readonly #entries: () => AsyncIterable<T>;
  #position: AsyncIterator<T> | undefined;

  constructor(entries: () => AsyncIterable<T>) {
    this.#entries = entries;
  }

  /** Reads up to `most` entries and yields those that `wanted` accepts. */
  async *some(most: number, wanted: (entry: T) => boolean): AsyncGenerator<T> {
    for (let read = 0; read < most; read++) {
      this.#position ??= this.#entries()[Symbol.asyncIterator]();
      const next = await this.#next(this.#position);
      if (next.done === true) return;
      if (wanted(next.value)) yield next.value;
    }
  }

  async #next(position: AsyncIterator<T>): Promise<IteratorResult<T>> {
    try {
      const next = await position.next();
      if (next.done === true) this.#position = undefined;
      return next;
    } catch (error) {
      this.#position = undefined;
      throw error;
    }
  }
}
