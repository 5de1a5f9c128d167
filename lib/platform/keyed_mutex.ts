/** Runs work on the same key one at a time, in the order of the calls. Work on different keys runs side by side. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<void>>();
  /** Work that waits for a common turn. */
  readonly #together = new Map<string, (() => Promise<unknown>)[]>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last.set(key, promise);
    await before;
    try {
      return await work();
    } finally {
      if (this.#last.get(key) === promise) this.#last.delete(key);
      resolve();
    }
  }

  /** Runs work in one turn with all other work that was given here for the key before that turn begins. */
  async runTogether<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const begin = () => {
      const begun = work();
      resolve(begun);
      return begun.catch(() => undefined);
    };
    const waiting = this.#together.get(key);
    if (waiting !== undefined) waiting.push(begin);
    else {
      const all = [begin];
      this.#together.set(key, all);
      void this.run(key, async () => {
        this.#together.delete(key);
        await Promise.all(all.map((one) => one()));
      });
    }
    return await promise;
  }
}
