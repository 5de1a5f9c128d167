import {
  type AccountJob,
  type LinkRecord,
  type ProfileRecord,
  type RemovalStore,
  suspensionOf,
  type TwoFactorRecord,
  type UserRecord,
} from "../../accounts/mod.ts";
import { type AuditEntry, carrierText, type Clock } from "../../platform/mod.ts";
import type { KvAccounts } from "./accounts_store.ts";
import type { KvAudit } from "./audit_log.ts";
import type { Write } from "./committer.ts";
import { fileJobSet, inForce } from "./file_writes.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";
import type { Store } from "./store.ts";

/** Keys that one commit deletes. */
const keysAtOnce = 200;

/** Removal of accounts in Deno KV (AU-9). */
export class KvRemoval implements RemovalStore {
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

  async begin(
    user: UserRecord,
    atMs: number,
    auditEntry: AuditEntry,
  ): Promise<"begun" | "last_admin" | "changed"> {
    const { kv } = this.#store;
    const entry = await kv.get<UserRecord>(keys.user(user.id));
    if (entry.value === null || entry.value.removedAt !== undefined) return "changed";
    // The person's proof was for this password and this role.
    if (entry.value.passwordHash !== user.passwordHash || entry.value.role !== user.role) return "changed";
    const removed: UserRecord = { ...entry.value, passwordHash: "", removedAt: atMs };
    const write: Required<Pick<Write, "checks" | "sets" | "deletes">> = {
      checks: [entry],
      sets: [
        { key: entry.key, value: removed },
        jobSet({ kind: "account_removal", userId: user.id }, atMs),
      ],
      // Demo people return at the next start; no other name is ever given out again.
      deletes: user.demo ? [keys.username(user.username)] : [],
    };
    if (user.role === "admin") {
      const roll = await kv.get<string[]>(keys.admins());
      const others = (roll.value ?? await this.#adminIds()).filter((id) => id !== user.id);
      const records = await this.#accounts.users(others);
      const mayAdminister = [...records.values()].some((one) =>
        one.role === "admin" && suspensionOf(one, this.#clock.now()) === null
      );
      if (!mayAdminister) return "last_admin";
      write.checks.push(roll);
      write.sets.push({ key: keys.admins(), value: others });
    }
    const { ok } = await this.#audit.commit(write, auditEntry);
    this.#accounts.forget(user.id);
    return ok ? "begun" : "changed";
  }

  async removing(userId: string): Promise<UserRecord | null> {
    const { value } = await this.#store.kv.get<UserRecord>(keys.user(userId));
    return value?.removedAt === undefined ? null : value;
  }

  async held(userId: string): Promise<boolean> {
    return inForce(await this.#store.kv.get(keys.hold("user", userId)), this.#clock.now());
  }

  async sweep(userId: string, keepHeld: boolean): Promise<boolean> {
    const deletes: KvKey[] = [];
    for (const prefix of prefixesOf(userId, keepHeld)) {
      const limit = keysAtOnce - deletes.length;
      if (limit <= 0) break;
      for await (const { key } of this.#store.kv.list({ prefix }, { limit })) deletes.push(key);
    }
    // Deletes each session together with its index entry.
    for (const [index, , sessionId] of [...deletes]) {
      const ofSession = index === "session_of" || index === "access_token_of";
      if (ofSession) deletes.push(keys.session(String(sessionId)));
    }
    const isFull = deletes.length >= keysAtOnce;
    const rest = isFull ? [] : await this.#singles(userId, keepHeld);
    const sets = isFull || keepHeld ? [] : await this.#pictureSets(userId, rest);
    deletes.push(...rest);
    if (deletes.length > 0) await this.#store.committer.commit({ sets, deletes });
    return isFull;
  }

  async finish(userId: string): Promise<boolean> {
    const [user, hold] = await this.#store.kv.getMany<[UserRecord, unknown]>([
      keys.user(userId),
      keys.hold("user", userId),
    ]);
    if (user.value === null) return true;
    if (user.value.removedAt === undefined || inForce(hold, this.#clock.now())) return false;
    const { ok } = await this.#store.committer.commit({ checks: [user, hold], deletes: [user.key] });
    this.#accounts.forget(userId);
    return ok;
  }

  async addJob(job: AccountJob, dueMs: number): Promise<void> {
    await this.#store.committer.commit({ sets: [jobSet(job, dueMs)] });
  }

  /** Single records of a person, as far as they exist, so that a sweep without work writes nothing. */
  async #singles(userId: string, keepHeld: boolean): Promise<KvKey[]> {
    const { kv } = this.#store;
    const factors = (await kv.get<TwoFactorRecord>(keys.twoFactor(userId))).value;
    const link = (await kv.get<LinkRecord>(keys.linkOf(userId))).value;
    const wanted = [
      keys.twoFactor(userId),
      keys.linkOf(userId),
      ...(link === null ? [] : [keys.linked(link.issuer, link.sub)]),
      ...(factors?.passkeys ?? []).map(({ id }) => keys.passkey(id)),
      keys.preferences(userId),
      keys.grants(userId),
      keys.stop(userId),
      keys.takenNewest(userId),
      keys.mute(userId),
      keys.limited(userId),
      keys.reporter(userId),
      keys.loginLink(userId),
      ...(keepHeld ? [] : [keys.profile(userId), keys.usage(userId), keys.inForce(userId)]),
    ];
    const values = await getValues(kv, wanted);
    return wanted.filter((_, at) => values[at] !== null);
  }

  /** Ends the profile's use of its picture, so that a picture under legal hold is removed when the hold ends. */
  async #pictureSets(userId: string, deletes: KvKey[]): Promise<NonNullable<Write["sets"]>> {
    const { kv } = this.#store;
    const fileId = (await kv.get<ProfileRecord>(keys.profile(userId))).value?.avatar;
    if (fileId === undefined) return [];
    const use = keys.fileUse(fileId, carrierText({ kind: "avatar", userId }));
    if ((await kv.get(use)).value === null) return [];
    deletes.push(use);
    return [
      { key: keys.fileUsed(fileId), value: 1 },
      fileJobSet({ dueMs: this.#clock.now(), job: { kind: "file_expire", fileId } }),
    ];
  }

  async #adminIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { value } of this.#store.kv.list<UserRecord>({ prefix: keys.users() })) {
      if (value.role === "admin") ids.push(value.id);
    }
    return ids;
  }
}

function prefixesOf(userId: string, keepHeld: boolean): KvKey[] {
  return [
    keys.sessionsOf(userId),
    keys.accessTokensOf(userId),
    keys.sessionMisusesOf(userId),
    keys.inbox(userId),
    keys.openFromOf(userId),
    keys.statesOf(userId),
    keys.takenOf(userId),
    keys.cursorsOf(userId),
    keys.sendKeysOf(userId),
    keys.outboxOf(userId),
    keys.submissionsOf(userId),
    keys.deliveredOnDaysOf(userId),
    keys.heldOf(userId),
    keys.chatInbox(userId),
    keys.chatHeldOf(userId),
    keys.chatsOf(userId),
    keys.chatShownOf(userId),
    keys.chatReadOf(userId),
    keys.chatNotifyOf(userId),
    keys.chatSentOf(userId),
    keys.chatKeysOf(userId),
    keys.searchPacksOf(userId),
    keys.ruleChangesOf(userId),
    keys.noticesOf(userId),
    keys.looksOf(userId),
    ...(keepHeld ? [] : [keys.sanctionsOf(userId)]),
  ];
}

/** Two writes for the same time give one job. */
function jobSet(job: AccountJob, dueMs: number): { key: KvKey; value: AccountJob } {
  return { key: keys.job(dueMs, `${job.kind}:${job.userId}`), value: job };
}
