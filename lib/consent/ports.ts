import type { Preferences } from "../protocol/mod.ts";

/** A category as the store keeps it (BR-5). A retired one is not offered and not accepted any more. */
export interface CategoryRecord {
  slug: string;
  title: string;
  description: string;
  order: number;
  retired: boolean;
}

/** What consent asks of the store. */
export interface ConsentStore {
  /** Null for a person who never changed anything: the defaults hold. */
  preferences(userId: string): Promise<Preferences | null>;
  /** Reads, changes and writes as one step; repeats when another writer was faster. */
  changePreferences(
    userId: string,
    change: (current: Preferences | null) => Preferences,
  ): Promise<Preferences>;
  /** The stop in force and when it began. */
  stop(userId: string): Promise<{ sinceMs: number } | null>;
  deliveredOn(userId: string, day: string): Promise<number>;
  categories(): Promise<CategoryRecord[]>;
  /** Writes those that are not there yet. */
  addCategories(records: CategoryRecord[]): Promise<void>;
}

/** Where a person lives in time; of the accounts. */
export interface TimeZones {
  timeZoneOf(userId: string): Promise<string>;
}
