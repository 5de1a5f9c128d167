import { limits } from "../protocol/mod.ts";
import type { Needs } from "./needs.ts";

/** People with a bound in memory; beyond that all are counted anew. */
const boundsKept = 100_000;

/** DL-7: upper bounds of the counts of open commands, true while only this process adds to them. */
export class InboxBounds {
  readonly #needs: Pick<Needs, "store" | "exclusive">;
  readonly #bounds = new Map<string, number>();

  constructor(needs: Pick<Needs, "store" | "exclusive">) {
    this.#needs = needs;
  }

  /** Whether an inbox has no room for another command. */
  async isFull(userId: string): Promise<boolean> {
    let bound = this.#needs.exclusive ? this.#bounds.get(userId) : undefined;
    // A bound only rises until it is counted anew, so below the limit there is no need to read the store.
    if (bound === undefined || bound >= limits.inboxOpen) {
      bound = await this.#needs.store.inboxCountAfter(userId, null);
    }
    if (this.#bounds.size >= boundsKept) this.#bounds.clear();
    this.#bounds.set(userId, bound);
    return bound >= limits.inboxOpen;
  }

  /** Counts one more command for a person. */
  add(userId: string): void {
    const bound = this.#bounds.get(userId);
    if (bound !== undefined) this.#bounds.set(userId, bound + 1);
  }
}
