import type { AuditEntry, OwedNotice } from "../platform/mod.ts";
import type { CaseChange } from "./case_ports.ts";
import type { NewNotice, Refusal, Role, Sanction, Series, SeriesRange } from "../protocol/mod.ts";

/** Number and hash of the last audit entry. Every append checks and replaces it. */
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
  /** Newest first, from before a number; null begins with the newest. */
  entriesBefore(seq: number | null, limit: number): Promise<AuditRecord[]>;
  /** All entries from the first, as they lie there, and the head. */
  chain(): Promise<{ entries: AsyncIterable<unknown>; head: AuditHead | null }>;
  /** Writes an entry of what changes nothing, like a look. */
  append(auditEntry: AuditEntry): Promise<void>;
}

/** A mute or a suspension. `until`: milliseconds since 1970; null has no end. */
export interface Restriction {
  reason: string;
  until: number | null;
}

/** An account, as moderation sees it. */
export interface AccountRecord {
  id: string;
  username: string;
  displayName: string;
  role: Role;
  /** Granted rights. `rightsInForce` adds those of administrators. */
  rights: { broadcast: boolean };
  createdAt: number;
  /** May be over: `inForce` compares it with the time. */
  suspension: Restriction | null;
  /** The incident whose review suspends the account (SC-5), whatever moderators do; null without one. */
  incident: string | null;
}

export interface SanctionRecord {
  id: string;
  kind: Sanction["kind"];
  reason: string;
  until: number | null;
  createdAt: number;
  /** Username of the moderator. */
  by: string;
  /** Set when it was lifted (MO-7). */
  lifted?: { at: number; by: string; reason: string };
  /** When the person marked a warning as read. */
  readAt?: number;
  /** MO-7: the person's appeal, and its case. */
  appeal?: { caseId: string; state: "open" | "granted" | "refused"; reason: string | null };
}

/** A sanction that was neither lifted nor read; its time may be over (`stillInForce`). */
export type SanctionInForce = Pick<SanctionRecord, "id" | "kind" | "until">;

/** A change of an account, written in one commit with its audit entry. Fields that are left out stay. */
export interface AccountChange {
  displayName?: string;
  role?: Role;
  rights?: { broadcast: boolean };
  /** Null ends it. Not for accounts with an incident. */
  suspension?: Restriction | null;
  mute?: Restriction | null;
  /** MO-7: only contacts can be written to; null ends it. */
  limit?: Restriction | null;
  sanctions?: readonly SanctionRecord[];
  /** Goes with `sanctions`. */
  inForce?: readonly SanctionInForce[];
  /** What tells the person of `sanctions` (UI-11). */
  owed?: readonly OwedNotice<NewNotice>[];
  /** A case that is decided with it, in the same commit. */
  also?: CaseChange;
  auditEntry: AuditEntry;
}

export interface UsersStore {
  named(username: string): Promise<AccountRecord | null>;
  /**
   * `q`: folded. First usernames that begin with it, sorted, then people whose display name contains it. `next` is the `after`
   * of the next page. A page may be short or empty and still have a next one, because a call reads a bounded number of people.
   */
  search(
    query: { q: string; after: string | null; limit: number },
  ): Promise<{ accounts: AccountRecord[]; next: string | null }>;
  /**
   * Reads the account, calls `decide` and writes its change. Calls `decide` again when another writer was faster. If it asked
   * for the other administrators, that includes a change to them. `null` from `decide` changes nothing. Returns the account
   * after the change; null for an unknown one.
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
  sanction(userId: string, sanctionId: string): Promise<SanctionRecord | null>;
  /** Oldest first. Read within `decide`, it is as of the account. */
  sanctionsInForce(userId: string): Promise<SanctionInForce[]>;
}

/** Sanctions for their own person. */
export interface OwnSanctionsStore {
  /** Of everyone who has any; some may be over. */
  allInForce(): Promise<Map<string, readonly SanctionInForce[]>>;
  sanctionsInForce(userId: string): Promise<SanctionInForce[]>;
  /** Those that exist, in the order of the ids. */
  sanctions(userId: string, sanctionIds: readonly string[]): Promise<SanctionRecord[]>;
  /** Returns what is in force afterwards; null when the person has no such warning. */
  markRead(userId: string, sanctionId: string, atMs: number): Promise<SanctionInForce[] | Refusal | null>;
}

/** Restrictions of one kind: mutes, or limits to contacts. */
export interface MutesStore {
  /** All in the store; some may be over. */
  mutes(): Promise<Map<string, Restriction>>;
  mutesOf(userIds: readonly string[]): Promise<Map<string, Restriction>>;
}

/** Sources of the overview's numbers. */
export interface StatsPorts {
  connections(): number;
  users(): Promise<number>;
  /** Number of due jobs, counted up to `most`. */
  jobsDue(most: number): Promise<number>;
  series(range: SeriesRange): Promise<Series>;
}
