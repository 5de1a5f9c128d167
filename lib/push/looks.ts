import type { Log } from "../platform/mod.ts";

/** People who are looked at side by side. */
const atOnce = 64;

/** People to look at, in order. A person is looked at by one look at a time; what comes before it is seen by it. */
export class Looks {
  readonly #look: (userId: string, whole: boolean) => Promise<void>;
  readonly #log: Log;
  /** Whether each is a whole look. */
  readonly #due = new Map<string, boolean>();
  readonly #looking = new Map<string, Promise<void>>();
  #closed = false;

  constructor(look: (userId: string, whole: boolean) => Promise<void>, log: Log) {
    this.#look = look;
    this.#log = log;
  }

  get busy(): boolean {
    return this.#looking.size > 0;
  }

  /** `whole`: also at what the person was told before; not only at what is new. */
  add(userId: string, whole = true): void {
    if (this.#closed) return;
    this.#due.set(userId, whole || this.#due.get(userId) === true);
    this.#next();
  }

  /** Drops the looks that wait. */
  close(): void {
    this.#closed = true;
    this.#due.clear();
  }

  async idle(): Promise<void> {
    while (this.busy) await Promise.all(this.#looking.values());
  }

  #next(): void {
    for (const [userId, whole] of this.#due) {
      if (this.#looking.size >= atOnce) return;
      if (this.#looking.has(userId)) continue;
      this.#due.delete(userId);
      const looking = this.#look(userId, whole).catch((error: unknown) => {
        if (!this.#closed) this.#log.error("push.failed", { userId, error: error as Error });
      }).finally(() => {
        this.#looking.delete(userId);
        this.#next();
      });
      this.#looking.set(userId, looking);
    }
  }
}
