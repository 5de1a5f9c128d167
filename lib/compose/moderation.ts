import { hasFactor, networkOf } from "../accounts/mod.ts";
import { LogReader } from "../adapters/server_log/mod.ts";
import { KvCases, KvReasons, type Store } from "../adapters/kv/mod.ts";
import type { Chat } from "../chat/mod.ts";
import { type CommandRoom, shortContext } from "../commands/mod.ts";
import {
  type AccountRecord,
  Appeals,
  AutoRules,
  Looks,
  PersonFacts,
  Queue,
  QueuePictures,
  QueueView,
  Removals,
  Reports,
  SanctionReasons,
  ServerLog,
  type SubjectSources,
  Users,
} from "../moderation/mod.ts";
import {
  type Bell,
  type Clock,
  type Ids,
  iso,
  type Log,
  type LogMinute,
  type Random,
} from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";
import type { Services } from "../web/mod.ts";
import type { OpenFiles } from "./files.ts";
import type { OpenPeople } from "./people.ts";

export interface ModerationParts {
  store: Store;
  /** The file of the server's log. */
  logged: { path: string; lastHour: () => LogMinute[] };
  people: OpenPeople;
  commands: CommandRoom;
  chat: Pick<Chat, "around">;
  files: Pick<OpenFiles, "room" | "services" | "ownerOf">;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
  /** Called after a change of role or rights. */
  changed(account: AccountRecord): void;
}

/** Moderation, wired. */
export interface OpenModeration {
  readonly users: Users;
  readonly appeals: Appeals;
  readonly reports: Reports;
  readonly removals: Removals;
  readonly queuePictures: Services["queuePictures"];
  readonly personFacts: PersonFacts;
  readonly queue: Services["queue"];
  readonly reasons: SanctionReasons;
  readonly looks: Looks;
  readonly serverLog: ServerLog;
  readonly autoRules: AutoRules;
}

/** Wires sanctions, reports and the queue. A room with something new to report adds its source to `sourcesOf`. */
export function openModeration(parts: ModerationParts): OpenModeration {
  const { store, bell, clock, ids } = parts;
  const { audit, consent, limited, mutes, notices, ownSanctions, people, userRecords } = parts.people;
  const cases = new KvCases(store, audit, clock, ids);
  const reasons = new KvReasons(store, audit);
  const users = new Users({
    store: userRecords,
    mutes,
    limited,
    own: ownSanctions,
    bell,
    notices,
    clock,
    ids,
    changed: parts.changed,
  });
  const reports = new Reports({
    store: cases,
    sources: sourcesOf(parts),
    async block(caller, username) {
      const { blockedUsers } = await consent.get(caller);
      if (blockedUsers.includes(username)) return true;
      return await consent.set(caller, { blockedUsers: [...blockedUsers, username] });
    },
    bell,
    notices,
    clock,
    ids,
  });
  const names = async (userIds: readonly string[]) =>
    new Map([...await people.byIds(userIds)].map(([id, { username }]) => [id, username]));
  const idOf = async (username: string) => (await people.byUsernames([username])).get(username)?.id ?? null;
  const { adminFiles, incidents } = parts.files.services;
  const queue = new Queue({
    store: cases,
    rules: reasons,
    users,
    reports,
    notices,
    files: adminFiles,
    incidents,
    clock,
    ids,
  });
  const view = new QueueView({
    store: cases,
    rules: reasons,
    users: userRecords,
    files: adminFiles,
    incidents,
    names,
    clock,
  });
  return {
    users,
    reports,
    removals: new Removals({ store: cases, networkOf, clock, ids, random: parts.random, log: parts.log }),
    queuePictures: new QueuePictures({
      store: cases,
      clean: (sha256, requestId) => parts.files.room.cleanBytes(sha256, requestId),
    }),
    personFacts: personFactsOf(parts, userRecords, cases),
    appeals: new Appeals({ store: userRecords, own: ownSanctions, clock, ids }),
    reasons: new SanctionReasons(reasons),
    autoRules: new AutoRules(reasons),
    looks: new Looks({ store: cases, commands: parts.commands.truths, idOf }),
    serverLog: new ServerLog({
      lines: new LogReader(parts.logged.path),
      minutes: parts.logged.lastHour,
      looked: (userIds, entry) => cases.looked(userIds, entry),
      idOf,
      names,
      clock,
    }),
    queue: {
      list: (caller, query) => view.list(caller, query),
      get: (caller, id) => view.get(caller, id),
      report: (caller, id) => view.report(caller, id),
      stats: (caller) => view.stats(caller),
      transparency: (caller, year) => view.transparency(caller, year),
      claim: (caller, id, body) => queue.claim(caller, id, body),
      decide: (caller, id, decision) => queue.decide(caller, id, decision),
      undo: (caller, id, reason) => queue.undo(caller, id, reason),
      note: (caller, id, text) => queue.note(caller, id, text),
    },
  };
}

function personFactsOf(
  { people, files, clock }: ModerationParts,
  users: OpenPeople["userRecords"],
  cases: KvCases,
): PersonFacts {
  const { accounts, accountsStore, groupsStore, memberships, twoFactorStore } = people;
  return new PersonFacts({
    users,
    cases,
    sessions: (userId) => accountsStore.sessionsOf(userId),
    async groups(userId) {
      const of = await memberships.of(userId);
      const groups = await groupsStore.groups([...of.keys()]);
      return [...of].map(([name, { role, since }]) => ({
        name,
        title: groups.get(name)?.title ?? name,
        role,
        since: iso(since),
      }));
    },
    files: (userId) => files.services.files.usage({ userId }),
    hasSecondFactor: async (userId) => hasFactor(await twoFactorStore.of(userId)),
    endSessions: (userId) => accounts.endSessions(userId),
    clock,
  });
}

const bare = { at: null, categories: [], data: null, files: [], context: [] };

/** MO-1: what can be reported, each as its reporter sees it. */
function sourcesOf({ people, commands, chat, files }: ModerationParts): SubjectSources {
  return {
    async user(caller, username) {
      const found = (await people.people.byUsernames([username])).get(username);
      if (found === undefined) return new Refusal("not_found", "person.unknown");
      const { incoming } = await people.contacts.list(caller);
      const request = incoming.find((one) => one.username === username);
      return {
        person: { id: found.id, username },
        snapshot: { ...bare, kind: "user", title: found.displayName, text: request?.note ?? "" },
      };
    },
    command: (caller, id) => commands.reported.subject(caller, id),
    /** CH-4: with the messages around it, as the reporter sees them. */
    async message(caller, id) {
      const around = await chat.around(caller, id, limits.reportedAround);
      if (around instanceof Refusal) return around;
      const message = around.find((one) => one.id === id)!;
      const { from, body, createdAt, attachments } = message;
      return {
        person: { id: from.id, username: from.username },
        snapshot: {
          ...bare,
          kind: "message",
          title: from.displayName,
          text: body,
          at: createdAt,
          files: attachments,
          context: around.filter((one) => one.id !== id).map((one) => ({
            at: one.createdAt,
            by: one.from.id === caller.userId ? "reporter" as const : "reported" as const,
            text: shortContext(one.body),
          })),
        },
      };
    },
    async file(caller, id) {
      const file = await files.services.files.get(caller, id);
      if (file instanceof Refusal) return file;
      const ownerId = await files.ownerOf(id);
      const owner = ownerId === null ? undefined : (await people.people.byIds([ownerId])).get(ownerId);
      if (owner === undefined) return new Refusal("not_found", "file.gone");
      const { sha256, name, size, type, createdAt } = file;
      return {
        person: { id: owner.id, username: owner.username },
        snapshot: {
          ...bare,
          kind: "file",
          title: name,
          text: "",
          at: createdAt,
          files: [{ fileId: id, sha256, name, size, type }],
        },
      };
    },
    async group(caller, name) {
      const { groups, invitations } = await people.groups.list(caller);
      const group = [...groups, ...invitations].find((one) => one.name === name);
      if (group === undefined) return new Refusal("not_found", "group.notIn");
      return { person: null, snapshot: { ...bare, kind: "group", title: group.title, text: name } };
    },
  };
}
