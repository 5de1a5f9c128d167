import type { AuditEntry, Caller } from "../platform/mod.ts";
import type { UserRecord } from "./ports.ts";

/** One file of the archive of AU-9: its path in there, and what is in it, all at once or as it comes. */
export interface ExportEntry {
  readonly path: string;
  readonly modifiedMs: number;
  readonly content: string | AsyncIterable<Uint8Array<ArrayBuffer>> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A room's part of the archive: what it holds on a person, and nothing that is secret or somebody else's. */
export interface ExportPart {
  entries(caller: Caller): AsyncIterable<ExportEntry>;
}

/** A removal that is under way; compose hands it to `AccountData.run`. */
export interface AccountJob {
  kind: "account_removal";
  userId: string;
}

/** What the end of an account asks of the store. Every step may be repeated. */
export interface RemovalStore {
  /**
   * The first commit: from here on the account is gone to everybody, and a job removes what it left. `last_admin`: nobody
   * could administer this server. `changed`: it is not as it was read.
   */
  begin(user: UserRecord, atMs: number, auditEntry: AuditEntry): Promise<"begun" | "last_admin" | "changed">;
  /** The account while it is being removed, which nobody else finds. */
  removing(userId: string): Promise<UserRecord | null>;
  /** Whether a legal hold keeps the account (SC-5). */
  held(userId: string): Promise<boolean>;
  /**
   * Deletes some of the records that are the person's alone; true when there may be more. What a hold keeps (`keepHeld`), its
   * account, profile and sanctions, is left.
   */
  sweep(userId: string, keepHeld: boolean): Promise<boolean>;
  /** The last commit. False when a hold came meanwhile. */
  finish(userId: string): Promise<boolean>;
  addJob(job: AccountJob, dueMs: number): Promise<void>;
}

/**
 * What other rooms hold on a person, and how they let go of it; each call does a bounded part and says whether more may be
 * left. Every call may be repeated.
 */
export interface RemovalPart {
  remove(caller: Caller, held: boolean): Promise<{ more: boolean }>;
}
