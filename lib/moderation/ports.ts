import type { AuditEntry } from "../platform/mod.ts";
import type { Refusal, Role, Sanction } from "../protocol/mod.ts";

/** The end of the audit log: its last entry's number and hash. Every append checks and replaces it. */
export interface AuditHead {
  seq: number;
  hash: string;
}

/** One link of the chain (MO-3). Entries are numbered from 1 without gaps. */
export interface AuditRecord {
  seq: number;
  /** RFC 3339. */
  at: string;
  actor: string;
  actorId: string;
  action: string;
  subject: string | null;
  address: string;
  reason: string | null;
  detail: AuditEntry["detail"];
  /** Hash of the entry before; 64 zeros in the first. */
  before: string;
  /** SHA-256 over all of the above, as hexadecimal digits. */
  hash: string;
}

export interface AuditStore {
  /** Newest first, those before a number; null for the newest. */
  entriesBefore(seq: number | null, limit: number): Promise<AuditRecord[]>;
}

/** What a sanction takes away, and until when (ms since 1970); null is without an end. */
export interface Restriction {
  reason: string;
  until: number | null;
}

/** An account as moderation knows it. */
export interface AccountRecord {
  id: string;
  username: string;
  displayName: string;
  role: Role;
  /** What was granted; administrators have `broadcast` without it. */
  rights: { broadcast: boolean };
  createdAt: number;
  /** May have ended: ask the time. */
  suspension: Restriction | null;
}

export interface SanctionRecord {
  id: string;
  kind: Sanction["kind"];
  reason: string;
  until: number | null;
  createdAt: number;
  /** Username of who imposed it. */
  by: string;
}

/** What becomes of an account; what is left out stays. Written as one with the audit entry. */
export interface AccountChange {
  role?: Role;
  rights?: { broadcast: boolean };
  suspension?: Restriction;
  mute?: Restriction;
  sanction?: SanctionRecord;
  auditEntry: AuditEntry;
}

export interface UsersStore {
  named(username: string): Promise<AccountRecord | null>;
  /**
   * Usernames that begin with `q` in their order, then people whose display name holds it. `next` is the `after` of the
   * following page. A page may be short, or empty, and still have a next one: one call looks at a bounded number of people.
   */
  search(
    query: { q: string; after: string | null; limit: number },
  ): Promise<{ accounts: AccountRecord[]; next: string | null }>;
  /**
   * Reads, lets `decide` choose and writes; `decide` runs again when another writer was faster. It may ask for the other
   * administrators: then nothing is written should they have changed meanwhile. `null` changes nothing. Gives the account
   * as it is then; null when there is none.
   */
  change(
    userId: string,
    decide: (
      account: AccountRecord,
      otherAdmins: () => Promise<AccountRecord[]>,
    ) => Promise<AccountChange | Refusal | null>,
  ): Promise<AccountRecord | Refusal | null>;
  /** Newest first. */
  sanctionsOf(userId: string): Promise<SanctionRecord[]>;
}

export interface MutesStore {
  /** All that lie in the store; some may have ended. */
  mutes(): Promise<Map<string, Restriction>>;
  mutesOf(userIds: readonly string[]): Promise<Map<string, Restriction>>;
}

/** What the numbers of the overview come from. */
export interface StatsPorts {
  connections(): number;
  users(): Promise<number>;
  /** Jobs whose time has come, counted up to `most`. */
  jobsDue(most: number): Promise<number>;
}
