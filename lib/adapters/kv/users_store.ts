import type { UserRecord } from "../../accounts/mod.ts";
import type {
  AccountChange,
  AccountRecord,
  MutesStore,
  OwnSanctionsStore,
  Restriction,
  SanctionInForce,
  SanctionRecord,
  UsersStore,
} from "../../moderation/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { fold, limits, Refusal } from "../../protocol/mod.ts";
import type { KvAccounts } from "./accounts_store.ts";
import type { KvAudit } from "./audit_log.ts";
import type { Write } from "./committer.ts";
import { getEntries, getValues } from "./get_many.ts";
import { caseWrites } from "./cases_writes.ts";
import { keys } from "./keys.ts";
import { owedSet } from "./notices_store.ts";
import { joined } from "./incidents_suspensions.ts";
import type { KvCheck, KvEntryMaybe, KvKey } from "./port.ts";
import { sanctionsInForce, sanctionsOf } from "./sanctions_in_force.ts";
import type { Store } from "./store.ts";

/** Changes of accounts by administrators and moderators, in Deno KV. */
export class KvUsers implements UsersStore, MutesStore, OwnSanctionsStore {
  readonly #store: Store;
  readonly #accounts: KvAccounts;
  readonly #audit: KvAudit;
  readonly #clock: Clock;

  /** `accounts` keeps records in memory; this class tells it of each record that it writes. */
  constructor(store: Store, accounts: KvAccounts, audit: KvAudit, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#clock = clock;
  }

  async named(username: string): Promise<AccountRecord | null> {
    const user = await this.#accounts.userNamed(username);
    return user === null ? null : accountOf(user);
  }

  async search(
    { q, after, limit }: { q: string; after: string | null; limit: number },
  ): Promise<{ accounts: AccountRecord[]; next: string | null }> {
    // Usernames begin only with these characters, and other text sorts differently in the store.
    const prefix = /^[a-z0-9_-]*$/.test(q) ? q : null;
    const found: AccountRecord[] = [];
    let last = after;
    if (prefix !== null && (after === null || after.startsWith(prefix))) {
      // One more than requested: it shows whether there is a next page.
      const ids = await this.#idsFrom(nextKey(after) ?? prefix, behind(prefix), limit + 1);
      found.push(...await this.#read(ids.slice(0, limit)));
      if (ids.length > limit) return { accounts: found, next: found.at(-1)?.username ?? null };
      if (prefix === "") return { accounts: found, next: null };
      last = null;
    }
    const ids = await this.#idsBeside(prefix, nextKey(last) ?? "");
    for (const account of await this.#read(ids)) {
      if (found.length === limit) return { accounts: found, next: last ?? found.at(-1)!.username };
      last = account.username;
      if (fold(account.displayName).includes(q)) found.push(account);
    }
    return { accounts: found, next: ids.length === limits.usersSearched ? last : null };
  }

  async change(
    userId: string,
    decide: (
      account: AccountRecord,
      otherAdmins: () => Promise<AccountRecord[]>,
    ) => Promise<AccountChange | Refusal | null>,
  ): Promise<AccountRecord | Refusal | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<UserRecord>(keys.user(userId));
      if (entry.value === null || entry.value.removedAt !== undefined) return null;
      let roll: Roll | undefined;
      const change = await decide(accountOf(entry.value), async () => {
        roll ??= await this.#roll();
        return await this.#read(roll.ids.filter((id) => id !== userId));
      });
      if (change === null) return accountOf(entry.value);
      if (change instanceof Refusal) return change;
      const user = changedUser(entry.value, change);
      const write = this.#writeOf(entry, user, change, roll);
      const also = change.also === undefined
        ? {}
        : await caseWrites(this.#store.kv, change.also, this.#clock.now());
      const { ok } = await this.#audit.commit(joined(write, also), change.auditEntry);
      this.#accounts.forget(userId);
      if (ok) return accountOf(user);
    }
    return new Refusal("conflict", "account.changed");
  }

  async sanctionsOf(userId: string): Promise<SanctionRecord[]> {
    return await sanctionsOf(this.#store.kv, userId);
  }

  async sanction(userId: string, sanctionId: string): Promise<SanctionRecord | null> {
    return (await this.#store.kv.get<SanctionRecord>(keys.sanction(userId, sanctionId))).value;
  }

  async sanctionsInForce(userId: string): Promise<SanctionInForce[]> {
    return await sanctionsInForce(this.#store.kv, userId);
  }

  async sanctions(userId: string, sanctionIds: readonly string[]): Promise<SanctionRecord[]> {
    const wanted = sanctionIds.map((id) => keys.sanction(userId, id));
    return (await getValues<SanctionRecord>(this.#store.kv, wanted)).filter((record) => record !== null);
  }

  async allInForce(): Promise<Map<string, readonly SanctionInForce[]>> {
    const { kv } = this.#store;
    const found = new Map<string, readonly SanctionInForce[]>();
    for await (const { key, value } of kv.list<SanctionInForce[]>({ prefix: keys.allInForce() })) {
      found.set(String(key.at(-1)), value);
    }
    // Mutes of an earlier version.
    for (const userId of (await this.mutes()).keys()) {
      if (!found.has(userId)) found.set(userId, await sanctionsInForce(kv, userId));
    }
    return found;
  }

  async markRead(
    userId: string,
    sanctionId: string,
    atMs: number,
  ): Promise<SanctionInForce[] | Refusal | null> {
    const { kv, committer } = this.#store;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const user = await kv.get<UserRecord>(keys.user(userId));
      const sanction = await kv.get<SanctionRecord>(keys.sanction(userId, sanctionId));
      if (user.value === null || sanction.value?.kind !== "warn") return null;
      const before = await sanctionsInForce(kv, userId);
      const inForce = before.filter(({ id }) => id !== sanctionId);
      if (inForce.length === before.length) return before;
      const { ok } = await committer.commit({
        checks: [user, sanction],
        sets: [
          // As it was: a moderator's change of the sanctions notices it.
          { key: user.key, value: user.value },
          { key: sanction.key, value: { ...sanction.value, readAt: atMs } },
          { key: keys.inForce(userId), value: inForce },
        ],
      });
      this.#accounts.forget(userId);
      if (ok) return inForce;
    }
    return new Refusal("conflict", "account.changed");
  }

  mutes(): Promise<Map<string, Restriction>> {
    return this.#restrictions(keys.mutes());
  }

  mutesOf(userIds: readonly string[]): Promise<Map<string, Restriction>> {
    return this.#restrictionsOf(userIds, keys.mute);
  }

  /** The same for people who can write to their contacts only. */
  get limits(): MutesStore {
    return {
      mutes: () => this.#restrictions(keys.allLimited()),
      mutesOf: (userIds) => this.#restrictionsOf(userIds, keys.limited),
    };
  }

  async #restrictions(prefix: KvKey): Promise<Map<string, Restriction>> {
    const found = new Map<string, Restriction>();
    for await (const { key, value } of this.#store.kv.list<Restriction>({ prefix })) {
      found.set(String(key.at(-1)), value);
    }
    return found;
  }

  async #restrictionsOf(
    userIds: readonly string[],
    keyOf: (userId: string) => KvKey,
  ): Promise<Map<string, Restriction>> {
    const entries = await getEntries<Restriction>(this.#store.kv, userIds.map(keyOf));
    return new Map(entries.flatMap(({ value }, at) => value === null ? [] : [[userIds[at]!, value]]));
  }

  #writeOf(
    entry: KvEntryMaybe<UserRecord>,
    user: UserRecord,
    { sanctions = [], owed = [], inForce, mute, limit }: AccountChange,
    roll: Roll | undefined,
  ): Write {
    const deletes: KvKey[] = [];
    const write = {
      checks: [entry] as KvCheck[],
      sets: [{ key: entry.key, value: user }, ...owed.map(owedSet)] as Sets,
      deletes,
    };
    for (const sanction of sanctions) {
      write.sets.push({ key: keys.sanction(user.id, sanction.id), value: sanction });
    }
    // Also when empty: a missing record would be taken for one of an earlier version.
    if (inForce !== undefined) write.sets.push({ key: keys.inForce(user.id), value: inForce });
    const restrictions = [[keys.mute(user.id), mute], [keys.limited(user.id), limit]] as const;
    for (const [key, restriction] of restrictions) {
      if (restriction === null) deletes.push(key);
      else if (restriction !== undefined) {
        const { until } = restriction;
        const untilEnd = until === null ? {} : { expireIn: Math.max(1, until - this.#clock.now()) };
        write.sets.push({ key, value: restriction, ...untilEnd });
      }
    }
    if (roll !== undefined) {
      const others = roll.ids.filter((id) => id !== user.id);
      write.checks.push(roll.entry);
      write.sets.push({
        key: keys.admins(),
        value: user.role === "admin" ? [...others, user.id] : others,
      });
    }
    return write;
  }

  /** The ids of all administrators. */
  async administrators(): Promise<string[]> {
    return (await this.#roll()).ids;
  }

  /** Returns the stored list of administrators; searches all accounts when no list was written yet. */
  async #roll(): Promise<Roll> {
    const entry = await this.#store.kv.get<string[]>(keys.admins());
    if (entry.value !== null) return { entry, ids: entry.value };
    const ids: string[] = [];
    for await (const { value } of this.#store.kv.list<UserRecord>({ prefix: keys.users() })) {
      if (value.role === "admin") ids.push(value.id);
    }
    return { entry, ids };
  }

  async #idsFrom(start: string, end: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    if (start >= end || limit === 0) return ids;
    const selector = { start: keys.username(start), end: keys.username(end) };
    for await (const { value } of this.#store.kv.list<string>(selector, { limit })) ids.push(value);
    return ids;
  }

  /** Names without the prefix `prefix`, those from `start` on that one call reads. */
  async #idsBeside(prefix: string | null, start: string): Promise<string[]> {
    const most = limits.usersSearched;
    if (prefix === null) return await this.#idsFrom(start, behind(""), most);
    const ids = await this.#idsFrom(start, prefix, most);
    const rest = start > behind(prefix) ? start : behind(prefix);
    return [...ids, ...await this.#idsFrom(rest, behind(""), most - ids.length)];
  }

  /** Returns records in order of the ids. */
  async #read(ids: readonly string[]): Promise<AccountRecord[]> {
    const users = await this.#accounts.users(ids);
    return ids.flatMap((id) => {
      const user = users.get(id);
      return user === undefined ? [] : [accountOf(user)];
    });
  }
}

interface Roll {
  entry: KvEntryMaybe<string[]>;
  ids: string[];
}

type Sets = { key: KvKey; value: unknown; expireIn?: number }[];

/** The first key after a name; names are ASCII. */
function nextKey(username: string | null): string | null {
  return username === null ? null : `${username}\u0000`;
}

/** The first key after all names with this prefix. */
function behind(prefix: string): string {
  return `${prefix}\uffff`;
}

function accountOf(user: UserRecord): AccountRecord {
  const { id, username, displayName, role, rights, status, createdAt } = user;
  const suspension = status === "active" ? null : user.suspension ?? { reason: "", until: null };
  const incident = status === "active" ? null : user.suspension?.incident?.id ?? null;
  return { id, username, displayName, role, rights, createdAt, suspension, incident };
}

function changedUser(user: UserRecord, { displayName, role, rights, suspension }: AccountChange): UserRecord {
  const { suspension: before, ...rest } = user;
  return {
    ...rest,
    displayName: displayName ?? user.displayName,
    role: role ?? user.role,
    rights: rights ?? user.rights,
    ...(suspension === null
      ? { status: "active" as const }
      : suspension !== undefined
      ? { status: "suspended" as const, suspension }
      : before === undefined
      ? {}
      : { suspension: before }),
  };
}
