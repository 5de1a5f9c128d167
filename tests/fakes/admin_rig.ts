import {
  ApproachLimit,
  CurrentCallers,
  GroupMemberships,
  Groups,
  type OwnFile,
  People,
  Profiles,
  type UserRecord,
} from "../../lib/accounts/mod.ts";
import { KvAccounts } from "../../lib/adapters/kv/accounts_store.ts";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { kvCategoryStore } from "../../lib/adapters/kv/categories_store.ts";
import { KvCounts } from "../../lib/adapters/kv/counts_store.ts";
import { kvConsentStore } from "../../lib/adapters/kv/consent_store.ts";
import { KvGroups } from "../../lib/adapters/kv/groups_store.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { KvProfiles } from "../../lib/adapters/kv/profiles_store.ts";
import { KvUsers } from "../../lib/adapters/kv/users_store.ts";
import { Categories, CategoryAdmin } from "../../lib/consent/mod.ts";
import { Audit, Mutes, OwnSanctions, Users } from "../../lib/moderation/mod.ts";
import { type Caller, Ids } from "../../lib/platform/mod.ts";
import { rightsInForce, type Role } from "../../lib/protocol/mod.ts";
import { FakeBell, KeptLog } from "./accounts_rig.ts";
import { FakeClock } from "./clock.ts";
import { FakeNotices } from "./notices.ts";
import { seededRandom } from "./random.ts";
import { FakeTextRules } from "./text_rules.ts";

/** What administrators, moderators and owners work with, over a store in memory; people need no password here. */
export async function adminRig(options: { store?: Store; groups?: "admins" | "members" } = {}) {
  const store = options.store ?? await openStore(":memory:");
  const clock = new FakeClock();
  const ids = new Ids(clock, seededRandom(1));
  const bell = new FakeBell();
  const log = new KeptLog();
  const accountsStore = new KvAccounts(store, clock);
  const people = new People(accountsStore, clock);
  const auditStore = new KvAudit(store, clock, log);
  const userRecords = new KvUsers(store, accountsStore, auditStore, clock);
  const groupsStore = new KvGroups(store, auditStore);
  const rules = new FakeTextRules();
  const notices = new FakeNotices();
  const groups = new Groups({
    store: groupsStore,
    people,
    bell,
    notices,
    clock,
    madeBy: options.groups ?? "admins",
    textRules: rules.textRules,
    muted: rules.muted,
    limit: new ApproachLimit(new KvCounts(store), clock),
  });
  const memberships = new GroupMemberships(groupsStore);
  const mutes = await Mutes.load(userRecords, clock, store.exclusive);
  const limited = await Mutes.load(userRecords.limits, clock, store.exclusive, "limit");
  const ownSanctions = await OwnSanctions.load({ store: userRecords, bell, clock }, store.exclusive);
  const callers = new CurrentCallers(bell);
  const users = new Users({
    store: userRecords,
    mutes,
    limited,
    own: ownSanctions,
    bell,
    notices,
    clock,
    ids,
    changed: (account) => callers.note(account.id, account),
  });
  const zoneChanges: string[] = [];
  /** `owner file` to a file, and `person other` pairs of ids of those who know each other. */
  const files = new Map<string, OwnFile>();
  const known = new Set<string>();
  const profiles = new Profiles({
    accounts: accountsStore,
    store: new KvProfiles(store, accountsStore, clock),
    ownFile: (userId, fileId) => Promise.resolve(files.get(`${userId} ${fileId}`)),
    relationsOf: (userId, others) =>
      Promise.resolve(
        new Map(others.map((id) => [id, { contact: known.has(`${userId} ${id}`), sharesGroup: false }])),
      ),
    picture: (ownerId, fileId) => Promise.resolve({ ownerId, fileId }),
    muted: (userId) => mutes.refusalFor(userId),
    changed(user, { timeZone }) {
      callers.note(user.id, user);
      if (timeZone) zoneChanges.push(user.id);
    },
  });
  const categories = new Categories(kvConsentStore(store), store.exclusive);
  await categories.prepare();
  const categoryAdmin = new CategoryAdmin(categories, kvCategoryStore(store, auditStore));
  return {
    accountsStore,
    audit: new Audit(auditStore),
    auditStore,
    bell,
    notices,
    callers,
    categories,
    clock,
    categoryAdmin,
    files,
    groups,
    groupsStore,
    ids,
    known,
    limited,
    log,
    memberships,
    mutes,
    ownSanctions,
    people,
    profiles,
    rules,
    store,
    userRecords,
    users,
    zoneChanges,
    async person(username: string, role: Role = "member", displayName = username): Promise<Caller> {
      const user = userRecord(ids.next(), username, role, displayName);
      const added = await accountsStore.addUser(user);
      if (!added) throw new Error(`${username} is there already.`);
      return callerOf(user);
    },
    /** The actions of the audit log, oldest first. */
    async actions(): Promise<string[]> {
      return (await auditStore.entriesBefore(null, 1000)).map(({ action }) => action).reverse();
    },
    async [Symbol.asyncDispose]() {
      if (options.store === undefined) await store[Symbol.asyncDispose]();
    },
  };
}

function userRecord(id: string, username: string, role: Role, displayName: string): UserRecord {
  return {
    id,
    username,
    displayName,
    role,
    rights: { broadcast: false },
    status: "active",
    timeZone: "UTC",
    passwordHash: "none",
    createdAt: 0,
    adultStatedAt: 0,
    demo: false,
  };
}

function callerOf({ id, username, displayName, role, rights }: UserRecord): Caller {
  return {
    userId: id,
    username,
    displayName,
    role,
    rights: rightsInForce({ role, rights }),
    sessionId: "none",
    device: "web",
    address: "192.0.2.1",
    requestId: "request",
  };
}
