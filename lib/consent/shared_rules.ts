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
    // The time zone is for hours alone, of the day or of a grant: a daily limit is never shared.
    const hasHours = rules.preferences.quietHours !== null || rules.grants !== undefined;
    const timeZone = hasHours ? rules.timeZone : "UTC";
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

function lastOf(openedAt: OpenedAt = {}): number {
  const {
    broadcasts = -Infinity,
    usersBefore = -Infinity,
    categories = {},
    users = {},
    kinds = [],
    ...none
  } = openedAt;
  // Fails to compile for a new time, which would be lost if it were not looked at here.
  none satisfies Record<string, never>;
  const kindTimes = kinds.map(({ untilMs }) => untilMs);
  return Math.max(
    broadcasts,
    usersBefore,
    ...Object.values(categories),
    ...Object.values(users),
    ...kindTimes,
  );
}
