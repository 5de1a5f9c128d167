import {
  Accounts,
  Contacts,
  Passwords,
  People,
  prepareDemo,
  prepareFirstAdmin,
  Tokens,
} from "./accounts/mod.ts";
import { diskHealth } from "./adapters/disk/health.ts";
import { KvAccounts } from "./adapters/kv/accounts_store.ts";
import { kvCommandStore } from "./adapters/kv/commands_store.ts";
import { kvConsentStore } from "./adapters/kv/consent_store.ts";
import { KvContacts } from "./adapters/kv/contacts_store.ts";
import { KvCounts } from "./adapters/kv/counts_store.ts";
import { kvHealth } from "./adapters/kv/health.ts";
import { JobRunner } from "./adapters/kv/jobs.ts";
import { openStore, type Store } from "./adapters/kv/store.ts";
import { loadSecret } from "./adapters/secret_file.ts";
import { type CommandRoom, type Job, openCommands } from "./commands/mod.ts";
import type { Config } from "./config.ts";
import { Consent } from "./consent/mod.ts";
import { Health, type HealthPort } from "./health.ts";
import { type Clock, Ids, type Log, type Random, systemClock, systemRandom } from "./platform/mod.ts";
import { Hub, Realtime } from "./realtime/mod.ts";
import type { Services } from "./services.ts";

/** What a start hands in; tests replace the clock, the randomness, the store and the cost of a password. */
export interface OpenOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  random?: Random;
  passwords?: Passwords;
  /** A store that stays open when these services close; for a restart on the same `:memory:` data. */
  store?: Store;
  /** 32 bytes; read from `secret.key` in the data directory when left out. */
  secret?: Uint8Array<ArrayBuffer>;
}

/** The running services, and what the console shows once. */
export interface OpenServices extends AsyncDisposable {
  readonly services: Services;
  /** Path of the one-time setup link (AU-2), or null. */
  readonly setupLink: string | null;
  /** Runs what is due now, without waiting for the timer; for tests and benches. */
  runDueJobs(): Promise<void>;
}

/** The composition root: the only place that knows every room and every adapter. Throws when the store cannot be opened. */
export async function openServices(options: OpenOptions): Promise<OpenServices> {
  const { config, log, clock = systemClock, random = systemRandom } = options;
  await using opening = new AsyncDisposableStack();
  const store = options.store ?? opening.use(await openStore(config.kv));
  const ids = new Ids(clock, random);
  const hub = new Hub(clock, config.heartbeatMs);
  const accountsStore = new KvAccounts(store, clock);
  const contactsStore = new KvContacts(store);
  const passwords = options.passwords ?? new Passwords(random);
  const people = new People(accountsStore);
  const consent = new Consent({
    store: kvConsentStore(store),
    timeZones: people,
    clock,
    bell: hub,
    exclusive: store.exclusive,
  });
  const contacts = new Contacts({
    store: contactsStore,
    people,
    bell: hub,
    clock,
    blocks: async (userId, otherId) => {
      const other = (await people.byIds([otherId])).get(otherId);
      return other !== undefined && await consent.blocks(userId, other.username);
    },
    sharedLimits: (userId) => consent.sharedLimits(userId),
  });
  const tokens = new Tokens(options.secret ?? await loadSecret(config.dataDir), clock);
  const needs = { store: accountsStore, passwords, clock, ids, random, log };
  const accounts = new Accounts({
    ...needs,
    counts: new KvCounts(store),
    tokens,
    bell: hub,
    mode: config.mode,
    registration: config.registration,
  });
  const commands = openCommands({
    store: kvCommandStore(store),
    people: {
      byUsernames: (names) => people.byUsernames(names),
      byIds: (userIds) => people.byIds(userIds),
      relationsOf: (userId, others) => contacts.relationsOf(userId, others),
    },
    consent,
    bell: hub,
    clock,
    ids,
    log,
    retentionDays: config.retentionDays,
    exclusive: store.exclusive,
  });
  opening.defer(() => commands.inbox.flush());
  await consent.prepare();
  const setupLink = await prepareFirstAdmin(needs, config.admin);
  const demo = await prepareDemo({ ...needs, contacts: contactsStore }, config.mode);
  const jobs = new JobRunner<Job>({ kv: store.kv, clock, log, run: (job) => commands.run(job) });
  opening.use(jobs);
  jobs.start();

  const calls = callsOf(commands, consent, contacts);
  const realtime = new Realtime({
    clock,
    ids,
    log,
    hub,
    inbox: commands.inbox,
    greeting: {
      user: (caller) => accounts.user(caller),
      stoppedSince: (userId) => commands.safety.stoppedSince(userId),
    },
    settings: config,
    handlers: calls.handlers,
  });
  const services: Services = {
    config,
    clock,
    log,
    accounts,
    ...calls.services,
    realtime,
    health: new Health(healthPorts(config, store), clock),
    demo,
    requestId: () => ids.next(),
  };
  const opened = opening.move();
  return {
    services,
    setupLink,
    runDueJobs: () => jobs.runDue(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function healthPorts(config: Config, store: Store): HealthPort[] {
  const kv = kvHealth(store.kv);
  // A store in memory is for tests, which have no data directory.
  return config.kv === ":memory:" ? [kv] : [kv, diskHealth(config.dataDir)];
}

/** The calls that stand behind both the socket's methods and the pages. */
function callsOf({ sender, moves, history, safety }: CommandRoom, consent: Consent, contacts: Contacts) {
  const services = {
    contacts,
    preferences: {
      get: (caller) => consent.get(caller),
      set: (caller, change) => consent.set(caller, change),
    },
    categories: { list: async () => ({ categories: await consent.categories() }) },
    commands: {
      send: (caller, draft) => sender.send(caller, draft),
      preview: (caller, draft) => sender.preview(caller, draft),
      update: (caller, params) => moves.update(caller, params),
      review: (caller, params) => moves.review(caller, params),
      cancel: (caller, params) => moves.cancel(caller, params),
      get: (caller, params) => history.get(caller, params),
      list: (caller, params) => history.list(caller, params),
      inboxList: (caller, params) => history.inboxList(caller, params),
    },
    safety: {
      stop: (caller) => safety.stop(caller),
      resume: (caller) => safety.resume(caller),
      stoppedSince: (userId) => safety.stoppedSince(userId),
    },
  } satisfies Partial<Services>;
  const handlers: ConstructorParameters<typeof Realtime>[0]["handlers"] = {
    "inbox.list": services.commands.inboxList,
    "command.send": services.commands.send,
    "command.preview": services.commands.preview,
    "command.list": services.commands.list,
    "command.get": services.commands.get,
    "command.update": services.commands.update,
    "command.review": services.commands.review,
    "command.cancel": services.commands.cancel,
    "preferences.get": services.preferences.get,
    "preferences.set": services.preferences.set,
    "category.list": () => services.categories.list(),
    "contact.request": (caller, params) => contacts.request(caller, params),
    "contact.accept": (caller, params) => contacts.accept(caller, params),
    "contact.decline": (caller, params) => contacts.decline(caller, params),
    "contact.remove": (caller, params) => contacts.remove(caller, params),
    "contact.list": (caller) => contacts.list(caller),
    "safety.stop": services.safety.stop,
    "safety.resume": services.safety.resume,
  };
  return { services, handlers };
}
