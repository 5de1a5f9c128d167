import type { AuditEntry } from "../platform/mod.ts";
import type { Refusal, Role } from "../protocol/mod.ts";

/** Times in milliseconds since 1970. */
export interface TotpRecord {
  /** Base 32. */
  readonly secret: string;
  readonly enabledAt: number;
  /** Time step of the last accepted code. Later codes must have a later step. */
  readonly lastStep: number;
}

export interface PasskeyRecord {
  /** The credential's id, base64url. */
  readonly id: string;
  /** COSE. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Counter of the authenticator's last signature; stays 0 for authenticators without one. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly backedUp: boolean;
}

/** A person's second factors. */
export interface TwoFactorRecord {
  readonly totp: TotpRecord | null;
  /** A secret that no code has confirmed yet. */
  readonly pending: { readonly secret: string; readonly createdAt: number } | null;
  /** SHA-256 hashes of the unused recovery codes. */
  readonly recovery: readonly string[];
  readonly passkeys: readonly PasskeyRecord[];
}

/** A challenge for a browser to sign, valid once. */
export interface ChallengeRecord {
  readonly purpose: "add" | "login" | "prove";
  /** The person who adds a passkey or shows who they are; null for a login, which names nobody. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly rpId: string;
  readonly origin: string;
  readonly expiresAt: number;
}

export interface TwoFactorStore {
  /** Returns an empty record for a person without second factors. */
  of(userId: string): Promise<TwoFactorRecord>;
  /**
   * Reads, calls `decide` and writes, with the audit entry if there is one; calls `decide` again when another writer was
   * faster. `conflict` when an added passkey belongs to an account already, `not_found` when the account is gone.
   */
  change(
    userId: string,
    decide: (
      record: TwoFactorRecord,
    ) => Promise<{ record: TwoFactorRecord; auditEntry?: AuditEntry } | Refusal>,
  ): Promise<TwoFactorRecord | Refusal>;
  /** Returns the owner of a passkey. */
  ownerOf(credentialId: string): Promise<string | null>;
  /** Returns the roles that require a second factor. */
  policy(): Promise<ReadonlySet<Role>>;
  setPolicy(roles: readonly Role[], auditEntry: AuditEntry): Promise<void>;
  addChallenge(hash: string, challenge: ChallengeRecord): Promise<void>;
  /** Returns the challenge and deletes it: only one caller gets it. */
  takeChallenge(hash: string): Promise<ChallengeRecord | null>;
}

export const noFactors: TwoFactorRecord = { totp: null, pending: null, recovery: [], passkeys: [] };

/** Recovery codes replace a lost factor; alone they are none. */
export function hasFactor({ totp, passkeys }: TwoFactorRecord): boolean {
  return totp !== null || passkeys.length > 0;
}
