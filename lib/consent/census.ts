import type { Clock } from "../platform/mod.ts";
import { newPreferences } from "./changes.ts";
import { type Question, type Standing, withheldBy } from "./decide.ts";
import type { ConsentStore } from "./ports.ts";

/** Where other processes write too, a count may be this old. */
const sharedFreshMs = 30_000;

const newcomer: Pick<Standing, "preferences"> = { preferences: newPreferences };
const noRelation = { contact: false, sharesGroup: false };

/** How many a command to everyone would reach, and why not the others (BR-3). */
export interface CensusCount {
  matched: number;
  online: number;
  excluded: Map<string, number>;
}

/**
 * Everybody's rules in memory, so that a broadcast is counted without a write or a read for each person. Read at the
 * first broadcast, followed from then on.
 */
export class Census {
  readonly #store: ConsentStore;
  readonly #clock: Clock;
  readonly #exclusive: boolean;
  /** In the order of joining. Those who never changed anything share one entry. */
  readonly #people = new Map<string, Pick<Standing, "preferences" | "openedAt">>();
  readonly #changedMeanwhile = new Set<string>();
  #lastId: string | null = null;
  #readAt: number | null = null;
  #reading: Promise<void> | undefined;

  constructor(parts: { store: ConsentStore; clock: Clock; exclusive: boolean }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#exclusive = parts.exclusive;
  }

  /** Somebody's preferences are these now. */
  changed(userId: string, standing: Pick<Standing, "preferences" | "openedAt">): void {
    if (this.#readAt === null) return;
    this.#people.set(userId, standing);
    this.#changedMeanwhile.add(userId);
  }

  /** Counts everybody but the sender. */
  async count(
    senderId: string,
    question: Question,
    isOnline: (userId: string) => boolean,
  ): Promise<CensusCount> {
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    await this.#reading;
    const count: CensusCount = { matched: 0, online: 0, excluded: new Map() };
    for (const [userId, standing] of this.#people) {
      if (userId === senderId) continue;
      const rule = withheldBy(standing, noRelation, question);
      if (rule !== null) {
        count.excluded.set(rule, (count.excluded.get(rule) ?? 0) + 1);
        continue;
      }
      count.matched++;
      if (isOnline(userId)) count.online++;
    }
    return count;
  }

  async #read(): Promise<void> {
    const now = this.#clock.now();
    const first = this.#readAt === null;
    // Ids rise with time: who joined since stands behind the last one.
    const stale = first || (!this.#exclusive && now - this.#readAt! >= sharedFreshMs);
    if (stale) this.#readAt = now;
    for await (const userId of this.#store.userIdsAfter(this.#lastId)) {
      if (!this.#people.has(userId)) this.#people.set(userId, newcomer);
      this.#lastId = userId;
    }
    if (!stale) return;
    this.#changedMeanwhile.clear();
    for await (const { userId, preferences: { openedAt, ...preferences } } of this.#store.allPreferences()) {
      // What was just changed is newer than what this walk may still find.
      if (this.#changedMeanwhile.has(userId)) continue;
      this.#people.set(userId, openedAt === undefined ? { preferences } : { preferences, openedAt });
    }
  }
}
