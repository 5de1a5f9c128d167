import { DiskReserve } from "../adapters/disk/mod.ts";
import { kvCommandFiles, kvCommandStore, type Store } from "../adapters/kv/mod.ts";
import { type ChatLog, type CommandRoom, openCommands, talliedStore, toldStore } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Bell, Clock, Ids, Log, Tally } from "../platform/mod.ts";
import type { Services } from "../web/mod.ts";
import type { OpenPeople } from "./people.ts";
import { withServer } from "./server_relations.ts";

export interface CommandParts {
  config: Config;
  store: Store;
  /** The store's file; null when it has none here. */
  kvFile: string | null;
  people: OpenPeople;
  bell: Bell;
  clock: Clock;
  ids: Ids;
  log: Log;
  tally: Tally;
  /** Asked at each read of a log: the chat is opened later. */
  chat: () => ChatLog;
}

/** The commands room, wired. */
export interface OpenCommandRoom extends AsyncDisposable {
  readonly room: CommandRoom;
  readonly store: ReturnType<typeof kvCommandStore>;
  /** The calls that HTTP and sockets may make. */
  readonly calls: Services["commands"];
}

/** Wires commands with the people they go to, and begins to count who gets broadcasts. */
export async function openCommandRoom(parts: CommandParts): Promise<OpenCommandRoom> {
  const { config, store, kvFile, bell, clock, ids, log } = parts;
  const {
    accountsStore,
    audit,
    callers,
    consent,
    contacts,
    groups,
    limited,
    memberships,
    mutes,
    notices,
    people,
  } = parts.people;
  await using opening = new AsyncDisposableStack();
  const told = opening.use(toldStore(kvCommandStore(store, config.retentionDays, audit), log, clock));
  const commandStore = talliedStore(told.store, parts.tally);
  const reserve = kvFile === null
    ? null
    : opening.use(await DiskReserve.open(`${kvFile}.reserve`, clock, log));
  const room = openCommands({
    store: commandStore,
    people: {
      byUsernames: (names) => people.byUsernames(names),
      byIds: (userIds) => people.byIds(userIds),
      relationsOf: withServer(
        (userId, others) => contacts.relationsOf(userId, others),
        async (userId) => (await accountsStore.user(userId))?.role === "admin",
      ),
      membershipsOf: (userId) => memberships.of(userId),
      membersOf: (name) => memberships.in(name),
    },
    files: kvCommandFiles(store, clock),
    consent,
    bell,
    notices,
    clock,
    ids,
    log,
    ...(reserve === null ? {} : { reserve }),
    retentionDays: config.retentionDays,
    chat: parts.chat,
    gates: {
      asNow: (caller) => callers.now(caller),
      muted: (userId) => mutes.refusalFor(userId),
      limited: (userId) => limited.refusalFor(userId),
      async areContacts(userId, usernames) {
        const found = [...(await people.byUsernames(usernames)).values()].map(({ id }) => id);
        const others = found.filter((id) => id !== userId);
        const relations = await contacts.relationsOf(userId, others);
        // Nobody is called so: the sender says that as it does to everyone.
        return others.every((id) => relations.get(id)?.contact === true);
      },
      sendsPerMinute: config.rateSends,
    },
    async afterStop(userId, sinceMs) {
      await contacts.arriveAfterStop(userId, sinceMs);
      await groups.arriveAfterStop(userId, sinceMs);
    },
  });
  opening.defer(() => room.inbox.flush());
  opening.defer(() => room.close());
  await consent.prepare();
  const warming = new AbortController();
  // The start does not wait for this. A broadcast that comes before its end does.
  const warmed = consent.census.warm(warming.signal).catch((error) => {
    if (!warming.signal.aborted) log.error("census.failed", { error: error as Error });
  });
  opening.defer(() => warmed);
  opening.defer(() => warming.abort());
  const opened = opening.move();
  return {
    room,
    store: commandStore,
    calls: callsOf(room),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function callsOf(
  { sender, answerWaits, transitions, history, manyAnswers, undo, weekEffects }: CommandRoom,
): Services["commands"] {
  return {
    send: (caller, draft) => sender.send(caller, draft),
    preview: (caller, draft) => sender.preview(caller, draft),
    edit: (caller, params) => sender.edit(caller, params),
    update: (caller, params) => transitions.update(caller, params),
    review: (caller, params) => transitions.review(caller, params),
    cancel: (caller, params) => transitions.cancel(caller, params),
    get: (caller, params) => history.get(caller, params),
    list: (caller, params) => history.list(caller, params),
    inboxCounts: (caller) => history.inboxCounts(caller),
    updateSome: (caller, params) => manyAnswers.update(caller, params),
    undoSome: (caller, params) => manyAnswers.undo(caller, params),
    undoSend: (caller, params) => undo.send(caller, params),
    sendAndWait: (caller, draft, bounds) => answerWaits.send(caller, draft, bounds),
    endWaits: () => answerWaits.end(),
    weekBefore: (caller) => weekEffects.before(caller),
    weekEffect: (caller, before) => weekEffects.since(caller, before),
    inboxList: (caller, params) => history.inboxList(caller, params),
  };
}
