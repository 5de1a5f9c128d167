import type { Timer } from "../platform/mod.ts";
import type { Parts } from "./parts.ts";

/** How far cursors may be behind the store. */
const flushMs = 900;

/** What each device has acknowledged. Written in groups: a repeat after a crash is dropped by its id (DL-3). */
export class Cursors {
  readonly #parts: Pick<Parts, "store" | "clock" | "log">;
  readonly #waiting = new Map<string, { userId: string; device: string; cursor: string }>();
  #flushing: Timer | undefined;

  constructor(parts: Pick<Parts, "store" | "clock" | "log">) {
    this.#parts = parts;
  }

  /** Where a device stands; null is a device that was not seen before (DL-2). */
  async of(userId: string, device: string): Promise<string | null> {
    const waiting = this.#waiting.get(`${userId} ${device}`);
    return waiting?.cursor ?? await this.#parts.store.cursor(userId, device);
  }

  /** It is written within a second. */
  move(userId: string, device: string, cursor: string): void {
    this.#waiting.set(`${userId} ${device}`, { userId, device, cursor });
    this.#flushing ??= this.#parts.clock.after(flushMs, () => void this.flush());
  }

  /** Writes those that wait. */
  async flush(): Promise<void> {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    const cursors = [...this.#waiting.values()];
    try {
      await this.#parts.store.saveCursors(cursors);
    } catch (error) {
      this.#parts.log.error("cursors.unsaved", { error: error as Error });
      this.#flushing ??= this.#parts.clock.after(flushMs, () => void this.flush());
      return;
    }
    for (const saved of cursors) {
      const name = `${saved.userId} ${saved.device}`;
      if (this.#waiting.get(name) === saved) this.#waiting.delete(name);
    }
  }
}
