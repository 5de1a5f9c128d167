import type { AuditEntry, OwedNotice } from "../platform/mod.ts";
import type { NewNotice } from "../protocol/mod.ts";
import type { UserRecord } from "./ports.ts";

/** A one-time link for a person who lost their password (AU-12). Times in milliseconds since 1970. */
export interface LoginLinkRecord {
  /** Hash of its secret. */
  readonly hash: string;
  /** Username of the administrator who made it. */
  readonly by: string;
  readonly expiresAt: number;
  /** The person's `passwordChangedAt` when it was made: a new password ends it. */
  readonly passwordChangedAt: number | null;
}

export interface LoginLinkStore {
  /** One for each person: a new one takes the place of the last. False when the account is gone. `owed`: what tells the person. */
  set(
    userId: string,
    link: LoginLinkRecord,
    auditEntry: AuditEntry,
    owed: OwedNotice<NewNotice>,
  ): Promise<boolean>;
  /** Null when it is over. */
  get(userId: string): Promise<LoginLinkRecord | null>;
  /**
   * Spends the link and sets the password in one commit with the audit entry. Null when the link is no longer the one with this
   * hash, or the account has changed its password since.
   */
  use(
    userId: string,
    hash: string,
    password: { to: string; changedAt: number },
    auditEntry: AuditEntry,
    owed: OwedNotice<NewNotice>,
  ): Promise<UserRecord | null>;
}
