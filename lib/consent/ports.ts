import type { AuditEntry } from "../platform/mod.ts";
import type { OpenedAt } from "./decide.ts";
import type { Preferences, Refusal } from "../protocol/mod.ts";

/** A category as the store keeps it (BR-5). A retired one is not offered and not accepted any more. */
export interface CategoryRecord {
  slug: string;
  title: string;
  description: string;
  order: number;
  retired: boolean;
}

/** Preferences as they are stored, with when something was loosened. */
export type StoredPreferences = Preferences & { openedAt?: OpenedAt };

/** What consent asks of the store. */
export interface ConsentStore {
  /** Null for a person who never changed anything: the defaults hold. */
  preferences(userId: string): Promise<StoredPreferences | null>;
  /** Everybody's, for those who changed something. */
  allPreferences(): AsyncIterable<{ userId: string; preferences: StoredPreferences }>;
  /** Ids of the people who came after one, in the order in which they came. */
  userIdsAfter(userId: string | null): AsyncIterable<string>;
  /** Reads, changes and writes as one step; repeats when another writer was faster. */
  changePreferences(
    userId: string,
    change: (current: StoredPreferences | null) => StoredPreferences,
  ): Promise<StoredPreferences>;
  /** The stop in force and when it began. */
  stop(userId: string): Promise<{ sinceMs: number } | null>;
  deliveredOn(userId: string, day: string): Promise<number>;
  categories(): Promise<CategoryRecord[]>;
  /** Writes those that are not there yet. */
  addCategories(records: CategoryRecord[]): Promise<void>;
}

/** What administrators change of the list. Each change is written as one with its audit entry. */
export interface CategoryStore {
  /** False when there is one with this slug. */
  add(record: CategoryRecord, auditEntry: AuditEntry): Promise<boolean>;
  /**
   * `change` runs again when another writer was faster; null from it changes nothing. Gives the record as it is then;
   * null when there is none.
   */
  change(
    slug: string,
    change: (record: CategoryRecord) => { record: CategoryRecord; auditEntry: AuditEntry } | null,
  ): Promise<CategoryRecord | Refusal | null>;
}

/** Where a person lives in time; of the accounts. */
export interface TimeZones {
  timeZoneOf(userId: string): Promise<string>;
}
