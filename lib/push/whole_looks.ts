import { BoundedMap } from "../platform/mod.ts";

/** Without a change, what devices show is looked at again after this time: a broadcast can end without a word to each person. */
const everyMs = 60_000;
/** People whose last whole look is kept in mind. */
const kept = 20_000;

/** When to look at what a person was told before. It can be fifty things, and what is new does not change them. */
export class WholeLooks {
  readonly #lastMs = new BoundedMap<string, number>(kept);

  /** `wanted`: something changed for the person. */
  isDue(userId: string, nowMs: number, wanted: boolean): boolean {
    const lastMs = this.#lastMs.get(userId);
    if (!wanted && lastMs !== undefined && nowMs >= lastMs && nowMs < lastMs + everyMs) return false;
    this.#lastMs.set(userId, nowMs);
    return true;
  }
}
