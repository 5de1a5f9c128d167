import {
  Accounts,
  ApproachLimit,
  Contacts,
  CurrentCallers,
  GroupMemberships,
  Groups,
  Invites,
  LoginLinks,
  Passwords,
  People,
  shownTo,
  Tokens,
} from "../accounts/mod.ts";
import { loadSecret } from "../adapters/disk/mod.ts";
import {
  KvAccessTokens,
  KvAccounts,
  KvAudit,
  kvConsentStore,
  KvContacts,
  KvCounts,
  KvGroups,
  KvInvites,
  KvLoginLinks,
  kvMisuses,
  kvNoticesStore,
  KvTwoFactor,
  KvUsers,
  type Store,
} from "../adapters/kv/mod.ts";
import type { Config } from "../config/mod.ts";
import { Consent, Grants } from "../consent/mod.ts";
import { Mutes, OwnSanctions } from "../moderation/mod.ts";
import type { Bell, Clock, Ids, Log, Random } from "../platform/mod.ts";
import { Notices } from "../notices/mod.ts";
import { isWebhookAddress } from "../webhooks/mod.ts";

export interface PeopleParts {
  config: Config;
  store: Store;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
  /** Default: the configured password hash. */
  passwords: Passwords | undefined;
  /** Default: `secret.key` in the data directory. */
  secret: Uint8Array<ArrayBuffer> | undefined;
}

export type OpenPeople = Awaited<ReturnType<typeof openPeople>>;

/** Wires accounts, contacts, groups, consent and mutes. */
export async function openPeople(
  { config, store, bell, clock, ids, random, log, secret, ...given }: PeopleParts,
) {
  const passwords = given.passwords ?? new Passwords(random);
  const audit = new KvAudit(store, clock, log);
  const accountsStore = new KvAccounts(store, clock, audit);
  const accessTokens = new KvAccessTokens(store, clock);
  const contactsStore = new KvContacts(store);
  const people = new People(accountsStore, clock);
  const consentStore = kvConsentStore(store);
  const consent = new Consent({
    store: consentStore,
    timeZones: people,
    clock,
    bell,
    exclusive: store.exclusive,
  });
  const userRecords = new KvUsers(store, accountsStore, audit, clock);
  const groupsStore = new KvGroups(store, audit);
  const memberships = new GroupMemberships(groupsStore);
  const mutes = await Mutes.load(userRecords, clock, store.exclusive);
  const limited = await Mutes.load(userRecords.limits, clock, store.exclusive, "limit");
  const ownSanctions = await OwnSanctions.load({ store: userRecords, bell, clock }, store.exclusive);
  const callers = new CurrentCallers(bell);
  const counts = new KvCounts(store);
  const limit = new ApproachLimit(counts, clock);
  const approaches = {
    textRules: (userId: string) => consent.textRules(userId),
    // MO-7: people who can write to their contacts only approach nobody else.
    async muted(userId: string) {
      return await mutes.refusalFor(userId) ?? await limited.refusalFor(userId);
    },
    limit,
  };
  const notices = new Notices({
    store: kvNoticesStore(store, clock),
    bell,
    clock,
    ids,
    log,
    async named(readerId, userIds) {
      const [found, rules] = await Promise.all([people.byIds(userIds), consent.textRules(readerId)]);
      return new Map(
        [...found].map((
          [id, person],
        ) => [id, { ...shownTo(rules, person), hidden: rules.approach(person.username) === "withhold" }]),
      );
    },
  });
  const groups = new Groups({
    store: groupsStore,
    people,
    bell,
    notices,
    clock,
    madeBy: config.groups,
    ...approaches,
  });
  const contacts: Contacts = new Contacts({
    store: contactsStore,
    people,
    bell,
    notices,
    clock,
    ...approaches,
    sharedLimits: (userId) => consent.sharedLimits(userId),
    shownGrant: (userId, contact) => consent.shownGrant(userId, contact),
    removed: (caller, username) => grants.contactRemoved(caller, username),
    sharesGroup: (userId, others) => memberships.sharesGroup(userId, others),
  });
  const grants: Grants = new Grants({
    store: consentStore,
    consent,
    clock,
    bell,
    async relationTo({ userId }, username) {
      const other = (await people.byUsernames([username])).get(username);
      return other === undefined
        ? null
        : (await contacts.relationsOf(userId, [other.id])).get(other.id) ?? null;
    },
    isMember: async (userId, group) => (await memberships.of(userId)).has(group),
  });
  const tokens = new Tokens(secret ?? await loadSecret(config.dataDir), clock);
  const needs = { store: accountsStore, passwords, clock, ids, random, log };
  const twoFactorStore = new KvTwoFactor(store, audit, clock);
  const invitesStore = new KvInvites(store, accountsStore, audit, clock);
  const { registration } = config;
  const invites = new Invites({
    store: invitesStore,
    accounts: accountsStore,
    registration,
    clock,
    ids,
    random,
    log,
  });
  const accounts = new Accounts({
    ...needs,
    misuses: kvMisuses(store, clock),
    accessTokens,
    takesWebhook: (url) => isWebhookAddress(url, config.webhookHosts),
    counts,
    twoFactor: twoFactorStore,
    tokens,
    bell,
    mode: config.mode,
    registration,
    invites,
  });
  const loginLinks = new LoginLinks({
    store: new KvLoginLinks(store, accountsStore, audit, clock),
    accounts: accountsStore,
    passwords,
    endSessions: (userId) => accounts.endSessions(userId),
    notices,
    clock,
    random,
    log,
  });
  return {
    accessTokens,
    accounts,
    accountsStore,
    audit,
    callers,
    consent,
    contacts,
    contactsStore,
    counts,
    grants,
    groups,
    groupsStore,
    invites,
    invitesStore,
    limited,
    loginLinks,
    memberships,
    mutes,
    needs,
    notices,
    ownSanctions,
    people,
    twoFactorStore,
    userRecords,
  };
}
