import type { OpenedAt, Standing } from "./standing.ts";

/** Different sets of rules kept; beyond that they are made anew, which only costs decisions. */
const setsKept = 20_000;

/** Rules that many people have alike: a broadcast is decided once for all of them. */
export interface SharedRules {
  /** Nobody of them is stopped; without the times at which each loosened a preference. */
  readonly standing: Standing;
  /** Nobody of them loosened a preference after this (ms since 1970): those times decide nothing about a later command. */
  openedTo: number;
}

/** Finds people with equal rules. */
export class RuleSets {
  readonly #sets = new Map<string, SharedRules>();

  /** `standing`: a person's own, of somebody who is not stopped. */
  of({ openedAt, ...rules }: Standing): SharedRules {
    // The time zone is for quiet hours alone: a daily limit is never shared.
    const timeZone = rules.preferences.quietHours === null ? "UTC" : rules.timeZone;
    const standing: Standing = { ...rules, timeZone };
    const name = JSON.stringify(standing);
    let found = this.#sets.get(name);
    if (found === undefined) {
      if (this.#sets.size >= setsKept) this.#sets.clear();
      this.#sets.set(name, found = { standing, openedTo: -Infinity });
    }
    found.openedTo = Math.max(found.openedTo, lastOf(openedAt));
    return found;
  }
}

function lastOf({ broadcasts = -Infinity, categories = {}, users = {} }: OpenedAt = {}): number {
  return Math.max(broadcasts, ...Object.values(categories), ...Object.values(users));
}
