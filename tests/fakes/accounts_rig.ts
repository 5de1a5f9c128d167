import {
  Accounts,
  type AccountsNeeds,
  ApproachLimit,
  Contacts,
  type Hashing,
  Invites,
  Passwords,
  People,
  Tokens,
} from "../../lib/accounts/mod.ts";
import { KvAccessTokens } from "../../lib/adapters/kv/access_tokens_store.ts";
import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { kvMisuses } from "../../lib/adapters/kv/misuses_store.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { KvContacts } from "../../lib/adapters/kv/contacts_store.ts";
import { KvCounts } from "../../lib/adapters/kv/counts_store.ts";
import { KvInvites } from "../../lib/adapters/kv/invites_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { KvTwoFactor } from "../../lib/adapters/kv/two_factor_store.ts";
import {
  type Bell,
  type Caller,
  Ids,
  type Log,
  type LogFields,
  type ReplacedSession,
} from "../../lib/platform/mod.ts";
import { english, Refusal, type User } from "../../lib/protocol/mod.ts";
import { FakeClock } from "./clock.ts";
import { FakeNotices } from "./notices.ts";
import { seededRandom } from "./random.ts";
import { FakeTextRules } from "./text_rules.ts";

/** A bell that writes down what it was told. */
export class FakeBell implements Bell {
  readonly closedSessions: string[] = [];
  readonly closedUsers: string[] = [];
  readonly notified: { userId: string; method: string; params: unknown }[] = [];
  readonly consentChanges: string[] = [];
  readonly connected = new Set<string>();
  ring() {}
  online() {
    return [...this.connected];
  }
  epoch() {
    return 0;
  }
  ringAll() {}
  freeze() {}
  thaw() {}
  closeUser(userId: string, close: string) {
    this.closedUsers.push(`${userId} ${close}`);
  }
  notify(userId: string, method: string, params: unknown) {
    this.notified.push({ userId, method, params });
  }
  stoppedEverywhere(): Promise<void> {
    return Promise.resolve();
  }
  changedEverywhere(): Promise<void> {
    return Promise.resolve();
  }
  consentChanged(userId: string) {
    this.consentChanges.push(userId);
  }
  handled() {}
  over() {}
  remind(): Promise<void> {
    return Promise.resolve();
  }
  isReachable(userId: string): boolean {
    return this.isOnline(userId);
  }
  reachable(): Promise<string[]> {
    return Promise.resolve(this.online());
  }
  readonly renewed: { sessionId: string; expiresAt: string }[] = [];
  sessionRenewed(sessionId: string, expiresAt: string) {
    this.renewed.push({ sessionId, expiresAt });
  }
  readonly replaced: ReplacedSession[] = [];
  sessionReplaced(replaced: ReplacedSession) {
    this.replaced.push(replaced);
  }
  sessionsEnded() {}
  closeSession(sessionId: string) {
    this.closedSessions.push(sessionId);
  }
  isOut() {
    return false;
  }
  isOnline(userId: string) {
    return this.connected.has(userId);
  }
}

/** A log that keeps its lines, to look for what must not be in them. */
export class KeptLog implements Log {
  readonly lines: { event: string; fields: LogFields }[] = [];
  debug = (event: string, fields: LogFields = {}) => void this.lines.push({ event, fields });
  info = this.debug;
  warn = this.debug;
  error = this.debug;
  with = () => this;
}

/** Counts what is derived, and derives at nearly no cost. */
export class CountedPasswords implements Hashing {
  readonly #passwords: Hashing;
  verified = 0;
  constructor(passwords: Hashing) {
    this.#passwords = passwords;
  }
  hash(password: string) {
    return this.#passwords.hash(password);
  }
  verify(password: string, stored: string | null) {
    this.verified++;
    return this.#passwords.verify(password, stored);
  }
  isWeaker(stored: string) {
    return this.#passwords.isWeaker(stored);
  }
}

export const cheapCost = { log2N: 2, blockSize: 1, parallel: 1 };
export const goodPassword = "seven green kettles";

/** The accounts room on a store in memory, with everything outside of it replaced. */
export async function accountsRig(
  options: Partial<Pick<AccountsNeeds, "mode" | "registration" | "passwords">> & { store?: Store } = {},
) {
  const store = options.store ?? await openStore(":memory:");
  const clock = new FakeClock();
  const random = seededRandom(1);
  const bell = new FakeBell();
  const log = new KeptLog();
  const passwords = new CountedPasswords(options.passwords ?? new Passwords(random, cheapCost));
  const accountsStore = new KvAccounts(store, clock);
  const accessTokens = new KvAccessTokens(store, clock);
  const contactsStore = new KvContacts(store);
  const ids = new Ids(clock, random);
  const twoFactorStore = new KvTwoFactor(store, new KvAudit(store, clock, log), clock);
  const secret = new Uint8Array(32).fill(7);
  const registration = options.registration ?? "open";
  const auditStore = new KvAudit(store, clock, log);
  const invitesStore = new KvInvites(store, accountsStore, auditStore, clock);
  const invites = new Invites({
    store: invitesStore,
    accounts: accountsStore,
    registration,
    clock,
    ids,
    random,
    log,
  });
  const needs = {
    store: accountsStore,
    misuses: kvMisuses(store, clock),
    accessTokens,
    counts: new KvCounts(store),
    twoFactor: twoFactorStore,
    tokens: new Tokens(secret, clock),
    passwords,
    bell,
    clock,
    ids,
    random,
    log,
    mode: options.mode ?? "evaluation",
    registration,
    invites,
  } satisfies AccountsNeeds;
  const people = new People(accountsStore, clock);
  const rules = new FakeTextRules();
  const notices = new FakeNotices();
  /** What is shared by id. */
  const shared = new Map<string, string[]>();
  /** What ends with a contact (CO-12); a test may let it fail. */
  const hooks = { contactRemoved: () => Promise.resolve() };
  const contacts = new Contacts({
    store: contactsStore,
    people,
    bell,
    notices,
    clock,
    textRules: rules.textRules,
    muted: rules.muted,
    limit: new ApproachLimit(needs.counts, clock),
    sharedLimits: (userId) => Promise.resolve(shared.get(userId) ?? null),
    shownGrant: () => Promise.resolve(undefined),
    removed: () => hooks.contactRemoved(),
    sharesGroup: () => Promise.resolve(new Set()),
  });
  const accounts = new Accounts(needs);
  return {
    accounts,
    accountsStore,
    bell,
    hooks,
    notices,
    rules,
    clock,
    contacts,
    contactsStore,
    invites,
    auditStore,
    log,
    needs,
    passwords,
    people,
    secret,
    shared,
    store,
    twoFactorStore,
    origin: origin(),
    /** A new account, and a caller for it. */
    async person(username: string): Promise<Caller> {
      const user = must(
        await accounts.register(origin(), { username, password: goodPassword, adult: true }),
      );
      return callerFor(user);
    },
    async [Symbol.asyncDispose]() {
      if (options.store === undefined) await store[Symbol.asyncDispose]();
    },
  };
}

export function origin(address = "192.0.2.1") {
  return { address, device: "web", requestId: "request" };
}

function callerFor({ id: userId, username, displayName, role, rights }: User): Caller {
  return {
    userId,
    username,
    displayName,
    role,
    rights,
    sessionId: "none",
    device: "web",
    address: "192.0.2.1",
    requestId: "request",
  };
}

/** The value, where a refusal would be a failed test. */
export function must<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) {
    throw new Error(`Refused: ${answer.kind}: ${english(answer.message)}`);
  }
  return answer;
}

/** The refusal's kind, or `answered`. */
export function kindOf(answer: unknown): string {
  return answer instanceof Refusal ? answer.kind : "answered";
}
