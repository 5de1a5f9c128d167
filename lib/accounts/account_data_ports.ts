import type { AuditEntry, Caller } from "../platform/mod.ts";
import type { UserRecord } from "./ports.ts";

/** One file of the archive of AU-9: its path and its content, as one string or as a stream. */
export interface ExportEntry {
  readonly path: string;
  readonly modifiedMs: number;
  readonly content: string | AsyncIterable<Uint8Array<ArrayBuffer>> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A room's part of the archive: its data about a person, without secrets and without other people's data. */
export interface ExportPart {
  entries(caller: Caller): AsyncIterable<ExportEntry>;
}

/** A removal in progress, run by `AccountData.run`. */
export interface AccountJob {
  kind: "account_removal";
  userId: string;
}

/** Writes of an account's removal. Each can be repeated. */
export interface RemovalStore {
  /**
   * First commit: the account is gone for everyone, and a job removes its data. `last_admin`: nobody could administer the
   * server. `changed`: the account changed since it was read.
   */
  begin(user: UserRecord, atMs: number, auditEntry: AuditEntry): Promise<"begun" | "last_admin" | "changed">;
  /** Returns the account during its removal. No other method finds it. */
  removing(userId: string): Promise<UserRecord | null>;
  /** Whether the account is under legal hold (SC-5). */
  held(userId: string): Promise<boolean>;
  /**
   * Deletes some of the records that belong to this person alone; true when there may be more. With `keepHeld` it leaves the
   * account, profile and sanctions.
   */
  sweep(userId: string, keepHeld: boolean): Promise<boolean>;
  /** Last commit. False when a legal hold was set in the meantime. */
  finish(userId: string): Promise<boolean>;
  addJob(job: AccountJob, dueMs: number): Promise<void>;
}

/**
 * Removes another room's data about a person. Each call does a bounded part and says whether more may be left. Every call may
 * be repeated.
 */
export interface RemovalPart {
  remove(caller: Caller, held: boolean): Promise<{ more: boolean }>;
}
