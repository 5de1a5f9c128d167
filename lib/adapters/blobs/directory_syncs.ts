import { syncDirectory } from "../disk/secret_file.ts";

/**
 * Group commit for directories: one sync is for all who asked before it began. Those who ask while it runs share the next one,
 * as it may not cover what they changed.
 */
export class DirectorySyncs {
  readonly #sync: (path: string) => Promise<void>;
  readonly #running = new Map<string, { now: Promise<void>; next: Promise<void> | null }>();

  constructor(sync: (path: string) => Promise<void> = syncDirectory) {
    this.#sync = sync;
  }

  /** Resolves when all entries that the directory has now would survive a crash of the machine. */
  sync(path: string): Promise<void> {
    const running = this.#running.get(path);
    if (running === undefined) return this.#begin(path);
    running.next ??= running.now.catch(() => undefined).then(() => this.#begin(path));
    return running.next;
  }

  #begin(path: string): Promise<void> {
    const now = this.#sync(path);
    const running = { now, next: null };
    this.#running.set(path, running);
    const ended = () => {
      // The next one begins by itself, in the turn after this.
      if (this.#running.get(path) === running && running.next === null) this.#running.delete(path);
    };
    now.then(ended, ended);
    return now;
  }
}
