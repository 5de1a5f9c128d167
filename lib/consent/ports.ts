import type { AuditEntry } from "../platform/mod.ts";
import type { Preferences, QuietHours, Refusal } from "../protocol/mod.ts";
import type { RuleChange } from "./rule_changes.ts";
import type { StoredGrants } from "./sources.ts";
import type { Numbers, OpenedAt } from "./standing.ts";

/** A category as it is stored (BR-5). A retired one is neither offered nor accepted. */
export interface CategoryRecord {
  slug: string;
  title: string;
  description: string;
  order: number;
  retired: boolean;
}

/**
 * Preferences as they are stored, with the times at which they were loosened, and the quiet hours that were switched off, for when they
 * are switched on again.
 */
export type StoredPreferences = Preferences & { openedAt?: OpenedAt; restingHours?: QuietHours };

/** A person's rules as they are stored; null for what they never changed. */
export interface StoredRules {
  preferences: StoredPreferences | null;
  grants: StoredGrants | null;
  /** The stop in force and when it began. */
  stop: { sinceMs: number } | null;
}

/** Numbers of a person's deliveries, for `decide()`, and what a write that counts one more must find unchanged. */
export interface DeliveryNumbers {
  today: Numbers;
  open: Numbers;
  seen: { value: number; version: string | null };
}

/** What consent asks of the store. */
export interface ConsentStore {
  /** In one read. */
  rules(userId: string): Promise<StoredRules>;
  /** Counts from the person's states. `day` is the date where they are. */
  deliveryNumbers(userId: string, day: string, timeZone: string): Promise<DeliveryNumbers>;
  /** The preferences of everyone who changed them. */
  allPreferences(): AsyncIterable<{ userId: string; preferences: StoredPreferences }>;
  /** Ids of the people who joined after one, in order. */
  userIdsAfter(userId: string | null): AsyncIterable<string>;
  /** Reads, changes and writes in one step; `change` runs again if another writer was faster. */
  changePreferences(
    userId: string,
    change: (
      current: StoredPreferences | null,
    ) => { preferences: StoredPreferences; change: RuleChange } | Refusal,
  ): Promise<StoredPreferences | Refusal>;
  deliveredOn(userId: string, day: string): Promise<number>;
  categories(): Promise<CategoryRecord[]>;
  /** Writes those that do not exist yet. */
  addCategories(records: CategoryRecord[]): Promise<void>;
}

/** What grants ask of the store. */
export interface GrantStore {
  /** Reads, changes and writes in one step, with the entry for the person's history of rules. */
  changeGrants(
    userId: string,
    change: (current: StoredGrants | null) => { grants: StoredGrants; change: RuleChange } | Refusal,
  ): Promise<StoredGrants | Refusal>;
  /** The last two weeks, newest first. */
  ruleChanges(userId: string, now: number): Promise<RuleChange[]>;
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
