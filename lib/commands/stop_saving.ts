import { type Clock, isDiskFull, type Log, type Timer } from "../platform/mod.ts";
import type { CommandStore, StopRecord, StopReserve } from "./ports.ts";

/** Pause between two tries to write stops that the store did not take. */
const retryMs = 5_000;

export interface StopSavingNeeds {
  store: Pick<CommandStore, "setStop" | "clearStop">;
  reserve?: StopReserve | undefined;
  clock: Clock;
  log: Log;
  /** A stop is in the store, some time after it was pressed. */
  saved(userId: string): Promise<void>;
}

/**
 * Brings stops to the store (CO-6, OP-9). On a full disk it gives the store the room that is kept for this. What the store does
 * not take all the same holds in this process, and is tried again until it is in the store or the person resumes.
 */
export class StopSaving {
  readonly #needs: StopSavingNeeds;
  /** Times of the presses that are not in the store. */
  readonly #unsaved = new Map<string, number>();
  #timer: Timer | null = null;
  #closed = false;

  constructor(needs: StopSavingNeeds) {
    this.#needs = needs;
  }

  /** When a stop was pressed that is not in the store; undefined when there is none. */
  unsavedSinceMs(userId: string): number | undefined {
    return this.#unsaved.get(userId);
  }

  /** Null when the store did not take it; then it is tried again. */
  async save(userId: string, nowMs: number): Promise<StopRecord | null> {
    const sinceMs = this.#unsaved.get(userId) ?? nowMs;
    try {
      const stop = await this.withRoom(() => this.#needs.store.setStop(userId, sinceMs));
      this.#unsaved.delete(userId);
      return stop;
    } catch (error) {
      this.#unsaved.set(userId, sinceMs);
      this.#needs.log.error("stop.unsaved", { user: userId, error: error as Error });
      this.#later();
      return null;
    }
  }

  /** The person resumed. */
  forget(userId: string): void {
    this.#unsaved.delete(userId);
  }

  /** Repeats a write of a stop while the disk is full and some of the room for stops is left. */
  async withRoom<T>(write: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await write();
      } catch (error) {
        if (!isDiskFull(error) || !await this.#needs.reserve?.release()) throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const user of this.#unsaved.keys()) this.#needs.log.error("stop.lost", { user });
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer ??= this.#needs.clock.after(retryMs, () => {
      this.#timer = null;
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    const { store, log, saved } = this.#needs;
    for (const [userId, sinceMs] of [...this.#unsaved]) {
      if (!this.#unsaved.has(userId)) continue;
      try {
        const { version } = await this.withRoom(() => store.setStop(userId, sinceMs));
        // The person resumed during the write.
        if (!this.#unsaved.delete(userId)) await store.clearStop(userId, version);
        else {
          log.info("stop.saved", { user: userId });
          await saved(userId);
        }
      } catch (error) {
        log.warn("stop.retry_failed", { user: userId, error: error as Error });
      }
    }
    if (this.#unsaved.size > 0) this.#later();
  }
}
