import type {
  AccountsStore,
  NewPassword,
  SessionRecord,
  TicketRecord,
  UserRecord,
} from "../../accounts/mod.ts";
import { type AuditEntry, type Clock, silentLog } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { KvAudit } from "./audit_log.ts";
import type { Committed, Write } from "./committer.ts";
import { getValues } from "./get_many.ts";
import { KeptReads } from "./kept_reads.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import { Remembered } from "./remembered.ts";
import type { Store } from "./store.ts";

/** Accounts, sessions, tickets and setup in Deno KV. Keeps accounts in memory when this process is the store's only writer. */
export class KvAccounts implements AccountsStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #audit: KvAudit;
  readonly #byId: Remembered<UserRecord>;
  readonly #idByName: Remembered<string>;
  readonly #sessions: KeptReads<SessionRecord | null>;

  constructor(store: Store, clock: Clock, audit: KvAudit = new KvAudit(store, clock, silentLog)) {
    const most = store.exclusive ? limits.peopleCached : 0;
    this.#store = store;
    this.#clock = clock;
    this.#audit = audit;
    this.#byId = new Remembered(most);
    this.#idByName = new Remembered(most);
    this.#sessions = new KeptReads(store, keys.session("")[0]!, most);
  }

  async addUser(user: UserRecord): Promise<boolean> {
    const { ok } = await this.#store.committer.commit({
      checks: [{ key: keys.username(user.username), versionstamp: null }],
      sets: userSets(user),
    });
    this.#idByName.forget(user.username);
    return ok;
  }

  async user(userId: string): Promise<UserRecord | null> {
    return this.#byId.get(userId) ?? (await this.users([userId])).get(userId) ?? null;
  }

  /** Another part of this process wrote the account's record. */
  forget(userId: string): void {
    this.#byId.forget(userId);
  }

  /** Another part of this process made an account with this name. */
  forgetName(username: string): void {
    this.#idByName.forget(username);
  }

  async userNamed(username: string): Promise<UserRecord | null> {
    return (await this.usersNamed([username])).get(username) ?? null;
  }

  async users(userIds: readonly string[]): Promise<Map<string, UserRecord>> {
    const found = new Map<string, UserRecord>();
    const missing: string[] = [];
    for (const id of userIds) {
      const user = this.#byId.get(id);
      if (user === undefined) missing.push(id);
      else found.set(id, user);
    }
    if (missing.length === 0) return found;
    const moment = this.#byId.moment;
    const values = await getValues<UserRecord>(this.#store.kv, missing.map(keys.user));
    for (const user of values) {
      if (user === null || user.removedAt !== undefined) continue;
      found.set(user.id, user);
      this.#byId.keep(user.id, user, moment);
    }
    return found;
  }

  async usersNamed(usernames: readonly string[]): Promise<Map<string, UserRecord>> {
    const ids = await this.#idsNamed(usernames);
    const users = await this.users([...ids.values()]);
    const found = new Map<string, UserRecord>();
    for (const [name, id] of ids) {
      const user = users.get(id);
      if (user !== undefined) found.set(name, user);
    }
    return found;
  }

  async #idsNamed(usernames: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const missing: string[] = [];
    for (const name of usernames) {
      const id = this.#idByName.get(name);
      if (id === undefined) missing.push(name);
      else found.set(name, id);
    }
    if (missing.length === 0) return found;
    const moment = this.#idByName.moment;
    const values = await getValues<string>(this.#store.kv, missing.map(keys.username));
    for (const [at, name] of missing.entries()) {
      const id = values[at];
      if (id === null || id === undefined) continue;
      found.set(name, id);
      this.#idByName.keep(name, id, moment);
    }
    return found;
  }

  async replaceHash(userId: string, from: string, to: string): Promise<boolean> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<UserRecord>(keys.user(userId));
      if (entry.value === null || entry.value.passwordHash !== from) return false;
      const { ok } = await this.#store.committer.commit({
        checks: [entry],
        sets: [{ key: keys.user(userId), value: { ...entry.value, passwordHash: to } }],
      });
      this.#byId.forget(userId);
      if (ok) return true;
    }
    return false;
  }

  async addSession(session: SessionRecord, passwordHash: string, auditEntry?: AuditEntry): Promise<boolean> {
    const expireIn = this.#untilOf(session);
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const user = await this.#store.kv.get<UserRecord>(keys.user(session.userId));
      if (user.value === null || user.value.passwordHash !== passwordHash) return false;
      const { ok } = await this.#commit({
        checks: [user],
        sets: [
          { key: keys.session(session.id), value: session, expireIn },
          { key: keys.sessionOf(session.userId, session.id), value: true, expireIn },
        ],
      }, auditEntry);
      if (ok) return true;
    }
    return false;
  }

  async session(sessionId: string): Promise<SessionRecord | null> {
    const record = await this.#sessions.get(sessionId, async () => {
      return (await this.#store.kv.get<SessionRecord>(keys.session(sessionId))).value;
    });
    return this.#unlessOver(record);
  }

  async sessionsOf(userId: string): Promise<SessionRecord[]> {
    const sessionIds: string[] = [];
    // Ids sort by time; the limit leaves room for expired sessions that are not swept yet.
    const newestFirst = { reverse: true, limit: 2 * limits.sessionsPerPerson };
    for await (const { key } of this.#store.kv.list({ prefix: keys.sessionsOf(userId) }, newestFirst)) {
      sessionIds.push(String(key.at(-1)));
    }
    const sessions = await getValues<SessionRecord>(this.#store.kv, sessionIds.map(keys.session));
    return sessions.filter((session) => this.#unlessOver(session) !== null) as SessionRecord[];
  }

  async sessionSeen(sessionId: string, at: number): Promise<void> {
    const entry = await this.#store.kv.get<SessionRecord>(keys.session(sessionId));
    if (entry.value === null || entry.value.lastSeenAt >= at) return;
    // The check keeps a revoked session from returning. A lost race costs an outdated time in a list.
    await this.#store.committer.commit({
      checks: [entry],
      sets: [{
        key: keys.session(sessionId),
        value: { ...entry.value, lastSeenAt: at },
        expireIn: this.#untilOf(entry.value),
      }],
    });
  }

  async changeSession(
    sessionId: string,
    decide: (session: SessionRecord) => Promise<SessionRecord | null> | SessionRecord | null,
  ): Promise<SessionRecord | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<SessionRecord>(keys.session(sessionId));
      const session = this.#unlessOver(entry.value);
      const changed = session === null ? null : await decide(session);
      if (changed === null) return null;
      const expireIn = this.#untilOf(changed);
      const { ok } = await this.#store.committer.commit({
        checks: [entry],
        sets: [
          { key: keys.session(sessionId), value: changed, expireIn },
          { key: keys.sessionOf(changed.userId, sessionId), value: true, expireIn },
        ],
      });
      if (ok) return changed;
    }
    throw new Error("A session could not be written: others were faster each time.");
  }

  async endSessions(userId: string, sessionIds: readonly string[]): Promise<void> {
    await this.#store.committer.commit({ deletes: sessionKeys(userId, sessionIds) });
  }

  async replaceSession(
    sessionId: string,
    others: readonly string[],
    decide: (session: SessionRecord) => SessionRecord,
    password?: NewPassword,
  ): Promise<SessionRecord | "over" | "changed"> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<SessionRecord>(keys.session(sessionId));
      const session = this.#unlessOver(entry.value);
      if (session === null) return "over";
      const { userId } = session;
      const user = await this.#store.kv.get<UserRecord>(keys.user(userId));
      if (user.value === null || user.value.removedAt !== undefined) return "over";
      if (password !== undefined && user.value.passwordHash !== password.from) return "changed";
      const made = decide(session);
      const expireIn = this.#untilOf(made);
      const replaced = { expiresAt: this.#clock.now() + limits.renewSettleMs };
      const { ok } = await this.#store.committer.commit({
        checks: [entry, user],
        sets: [
          { key: keys.session(made.id), value: made, expireIn },
          { key: keys.sessionOf(userId, made.id), value: true, expireIn },
          { key: keys.sessionReplaced(sessionId), value: replaced, expireIn: this.#untilOf(replaced) },
          ...password === undefined ? [] : [{
            key: keys.user(userId),
            value: { ...user.value, passwordHash: password.to, passwordChangedAt: password.changedAt },
          }],
        ],
        deletes: sessionKeys(userId, [sessionId, ...others]),
      });
      this.#byId.forget(userId);
      if (ok) return made;
    }
    throw new Error("A session could not be replaced: others were faster each time.");
  }

  async wasReplaced(sessionId: string): Promise<boolean> {
    const { value } = await this.#store.kv.get<{ expiresAt: number }>(keys.sessionReplaced(sessionId));
    return this.#unlessOver(value) !== null;
  }

  async addTicket(hash: string, ticket: TicketRecord): Promise<void> {
    await this.#store.committer.commit({
      sets: [{ key: keys.ticket(hash), value: ticket, expireIn: this.#untilOf(ticket) }],
    });
  }

  async takeTicket(hash: string): Promise<TicketRecord | null> {
    const entry = await this.#store.kv.get<TicketRecord>(keys.ticket(hash));
    if (entry.value === null) return null;
    const { ok } = await this.#store.committer.commit({ checks: [entry], deletes: [keys.ticket(hash)] });
    return ok ? this.#unlessOver(entry.value) : null;
  }

  async adminMade(): Promise<boolean> {
    return (await this.#store.kv.get(keys.adminMade())).value !== null;
  }

  async addFirstAdmin(
    user: UserRecord,
    setupHash: string | null,
    auditEntry?: AuditEntry,
  ): Promise<"made" | "taken" | "over"> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [admin, setup, name] = await this.#store.kv.getMany<[true, string, string]>([
        keys.adminMade(),
        keys.setup(),
        keys.username(user.username),
      ]);
      if (admin.value !== null || (setupHash !== null && setup.value !== setupHash)) return "over";
      if (name.value !== null) return "taken";
      const { ok } = await this.#commit({
        checks: [admin, setup, name],
        sets: [
          ...userSets(user),
          { key: keys.adminMade(), value: true },
          { key: keys.admins(), value: [user.id] },
        ],
        deletes: [keys.setup()],
      }, auditEntry);
      this.#idByName.forget(user.username);
      if (ok) return "made";
    }
    return "over";
  }

  async setSetupHash(hash: string): Promise<void> {
    await this.#store.committer.commit({ sets: [{ key: keys.setup(), value: hash }] });
  }

  async setupHash(): Promise<string | null> {
    return (await this.#store.kv.get<string>(keys.setup())).value;
  }

  async demoPassword(): Promise<string | null> {
    return (await this.#store.kv.get<string>(keys.demoPassword())).value;
  }

  async setDemoPassword(password: string | null): Promise<void> {
    const key = keys.demoPassword();
    await this.#store.committer.commit(
      password === null ? { deletes: [key] } : { sets: [{ key, value: password }] },
    );
  }

  /** With an entry: in the same commit (MO-3). */
  #commit(write: Write, auditEntry: AuditEntry | undefined): Promise<Committed> {
    return auditEntry === undefined
      ? this.#store.committer.commit(write)
      : this.#audit.commit(write, auditEntry);
  }

  /** The store expires records up to a minute late, so every read checks the clock too. */
  #unlessOver<R extends { expiresAt: number }>(record: R | null): R | null {
    return record !== null && this.#clock.now() < record.expiresAt ? record : null;
  }

  #untilOf(record: { expiresAt: number }): number {
    return Math.max(1, record.expiresAt - this.#clock.now());
  }
}

/** What makes an account. */
export function userSets(user: UserRecord): { key: KvKey; value: unknown }[] {
  return [{ key: keys.user(user.id), value: user }, { key: keys.username(user.username), value: user.id }];
}

/** What the end of sessions deletes. */
export function sessionKeys(userId: string, sessionIds: readonly string[]): KvKey[] {
  return sessionIds.flatMap((id) => [keys.session(id), keys.sessionOf(userId, id)]);
}
