/** Wakes those who wait for a change of a command's recipients in this process. */
export class AnswerWatch {
  readonly #watched = new Map<string, Set<() => void>>();

  /** Something changed for a recipient. */
  touch(commandId: string): void {
    for (const woken of this.#watched.get(commandId) ?? []) woken();
  }

  /** Calls `woken` at each change until the result is called. */
  on(commandId: string, woken: () => void): () => void {
    const watching = this.#watched.get(commandId) ?? new Set();
    this.#watched.set(commandId, watching.add(woken));
    return () => {
      watching.delete(woken);
      if (watching.size === 0) this.#watched.delete(commandId);
    };
  }

  /** Commands that somebody waits for. */
  get size(): number {
    return this.#watched.size;
  }
}
