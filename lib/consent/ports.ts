import type { AuditEntry } from "../platform/mod.ts";
import type { OpenedAt } from "./decide.ts";
import type { Preferences, Refusal } from "../protocol/mod.ts";

/** A category as it is stored (BR-5). A retired one is neither offered nor accepted. */
export interface CategoryRecord {
  slug: string;
  title: string;
  description: string;
  order: number;
  retired: boolean;
}

/** Preferences as they are stored, with the times at which they were loosened. */
export type StoredPreferences = Preferences & { openedAt?: OpenedAt };

/** What consent asks of the store. */
export interface ConsentStore {
  /** Null for a person who never changed them: the defaults apply. */
  preferences(userId: string): Promise<StoredPreferences | null>;
  /** The preferences of everyone who changed them. */
  allPreferences(): AsyncIterable<{ userId: string; preferences: StoredPreferences }>;
  /** Ids of the people who joined after one, in order. */
  userIdsAfter(userId: string | null): AsyncIterable<string>;
  /** Reads, changes and writes in one step; `change` runs again if another writer was faster. */
  changePreferences(
    userId: string,
    change: (current: StoredPreferences | null) => StoredPreferences,
  ): Promise<StoredPreferences>;
  /** The stop in force and when it began. */
  stop(userId: string): Promise<{ sinceMs: number } | null>;
  deliveredOn(userId: string, day: string): Promise<number>;
  categories(): Promise<CategoryRecord[]>;
  /** Writes those that do not exist yet. */
  addCategories(records: CategoryRecord[]): Promise<void>;
}

/** What administrators change of the list. Each change is written as one with its audit entry. */
export interface CategoryStore {
  /** False if one with this slug exists. */
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

/** People's time zones; of the accounts. */
export interface TimeZones {
  timeZoneOf(userId: string): Promise<string>;
}
