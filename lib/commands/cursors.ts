import type { Timer } from "../platform/mod.ts";
import type { Needs } from "./needs.ts";

/** Longest time before a cursor is written. */
const flushMs = 900;

/** What each device has acknowledged. Written in groups: after a crash, clients drop what is repeated by its id (DL-3). */
export class Cursors {
  readonly #needs: Pick<Needs, "store" | "clock" | "log">;
  readonly #waiting = new Map<string, { userId: string; device: string; cursor: string }>();
  #flushing: Timer | undefined;

  constructor(needs: Pick<Needs, "store" | "clock" | "log">) {
    this.#needs = needs;
  }

  /** A device's cursor; null for a new device (DL-2). */
  async of(userId: string, device: string): Promise<string | null> {
    const waiting = this.#waiting.get(`${userId} ${device}`);
    return waiting?.cursor ?? await this.#needs.store.cursor(userId, device);
  }

  /** How far the device of the person that is furthest has acknowledged; null: they have none. */
  async furthest(userId: string): Promise<string | null> {
    const waiting = [...this.#waiting.values()].filter((one) => one.userId === userId);
    const cursors = [...waiting.map(({ cursor }) => cursor), ...await this.#needs.store.cursors(userId)];
    return cursors.sort().at(-1) ?? null;
  }

  /** Moves a cursor; written within a second. */
  move(userId: string, device: string, cursor: string): void {
    this.#waiting.set(`${userId} ${device}`, { userId, device, cursor });
    this.#flushing ??= this.#needs.clock.after(flushMs, () => void this.flush());
  }

  /** Writes the cursors that wait. */
  async flush(): Promise<void> {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    const cursors = [...this.#waiting.values()];
    try {
      await this.#needs.store.saveCursors(cursors);
    } catch (error) {
      this.#needs.log.error("cursors.unsaved", { error: error as Error });
      this.#flushing ??= this.#needs.clock.after(flushMs, () => void this.flush());
      return;
    }
    for (const saved of cursors) {
      const name = `${saved.userId} ${saved.device}`;
      if (this.#waiting.get(name) === saved) this.#waiting.delete(name);
    }
  }
}
