import { type Clock, firstIdAt } from "../platform/mod.ts";
import type { Preferences } from "../protocol/mod.ts";
import { newPreferences } from "./changes.ts";
import { choiceOf, withheldBy } from "./decide.ts";
import type { ConsentStore } from "./ports.ts";
import { type Question, stranger } from "./standing.ts";

/** Greatest age of preferences if other processes write to the store too. */
const sharedFreshMs = 30_000;
/** Longest time between drawing an account's id and writing it; later ids may be written first. */
const idLateMs = 10_000;

/** People whom a broadcast would reach, and the others by the rule that excludes them (BR-3). */
export interface CensusCount {
  matched: number;
  online: number;
  excluded: Map<string, number>;
}

/** People with the same choices for every broadcast, blocked people aside. */
interface Kind {
  name: string;
  preferences: Preferences;
  people: number;
}

interface Own {
  kind: Kind;
  blockedUsers: readonly string[];
}

/**
 * Counts people by their choices, in memory, so that the count of a broadcast needs no step for each person. Read in the
 * background after a start, or at the first broadcast; kept up to date from then on.
 */
export class Census {
  readonly #store: ConsentStore;
  readonly #clock: Clock;
  readonly #exclusive: boolean;
  /** People who ever changed their preferences. The others are only counted. */
  readonly #own = new Map<string, Own>();
  #others = 0;
  readonly #kinds = new Map<string, Kind>();
  /** Accounts that were removed since the start. Not among the kinds, so no count has them. */
  readonly #removed: Kind = { name: "removed", preferences: newPreferences, people: 0 };
  /** Ids of the people who block a username. */
  readonly #blockers = new Map<string, Set<string>>();
  /** All ids up to this one are counted, and later ones only if they are in `#recent`. */
  #readTo: string | null = null;
  #recent: ReadonlySet<string> = new Set();
  #preferencesReadAt: number | null = null;
  #reading: Promise<void> | undefined;
  /** Changes during a read; they are newer than what the read finds. */
  #meanwhile: Map<string, Preferences | null> | null = null;

  constructor(parts: { store: ConsentStore; clock: Clock; exclusive: boolean }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#exclusive = parts.exclusive;
  }

  /** Follows a change of a person's preferences. */
  changed(userId: string, preferences: Preferences): void {
    if (this.#meanwhile !== null) this.#meanwhile.set(userId, preferences);
    else if (this.#preferencesReadAt !== null) this.#set(userId, preferences);
  }

  /** An account was removed: no count has the person any more. */
  removed(userId: string): void {
    if (this.#meanwhile !== null) this.#meanwhile.set(userId, null);
    else if (this.#preferencesReadAt !== null) this.#set(userId, null);
  }

  /** Reads everyone in advance; takes 5.6 s for a million people. Rejects when the signal aborts. */
  warm(signal: AbortSignal): Promise<void> {
    return this.#readOnce(signal);
  }

  /** Counts everyone but the sender, whatever their rules are (CO-10). */
  async people(senderId: string): Promise<number> {
    const people = await this.everyone();
    return this.#own.get(senderId)?.kind === this.#removed ? people : people - 1;
  }

  /** Counts all accounts. */
  async everyone(): Promise<number> {
    await this.#readOnce();
    let people = this.#others;
    for (const kind of this.#kinds.values()) people += kind.people;
    return people;
  }

  /** Counts everyone but the sender, for a broadcast that is sent now. */
  async count(senderId: string, question: Question, online: Iterable<string>): Promise<CensusCount> {
    await this.#readOnce();
    const now = this.#clock.now();
    const ruleOf = (preferences: Preferences) => withheldBy({ preferences }, stranger, question, now);
    const ofOthers = ruleOf(newPreferences);
    const ofKinds = new Map<Kind, string | null>();
    const counts = new Map<string | null, number>([[null, 0]]);
    const add = (rule: string | null, people: number) => counts.set(rule, (counts.get(rule) ?? 0) + people);
    add(ofOthers, this.#others);
    for (const kind of this.#kinds.values()) {
      const rule = ruleOf(kind.preferences);
      ofKinds.set(kind, rule);
      add(rule, kind.people);
    }
    const blockers = this.#blockers.get(question.from.username);
    for (const userId of blockers ?? []) {
      add(ofKinds.get(this.#own.get(userId)!.kind) ?? null, -1);
      add("blocked_user", 1);
    }
    const personal = (userId: string) => {
      const own = this.#own.get(userId);
      if (own === undefined) return ofOthers;
      return blockers?.has(userId) === true ? "blocked_user" : ofKinds.get(own.kind) ?? null;
    };
    add(personal(senderId), -1);
    let reached = 0;
    for (const userId of online) if (userId !== senderId && personal(userId) === null) reached++;
    const matched = counts.get(null)!;
    const excluded = new Map<string, number>();
    for (const [rule, people] of counts) if (rule !== null && people > 0) excluded.set(rule, people);
    return { matched, online: Math.min(reached, matched), excluded };
  }

  #readOnce(signal?: AbortSignal): Promise<void> {
    return this.#reading ??= this.#read(signal).finally(() => this.#reading = undefined);
  }

  async #read(signal: AbortSignal | undefined): Promise<void> {
    this.#meanwhile = new Map();
    try {
      const now = this.#clock.now();
      await this.#readPeople(now, signal);
      const readAt = this.#preferencesReadAt;
      if (readAt === null || (!this.#exclusive && now - readAt >= sharedFreshMs)) {
        for await (const { userId, preferences } of this.#store.allPreferences()) {
          signal?.throwIfAborted();
          this.#set(userId, preferences);
        }
        this.#preferencesReadAt = now;
      }
      for (const [userId, preferences] of this.#meanwhile) this.#set(userId, preferences);
    } finally {
      this.#meanwhile = null;
    }
  }

  /** Reads people who joined since the last read: ids rise with time. */
  async #readPeople(now: number, signal: AbortSignal | undefined): Promise<void> {
    const found: string[] = [];
    let others = 0;
    for await (const userId of this.#store.userIdsAfter(this.#readTo)) {
      signal?.throwIfAborted();
      found.push(userId);
      if (!this.#recent.has(userId) && !this.#own.has(userId)) others++;
    }
    // Only now, so that a read that fails half-way counts nobody twice.
    this.#others += others;
    const readTo = firstIdAt(now - idLateMs);
    this.#recent = new Set(found.filter((userId) => userId > readTo));
    this.#readTo = readTo;
  }

  /** Null for a removed account. */
  #set(userId: string, preferences: Preferences | null): void {
    const before = this.#own.get(userId);
    if (before !== undefined) this.#forget(userId, before);
    else if (this.#recent.has(userId) || (this.#readTo !== null && userId <= this.#readTo)) this.#others--;
    const kind = preferences === null ? this.#removed : this.#kindOf(preferences);
    const blockedUsers = preferences?.blockedUsers ?? [];
    kind.people++;
    this.#own.set(userId, { kind, blockedUsers });
    for (const username of blockedUsers) {
      const blockers = this.#blockers.get(username) ?? new Set();
      this.#blockers.set(username, blockers.add(userId));
    }
  }

  #forget(userId: string, { kind, blockedUsers }: Own): void {
    if (--kind.people === 0) this.#kinds.delete(kind.name);
    for (const username of blockedUsers) {
      const blockers = this.#blockers.get(username);
      blockers?.delete(userId);
      if (blockers?.size === 0) this.#blockers.delete(username);
    }
  }

  #kindOf(preferences: Preferences): Kind {
    const open = Object.keys(preferences.categories).filter((slug) =>
      choiceOf(preferences, slug) !== "block"
    );
    const kinds = preferences.limits?.kinds?.toSorted();
    const name = `${preferences.broadcasts} ${open.sort().join(" ")} ${kinds?.join(",") ?? ""}`;
    const known = this.#kinds.get(name);
    if (known !== undefined) return known;
    const categories = Object.fromEntries(open.map((slug) => [slug, "allow" as const]));
    const kind: Kind = {
      name,
      preferences: {
        ...newPreferences,
        broadcasts: preferences.broadcasts,
        categories,
        ...(kinds === undefined ? {} : { limits: { kinds } }),
      },
      people: 0,
    };
    this.#kinds.set(name, kind);
    return kind;
  }
}
