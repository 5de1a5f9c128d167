import {
  type ChallengeRecord,
  hasFactor,
  noFactors,
  type TwoFactorRecord,
  type TwoFactorStore,
  type UserRecord,
} from "../../accounts/mod.ts";
import type { AuditEntry, Clock } from "../../platform/mod.ts";
import { limits, Refusal, type Role } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import type { Write } from "./committer.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Size of a record with the maximum number of passkeys: public keys have up to about 600 bytes each, ids the same. */
const recordBytes = 64 * 1024;

/** Second factors, the policy about them, and challenges, in Deno KV. */
export class KvTwoFactor implements TwoFactorStore {
  readonly #store: Store;
  readonly #audit: KvAudit;
  readonly #clock: Clock;
  /** Kept in memory when this process is the only writer: every request asks for it. */
  #policy: Promise<ReadonlySet<Role>> | undefined;

  constructor(store: Store, audit: KvAudit, clock: Clock) {
    this.#store = store;
    this.#audit = audit;
    this.#clock = clock;
  }

  async of(userId: string): Promise<TwoFactorRecord> {
    return (await this.#store.kv.get<TwoFactorRecord>(keys.twoFactor(userId))).value ?? noFactors;
  }

  async change(
    userId: string,
    decide: (
      record: TwoFactorRecord,
    ) => Promise<{ record: TwoFactorRecord; auditEntry?: AuditEntry } | Refusal>,
  ): Promise<TwoFactorRecord | Refusal> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [entry, user] = await this.#store.kv.getMany<[TwoFactorRecord, UserRecord]>([
        keys.twoFactor(userId),
        keys.user(userId),
      ]);
      if (user.value === null || user.value.removedAt !== undefined) {
        return new Refusal("not_found", "account.deleted");
      }
      const before = entry.value ?? noFactors;
      const decision = await decide(before);
      if (decision instanceof Refusal) return decision;
      const { record, auditEntry } = decision;
      const added = record.passkeys.filter(({ id }) => !before.passkeys.some((one) => one.id === id));
      const gone = before.passkeys.filter(({ id }) => !record.passkeys.some((one) => one.id === id));
      for (const { id } of added) {
        const owner = await this.ownerOf(id);
        if (owner !== null) return new Refusal("conflict", "passkey.known");
      }
      const write: Write = {
        // Checks the account too: an account during its removal gets no new factor.
        checks: [entry, user, ...added.map(({ id }) => ({ key: keys.passkey(id), versionstamp: null }))],
        sets: added.map(({ id }) => ({ key: keys.passkey(id), value: userId })),
        deletes: gone.map(({ id }) => keys.passkey(id)),
        valueBytes: recordBytes,
      };
      if (hasFactor(record) || record.pending !== null) write.sets!.push({ key: entry.key, value: record });
      else write.deletes!.push(entry.key);
      const committed = auditEntry === undefined
        ? await this.#store.committer.commit(write)
        : await this.#audit.commit(write, auditEntry);
      if (committed.ok) return record;
    }
    return new Refusal("conflict", "factor.changed");
  }

  async ownerOf(credentialId: string): Promise<string | null> {
    return (await this.#store.kv.get<string>(keys.passkey(credentialId))).value;
  }

  policy(): Promise<ReadonlySet<Role>> {
    if (this.#policy !== undefined) return this.#policy;
    const reading = this.#readPolicy();
    if (!this.#store.exclusive) return reading;
    this.#policy = reading;
    reading.catch(() => this.#policy === reading && (this.#policy = undefined));
    return reading;
  }

  async setPolicy(roles: readonly Role[], auditEntry: AuditEntry): Promise<void> {
    const key = keys.twoFactorPolicy();
    await this.#audit.commit({ sets: [{ key, value: [...roles] }] }, auditEntry);
    this.#policy = undefined;
  }

  async addChallenge(hash: string, challenge: ChallengeRecord): Promise<void> {
    const expireIn = Math.max(1, challenge.expiresAt - this.#clock.now());
    await this.#store.committer.commit({ sets: [{ key: keys.challenge(hash), value: challenge, expireIn }] });
  }

  async takeChallenge(hash: string): Promise<ChallengeRecord | null> {
    const entry = await this.#store.kv.get<ChallengeRecord>(keys.challenge(hash));
    if (entry.value === null) return null;
    const { ok } = await this.#store.committer.commit({ checks: [entry], deletes: [entry.key] });
    // The store expires records up to a minute late.
    return ok && this.#clock.now() < entry.value.expiresAt ? entry.value : null;
  }

  async #readPolicy(): Promise<ReadonlySet<Role>> {
    return new Set((await this.#store.kv.get<Role[]>(keys.twoFactorPolicy())).value ?? []);
  }
}
