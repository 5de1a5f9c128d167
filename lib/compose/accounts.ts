import { AccountData, Federation, Profiles, type ProfilesNeeds, TwoFactor } from "../accounts/mod.ts";
import {
  attachable,
  CaseRemoval,
  exportParts,
  kvFederation,
  kvFileStore,
  kvMisuses,
  KvProfiles,
  kvPushStore,
  KvRemoval,
  removalParts,
  type Store,
} from "../adapters/kv/mod.ts";
import { OidcIssuer } from "../adapters/oidc/mod.ts";
import type { Config } from "../config/mod.ts";
import type { CommandRoom, CommandStore } from "../commands/mod.ts";
import type { Chat } from "../chat/mod.ts";
import type { OpenPeople } from "./people.ts";
import type { Files } from "../files/mod.ts";
import type { Bell, Clock, Log, Random } from "../platform/mod.ts";
import type { Services } from "../web/mod.ts";

export interface AccountParts extends OpenPeople {
  config: Pick<Config, "oidc">;
  store: Store;
  commands: CommandRoom;
  commandStore: CommandStore;
  chat: Chat;
  files: Files;
  bell: Bell;
  clock: Clock;
  random: Random;
  log: Log;
  /** Called after a profile was written. */
  profileChanged: ProfilesNeeds<unknown>["changed"];
}

/** Second factors, profiles, export and removal (AU-7 to AU-9), wired. */
export interface OpenAccountParts {
  readonly services: Pick<Services, "twoFactor" | "sso" | "accountData" | "profiles" | "invites">;
  readonly data: AccountData;
  /** Called after a change of role: closes the person's sockets if the new role needs a second factor that they lack. */
  roleChanged(userId: string): void;
}

/** Wires the rooms and adapters that make up an account. */
export function openAccountParts(parts: AccountParts): OpenAccountParts {
  const { store, accounts, accountsStore, audit, bell, clock, random, log } = parts;
  const twoFactor = new TwoFactor({
    store: parts.twoFactorStore,
    accounts: accountsStore,
    counts: parts.counts,
    proof: accounts.proof,
    devices: accounts.devices,
    bell,
    clock,
    random,
    log,
    begin: (user, origin, wanted) => accounts.begin(user, origin, wanted),
    endSessions: (userId) => accounts.endSessions(userId),
  });
  const { oidc } = parts.config;
  const sso = new Federation({
    issuer: oidc === null ? null : new OidcIssuer(oidc, clock, log),
    store: kvFederation(store, clock),
    accounts: accountsStore,
    counts: parts.counts,
    proof: accounts.proof,
    clock,
    random,
    log,
    begin: (user, origin) => accounts.begin(user, origin),
  });
  const data = accountData(parts);
  return {
    services: { twoFactor, sso, accountData: data, profiles: profilesOf(parts), invites: parts.invites },
    data,
    roleChanged(userId) {
      twoFactor.closeRestricted([userId]).catch((error) =>
        log.error("two_factor.close_failed", { userId, error: error as Error })
      );
    },
  };

  function accountData({ contacts, groups, consent, grants, commands, commandStore, files }: AccountParts) {
    return new AccountData({
      proof: accounts.proof,
      ownedAlone: (userId) => groups.life.ownedAlone(userId),
      store: new KvRemoval(store, accountsStore, audit, clock),
      exported: exportParts({
        store,
        accounts: accountsStore,
        misuses: kvMisuses(store, clock),
        accessTokens: parts.accessTokens,
        twoFactor: parts.twoFactorStore,
        contacts,
        groups,
        invites: parts.invitesStore,
        consent,
        grants,
        notices: parts.notices,
        history: commands.history,
        commandStore,
        chat: parts.chat,
        files,
        pushes: kvPushStore(store, clock),
        clock,
      }),
      removed: removalParts({
        commands,
        commandStore,
        chat: parts.chat,
        contacts,
        groups,
        groupsStore: parts.groupsStore,
        invitesStore: parts.invitesStore,
        files,
        notices: parts.notices,
        fileStore: kvFileStore(store, clock),
        bell,
        pushes: kvPushStore(store, clock),
        cases: new CaseRemoval(store),
        forgetChoices: (userId) => consent.accountRemoved(userId),
      }),
      bell,
      clock,
      log,
    });
  }
}

function profilesOf(
  { store, accountsStore, contacts, files, clock, mutes, profileChanged }: AccountParts,
): Services["profiles"] {
  return new Profiles({
    accounts: accountsStore,
    store: new KvProfiles(store, accountsStore, clock),
    ownFile: async (userId, fileId) =>
      (await attachable(store.kv, userId, [fileId], clock.now())).get(fileId),
    relationsOf: (userId, others) => contacts.relationsOf(userId, others),
    picture: (ownerId, fileId, requestId) => files.picture(ownerId, fileId, requestId),
    muted: (userId) => mutes.refusalFor(userId),
    changed: profileChanged,
  });
}
