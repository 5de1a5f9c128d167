import type { InviteRecord, InvitesStore, UserRecord } from "../../accounts/mod.ts";
import type { AuditEntry, Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { type KvAccounts, userSets } from "./accounts_store.ts";
import type { KvAudit } from "./audit_log.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import type { Store } from "./store.ts";

/** Invitations in Deno KV: a record by id, found by the hash of its code and by the person who made it. */
export class KvInvites implements InvitesStore {
  readonly #store: Store;
  readonly #accounts: KvAccounts;
  readonly #audit: KvAudit;
  readonly #clock: Clock;

  /** `accounts` keeps names in memory; this class tells it of each account that it writes. */
  constructor(store: Store, accounts: KvAccounts, audit: KvAudit, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#clock = clock;
  }

  async add(invite: InviteRecord, auditEntry: AuditEntry): Promise<void> {
    const expireIn = this.#untilOf(invite);
    const { ok } = await this.#audit.commit({
      sets: [
        { key: keys.invite(invite.id), value: invite, expireIn },
        { key: keys.inviteCode(invite.hash), value: invite.id, expireIn },
        { key: keys.inviteOf(invite.userId, invite.id), value: true, expireIn },
      ],
    }, auditEntry);
    if (!ok) throw new Error("An invitation could not be written.");
  }

  async find(hash: string): Promise<InviteRecord | null> {
    const { value } = await this.#store.kv.get<string>(keys.inviteCode(hash));
    return value === null ? null : await this.get(value);
  }

  async get(inviteId: string): Promise<InviteRecord | null> {
    return this.#unlessOver((await this.#store.kv.get<InviteRecord>(keys.invite(inviteId))).value);
  }

  async of(userId: string, limit: number): Promise<InviteRecord[]> {
    const ids: string[] = [];
    const newestFirst = { reverse: true, limit };
    for await (const { key } of this.#store.kv.list({ prefix: keys.invitesOf(userId) }, newestFirst)) {
      ids.push(String(key.at(-1)));
    }
    const records = await getValues<InviteRecord>(this.#store.kv, ids.map(keys.invite));
    return records.filter((record): record is InviteRecord => this.#unlessOver(record) !== null);
  }

  async all(limit: number): Promise<InviteRecord[]> {
    const records: InviteRecord[] = [];
    const newestFirst = { reverse: true, limit };
    for await (
      const { value } of this.#store.kv.list<InviteRecord>({ prefix: keys.invites() }, newestFirst)
    ) {
      if (this.#unlessOver(value) !== null) records.push(value);
    }
    return records;
  }

  async redeem(
    inviteId: string,
    user: UserRecord,
    auditEntry: AuditEntry,
  ): Promise<"made" | "taken" | "over"> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [invite, name] = await this.#store.kv.getMany<[InviteRecord, string]>([
        keys.invite(inviteId),
        keys.username(user.username),
      ]);
      const record = this.#unlessOver(invite.value);
      if (record === null || record.used >= record.uses) return "over";
      if (name.value !== null) return "taken";
      const used = { ...record, used: record.used + 1 };
      const { ok } = await this.#audit.commit({
        checks: [invite, name],
        sets: [...userSets(user), { key: invite.key, value: used, expireIn: this.#untilOf(record) }],
      }, auditEntry);
      this.#accounts.forgetName(user.username);
      if (ok) return "made";
    }
    throw new Error("An invitation could not be used: too many writers at once.");
  }

  async revoke(inviteId: string, auditEntry: AuditEntry): Promise<boolean> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<InviteRecord>(keys.invite(inviteId));
      if (entry.value === null) return false;
      const { ok } = await this.#audit.commit({ checks: [entry], deletes: keysOf(entry.value) }, auditEntry);
      if (ok) return true;
    }
    throw new Error("An invitation could not be revoked: too many writers at once.");
  }

  async removeOf(userId: string): Promise<void> {
    while (true) {
      const ids: string[] = [];
      const some = this.#store.kv.list({ prefix: keys.invitesOf(userId) }, { limit: atOnce });
      for await (const { key } of some) ids.push(String(key.at(-1)));
      if (ids.length === 0) return;
      const records = await getValues<InviteRecord>(this.#store.kv, ids.map(keys.invite));
      const places = records.flatMap((record) => record === null ? [] : keysOf(record));
      const deletes = [...places, ...ids.map((id) => keys.inviteOf(userId, id))];
      await this.#store.committer.commit({ deletes });
    }
  }

  async membersInvite(): Promise<boolean> {
    return (await this.#store.kv.get<boolean>(keys.membersInvite())).value === true;
  }

  async setMembersInvite(may: boolean, auditEntry: AuditEntry): Promise<void> {
    await this.#audit.commit({ sets: [{ key: keys.membersInvite(), value: may }] }, auditEntry);
  }

  /** The store expires records up to a minute late, so every read checks the clock too. */
  #unlessOver(record: InviteRecord | null): InviteRecord | null {
    return record !== null && this.#clock.now() < record.expiresAt ? record : null;
  }

  #untilOf({ expiresAt }: InviteRecord): number {
    return Math.max(1, expiresAt - this.#clock.now());
  }
}

/** Invitations that one commit deletes. */
const atOnce = 100;

function keysOf({ id, hash, userId }: InviteRecord): KvKey[] {
  return [keys.invite(id), keys.inviteCode(hash), keys.inviteOf(userId, id)];
}
