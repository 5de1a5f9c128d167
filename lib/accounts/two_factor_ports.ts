import type { AuditEntry } from "../platform/mod.ts";
import type { Refusal, Role } from "../protocol/mod.ts";

/** Times in milliseconds since 1970. */
export interface TotpRecord {
  /** Base 32. */
  readonly secret: string;
  readonly enabledAt: number;
  /** Time step of the last code that was taken: no code of it or before it is taken again. */
  readonly lastStep: number;
}

export interface PasskeyRecord {
  /** The credential's id, base64url. */
  readonly id: string;
  /** COSE. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Of the authenticator's last signature; stays 0 for those that do not count. */
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
  /** Begun and not confirmed by a code. */
  readonly pending: { readonly secret: string; readonly createdAt: number } | null;
  /** SHA-256 of the unused recovery codes. */
  readonly recovery: readonly string[];
  readonly passkeys: readonly PasskeyRecord[];
}

/** What a browser was asked to sign, once. */
export interface ChallengeRecord {
  readonly purpose: "add" | "login";
  /** Whose session asked to add a passkey; null with a login, which names nobody. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly rpId: string;
  readonly origin: string;
  readonly expiresAt: number;
}

export interface TwoFactorStore {
  /** An empty record for who has none. */
  of(userId: string): Promise<TwoFactorRecord>;
  /**
   * Reads, lets `decide` choose and writes, with the audit entry where there is one; `decide` runs again when another writer was
   * faster. `conflict` when a passkey that was added is somebody's already, `not_found` when the account is gone.
   */
  change(
    userId: string,
    decide: (
      record: TwoFactorRecord,
    ) => Promise<{ record: TwoFactorRecord; auditEntry?: AuditEntry } | Refusal>,
  ): Promise<TwoFactorRecord | Refusal>;
  /** Whose passkey it is. */
  ownerOf(credentialId: string): Promise<string | null>;
  /** Roles that must have a second factor. */
  policy(): Promise<ReadonlySet<Role>>;
  setPolicy(roles: readonly Role[], auditEntry: AuditEntry): Promise<void>;
  addChallenge(hash: string, challenge: ChallengeRecord): Promise<void>;
  /** The challenge, for one caller only: it is gone afterwards. */
  takeChallenge(hash: string): Promise<ChallengeRecord | null>;
}

export const noFactors: TwoFactorRecord = { totp: null, pending: null, recovery: [], passkeys: [] };

/** Recovery codes stand in for a lost factor; alone they are none. */
export function hasFactor({ totp, passkeys }: TwoFactorRecord): boolean {
  return totp !== null || passkeys.length > 0;
}
