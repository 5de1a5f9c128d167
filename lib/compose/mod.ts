/**
 * Wires rooms and adapters together when the server starts.
 * Never holds a rule: a rule belongs to a room.
 * Start with `openServices` below.
 */
import { setImmediate } from "node:timers";
import { prepareDemo, prepareFirstAdmin } from "../accounts/mod.ts";
import { StorageProblem } from "../adapters/blobs/mod.ts";
import { PrometheusMeters } from "../adapters/metrics/mod.ts";
import type { OpenOptions, OpenServices } from "./opened.ts";
import { diskSpace, makePrivate } from "../adapters/disk/mod.ts";
import { JobRunner, kvCategoryStore } from "../adapters/kv/mod.ts";
import { openFiles } from "./files.ts";
import { withFreshProof } from "./fresh_proof.ts";
import { openAccountParts } from "./accounts.ts";
import { metered } from "./metered.ts";
import { openChat } from "./chat.ts";
import type { Chat } from "../chat/mod.ts";
import { type Job, jobTable } from "./jobs.ts";
import { openCommandRoom } from "./commands.ts";
import { openModeration } from "./moderation.ts";
import { openOverview } from "./overview.ts";
import { openPeople } from "./people.ts";
import { scoped } from "./token_scopes.ts";
import { openPush } from "./push.ts";
import { openWebhooks } from "./webhooks.ts";
import { openOperatorWatch } from "./operator.ts";
import { othersHeard } from "./instances.ts";
import { openStoreOf } from "./store.ts";
import { openSystem } from "./system.ts";
import { openHealth } from "./health.ts";
import { socketMethods } from "./socket_methods.ts";
import { isFileStore, logFileOf } from "../config/mod.ts";
import { CategoryAdmin } from "../consent/mod.ts";
import { limits } from "../protocol/mod.ts";
import { Audit } from "../moderation/mod.ts";
import {
  type Caller,
  type FileCarrier,
  Ids,
  runByKind,
  systemClock,
  systemRandom,
  talliedLog,
  Tally,
} from "../platform/mod.ts";
import { SharedBell } from "../cluster/mod.ts";
import { Hub, Realtime } from "../realtime/mod.ts";
import type { Services } from "../web/mod.ts";

export type { OpenOptions, OpenServices } from "./opened.ts";
export { openTracing } from "./tracing.ts";
export { StorageProblem };

/** Opens all services. Throws when the store or the disk cannot be used. */
export async function openServices(options: OpenOptions): Promise<OpenServices> {
  const { config, clock = systemClock, random = systemRandom } = options;
  const tally = new Tally();
  const log = talliedLog(options.log, tally);
  await using opening = new AsyncDisposableStack();
  const kvFile = isFileStore(config.kv) ? config.kv : null;
  // Before the store is open: a server that stands beside the data of others must not show it for a moment.
  await makePrivate(config.dataDir, kvFile, log);
  const store = options.store ?? opening.use(await openStoreOf(config, log, opening));
  const metrics = opening.use(new PrometheusMeters(clock));
  store.committer.meters = metrics;
  const ids = new Ids(clock, random);
  const hub = new Hub(clock, config.heartbeatMs, store.exclusive, (ring) => void setImmediate(ring), log);
  // Left when everything else is closed: others wait for this process as long as something can be delivered here.
  const shared = store.link === undefined
    ? null
    : opening.use(await SharedBell.open({ own: hub, link: store.link, clock, log }));
  const bell = shared ?? hub;
  const mayWrite = shared?.mayWrite;
  const everyone = await openPeople({
    config,
    store,
    bell,
    clock,
    ids,
    random,
    log,
    passwords: options.passwords,
    secret: options.secret,
  });
  const {
    accounts,
    accountsStore,
    audit,
    callers,
    consent,
    contacts,
    groups,
    notices,
    ownSanctions,
    people,
  } = everyone;
  opening.defer(() => notices.idle());
  const { room: commands, ...ofCommands } = opening.use(
    await openCommandRoom({
      config,
      store,
      kvFile,
      people: everyone,
      bell,
      clock,
      ids,
      log,
      tally,
      chat: () => chat.log,
    }),
  );
  const chat: Chat = openChat({ config, store, people: everyone, commands, bell, clock, ids, log });
  opening.defer(() => chat.flush());
  const setupLink = await prepareFirstAdmin(everyone.needs, config.admin);
  const demo = await prepareDemo({ ...everyone.needs, contacts: everyone.contactsStore }, config.mode);
  const usersOf = ({ kind }: FileCarrier) => kind === "chat" ? chat.files : commands.attachmentAccess;
  const files = opening.use(
    await openFiles({
      config,
      store,
      accounts: accountsStore,
      audit,
      people,
      bell,
      notices,
      clock,
      random,
      ids,
      log,
      names: async (userIds) =>
        new Map([...await people.byIds(userIds)].map(([id, { username }]) => [id, username])),
      readers: {
        mayRead: (userId, { by }) => usersOf(by).mayRead(userId, by),
        neededUntil: ({ by }) => usersOf(by).neededUntil(by),
      },
      watchers: {
        async changed(_file, state, uses) {
          for (const { by } of uses) await usersOf(by).changed(by, state);
        },
      },
      scanners: options.scanners,
      blobs: options.blobs,
    }),
  );
  const ofAccounts = openAccountParts({
    ...everyone,
    config,
    store,
    commands,
    commandStore: ofCommands.store,
    chat,
    files: files.room,
    bell,
    clock,
    random,
    log,
    profileChanged(user, { timeZone }) {
      callers.note(user.id, user);
      shared?.accountChanged(user.id);
      if (timeZone) consent.timeZoneChanged(user.id);
    },
  });
  const { push, closeSender, devices, answers } = await openPush({
    config,
    store,
    accountsStore,
    callers,
    people,
    consent,
    commands,
    chat,
    notices,
    hub,
    mayWrite,
    clock,
    ids,
    meters: metrics,
    log,
    sender: options.pushes,
    ticketSecret: random.bytes(32),
  });
  opening.defer(closeSender);
  opening.use(push);
  const webhooks = openWebhooks({ ...everyone, config, store, clock, random, log });
  shared?.hear(othersHeard({ ...everyone, store, commands }));
  const jobs = new JobRunner<Job>({
    kv: store.kv,
    clock,
    log,
    run: runByKind(jobTable({
      accounts: ofAccounts.data,
      commands,
      files: files.room,
      groups: groups.life,
      incidents: files.incidents,
      notices,
      push,
      webhooks,
    })),
    exclusive: store.exclusive,
  });
  opening.use(jobs);
  // Before the jobs end, which wait for what is under way.
  opening.defer(() => webhooks.close());
  jobs.start();
  await files.start();

  const categoryAdmin = new CategoryAdmin(consent.categoryList, kvCategoryStore(store, audit));
  const missingProof = options.missingProof ?? ((caller: Caller) => accounts.proof.missing(caller));
  const moderation = openModeration({
    store,
    logged: { path: logFileOf(config), lastHour: () => options.logState?.lastHour() ?? [] },
    people: everyone,
    commands,
    chat,
    files,
    bell,
    clock,
    ids,
    random,
    log,
    changed(account) {
      callers.note(account.id, account);
      shared?.accountChanged(account.id);
      ofAccounts.roleChanged(account.id);
    },
  });
  const behindMethods = {
    contacts,
    groups,
    commands: ofCommands.calls,
    chat,
    preferences: consent,
    grants: everyone.grants,
    notices,
    safety: commands.safety,
    sanctions: {
      list: (caller) => ownSanctions.list(caller),
      read: (caller, id) => ownSanctions.read(caller, id),
      appeal: (caller, body) => moderation.appeals.appeal(caller, body),
    },
    reports: moderation.reports,
    categories: {
      list: async () => ({ categories: await consent.categories() }),
      all: (caller) => categoryAdmin.all(caller),
      add: (caller, body) => categoryAdmin.add(caller, body),
      change: (caller, slug, change) => categoryAdmin.change(caller, slug, change),
    },
  } satisfies Partial<Services>;
  const realtime = new Realtime({
    clock,
    ids,
    log,
    hub,
    inbox: commands.inbox,
    greeting: {
      user: (caller) => accounts.user(caller),
      stoppedSince: (userId) => commands.safety.stoppedSince(userId),
      sanctions: (userId) => ownSanctions.of(userId),
    },
    settings: config,
    mayWrite,
    asNow: (caller) => callers.now(caller),
    handlers: metered(
      scoped(socketMethods(withFreshProof(behindMethods, missingProof))),
      metrics,
      options.tracing,
    ),
  });
  const overview = openOverview({
    config,
    store,
    clock,
    log,
    tally,
    users: () => consent.census.everyone(),
    connections: () => realtime.connections(),
    scanBacklog: files.scanBacklog,
  });
  opening.use(overview.rollups);
  const { backups, system } = openSystem({ config, store, audit, clock, log });
  opening.use(backups);
  if (config.backup.dir !== null) metrics.watchBackups(() => backups.health());
  const health = openHealth({
    config,
    store,
    clock,
    scanners: files.checks,
    backups,
    rollups: overview.rollups,
    logBroken: () => options.logState?.broken() ?? null,
  });
  metrics.watch({
    connections: overview.ports.connections,
    jobsDue: () => overview.ports.jobsDue(limits.jobsCounted),
    disk: () => diskSpace(config.dataDir),
    logLost: () => options.logState?.lost() ?? 0,
    async checks() {
      const { checks, warnings } = await health.ready();
      return [...checks, ...warnings];
    },
  });
  const operatorWatch = opening.use(openOperatorWatch({
    config,
    store,
    people,
    administrators: () => everyone.userRecords.administrators(),
    profiles: ofAccounts.services.profiles,
    commands,
    health,
    incidents: files.incidents,
    clock,
    ids,
    log,
  }));
  const services: Services = {
    config,
    clock,
    log,
    accounts,
    ...behindMethods,
    users: moderation.users,
    queue: moderation.queue,
    queuePictures: moderation.queuePictures,
    removals: moderation.removals,
    loginLinks: everyone.loginLinks,
    personFacts: moderation.personFacts,
    sanctionReasons: moderation.reasons,
    looks: moderation.looks,
    serverLog: moderation.serverLog,
    autoRules: moderation.autoRules,
    ...ofAccounts.services,
    audit: new Audit(audit),
    stats: overview.stats,
    backups,
    system,
    ...files.services,
    realtime,
    health,
    metrics,
    demo,
    push: devices,
    pushAnswers: answers,
    requestId: () => ids.next(),
    mayWrite,
  };
  const opened = opening.move();
  return {
    services: withFreshProof(services, missingProof),
    setupLink,
    rollups: overview.rollups,
    backups,
    operatorWatch,
    runDueJobs: () => jobs.runDue(),
    lost: Promise.race([store.lost, shared?.lost].filter((one) => one !== undefined)),
    async allTold() {
      await notices.idle();
      await push.idle();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
