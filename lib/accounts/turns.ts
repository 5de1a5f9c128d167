/** Runs work on one subject one after the other within this process. The store's checks decide between processes. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(subject) ?? Promise.resolve()).then(work);
    const over = mine.catch(() => {});
    this.#last.set(subject, over);
    try {
      return await mine;
    } finally {
      if (this.#last.get(subject) === over) this.#last.delete(subject);
    }
  }
}
