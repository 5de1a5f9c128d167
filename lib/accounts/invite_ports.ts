import type { AuditEntry } from "../platform/mod.ts";
import type { UserRecord } from "./ports.ts";

/** An invitation to make accounts. Times in milliseconds since 1970. */
export interface InviteRecord {
  readonly id: string;
  /** Hash of its code. */
  readonly hash: string;
  readonly userId: string;
  /** Accounts that it is for, and those that were made with it. */
  readonly uses: number;
  readonly used: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Never returns invitations that expired. */
export interface InvitesStore {
  add(invite: InviteRecord, auditEntry: AuditEntry): Promise<void>;
  /** By the hash of its code. */
  find(hash: string): Promise<InviteRecord | null>;
  get(inviteId: string): Promise<InviteRecord | null>;
  /** A person's invitations, newest first, at most `limit`. */
  of(userId: string, limit: number): Promise<InviteRecord[]>;
  /** Everybody's, newest first, at most `limit`. */
  all(limit: number): Promise<InviteRecord[]>;
  /**
   * Makes the account and counts the use in one commit. `taken`: the username exists. `over`: the invitation is used up, expired
   * or revoked.
   */
  redeem(inviteId: string, user: UserRecord, auditEntry: AuditEntry): Promise<"made" | "taken" | "over">;
  /** False when it was gone already. */
  revoke(inviteId: string, auditEntry: AuditEntry): Promise<boolean>;
  /** Deletes a person's invitations, because their account ends. */
  removeOf(userId: string): Promise<void>;
  /** Whether members may invite. */
  membersInvite(): Promise<boolean>;
  setMembersInvite(may: boolean, auditEntry: AuditEntry): Promise<void>;
}
