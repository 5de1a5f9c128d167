import type { LoginLinkRecord, LoginLinkStore, UserRecord } from "../../accounts/mod.ts";
import type { AuditEntry, Clock, OwedNotice } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import type { KvAccounts } from "./accounts_store.ts";
import type { KvAudit } from "./audit_log.ts";
import { keys } from "./keys.ts";
import type { KvEntry } from "./port.ts";
import { owedSet } from "./notices_store.ts";
import type { Store } from "./store.ts";

/** One-time links of people who lost their password (AU-12), in Deno KV. */
export class KvLoginLinks implements LoginLinkStore {
  readonly #store: Store;
  readonly #accounts: Pick<KvAccounts, "forget">;
  readonly #audit: Pick<KvAudit, "commit">;
  readonly #clock: Clock;

  /** `accounts` keeps records in memory; this class tells it of each record that it writes. */
  constructor(
    store: Store,
    accounts: Pick<KvAccounts, "forget">,
    audit: Pick<KvAudit, "commit">,
    clock: Clock,
  ) {
    this.#store = store;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#clock = clock;
  }

  async set(
    userId: string,
    link: LoginLinkRecord,
    auditEntry: AuditEntry,
    owed: OwedNotice<unknown>,
  ): Promise<boolean> {
    const user = await this.#user(userId);
    if (user === null) return false;
    const expireIn = Math.max(1, link.expiresAt - this.#clock.now());
    const set = { key: keys.loginLink(userId), value: link, expireIn };
    return (await this.#audit.commit({ checks: [user], sets: [set, owedSet(owed)] }, auditEntry)).ok;
  }

  async get(userId: string): Promise<LoginLinkRecord | null> {
    return this.#unlessOver((await this.#store.kv.get<LoginLinkRecord>(keys.loginLink(userId))).value);
  }

  async use(
    userId: string,
    hash: string,
    { to, changedAt }: { to: string; changedAt: number },
    auditEntry: AuditEntry,
    owed: OwedNotice<unknown>,
  ): Promise<UserRecord | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<LoginLinkRecord>(keys.loginLink(userId));
      const user = await this.#user(userId);
      const link = this.#unlessOver(entry.value);
      if (user === null || link === null || link.hash !== hash) return null;
      if ((user.value.passwordChangedAt ?? null) !== link.passwordChangedAt) return null;
      const changed: UserRecord = { ...user.value, passwordHash: to, passwordChangedAt: changedAt };
      const { ok } = await this.#audit.commit({
        checks: [entry, user],
        sets: [{ key: user.key, value: changed }, owedSet(owed)],
        deletes: [entry.key],
      }, auditEntry);
      this.#accounts.forget(userId);
      if (ok) return changed;
    }
    return null;
  }

  async #user(userId: string): Promise<KvEntry<UserRecord> | null> {
    const entry = await this.#store.kv.get<UserRecord>(keys.user(userId));
    return entry.value === null || entry.value.removedAt !== undefined ? null : entry;
  }

  #unlessOver(link: LoginLinkRecord | null): LoginLinkRecord | null {
    return link !== null && link.expiresAt > this.#clock.now() ? link : null;
  }
}
