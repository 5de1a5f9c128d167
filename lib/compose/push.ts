import { type KvAccounts, kvPushStore, type Store } from "../adapters/kv/mod.ts";
import { loadPushKeys, WebPush } from "../adapters/push/mod.ts";
import { type CurrentCallers, networkOf, type People } from "../accounts/mod.ts";
import type { Chat } from "../chat/mod.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import { type Consent, newsHold } from "../consent/mod.ts";
import type { Notices } from "../notices/mod.ts";
import { type Caller, type Clock, type Ids, iso, type Log } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import { pushLimits, rightsInForce } from "../protocol/mod.ts";
import {
  Notifications,
  type Pressed,
  Push,
  PushAnswers,
  PushDeviceList,
  type PushPeople,
  type PushSender,
  type PushWords,
  Tickets,
} from "../push/mod.ts";
import type { Hub } from "../realtime/mod.ts";
import { defaultLanguage, languageOf, plural, wordsOf } from "../words/mod.ts";
import { alertSources } from "./alert_sources.ts";

export interface PushRoomParts {
  config: Config;
  store: Store;
  accountsStore: KvAccounts;
  callers: Pick<CurrentCallers, "now">;
  people: People;
  consent: Pick<Consent, "standing">;
  commands: Pick<CommandRoom, "alerts" | "options" | "safety" | "transitions">;
  chat: Pick<Chat, "log">;
  notices: Notices;
  hub: Hub;
  /** Whether this process may still tell anybody of anything (OP-7). */
  mayWrite: (() => boolean) | undefined;
  clock: Clock;
  ids: Pick<Ids, "next">;
  meters: Meters;
  log: Log;
  /** Replaces the push services, and the secret of buttons (32 bytes). */
  sender: PushSender | undefined;
  ticketSecret: Uint8Array<ArrayBuffer>;
}

export interface OpenPushRoom {
  push: Push;
  /** Ends the thread that posts; once nothing is sent any more. */
  closeSender(): void;
  devices: PushDeviceList;
  answers: PushAnswers;
}

/** Starts notifications and has them listen to the bell. */
export async function openPush(parts: PushRoomParts): Promise<OpenPushRoom> {
  const { store, accountsStore, people, consent, commands, chat, notices, hub, clock, ids, log } = parts;
  const { sender, secret, closeSender } = await senderOf(parts);
  const pushStore = kvPushStore(store, clock);
  const tickets = new Tickets(secret);
  const ofPeople: PushPeople = {
    isActive: (userId) => people.isActive(userId),
    hasSession: async (sessionId) => await accountsStore.session(sessionId) !== null,
    holds: async (userId) => newsHold(await consent.standing(userId), clock.now()),
  };
  const push = new Push({
    store: pushStore,
    sender,
    sources: alertSources({ commands, chat, notices, holds: ofPeople.holds }),
    people: ofPeople,
    notifications: new Notifications(tickets, pushWords),
    meters: parts.meters,
    clock,
    log,
    epoch: (userId) => hub.epoch(userId),
    mayWrite: parts.mayWrite,
    exclusive: store.exclusive,
  });
  const devices = new PushDeviceList({
    store: pushStore,
    sender,
    push,
    people: ofPeople,
    clock,
    nextId: () => ids.next(),
  });
  const answers = new PushAnswers({
    store: pushStore,
    tickets,
    push,
    people: ofPeople,
    networkOf,
    clock,
    act: (caller, pressed) => act(parts, caller, pressed),
    async callerOf({ userId, sessionId }, { address, requestId }) {
      const record = await accountsStore.user(userId);
      if (record === null || record.removedAt !== undefined) return null;
      const { username, displayName, role } = record;
      const base = { userId, username, displayName, role, rights: rightsInForce(record) };
      return parts.callers.now({ ...base, sessionId, device: "notification", address, requestId });
    },
  });
  await push.start();
  hub.listen(push);
  return { push, closeSender, devices, answers };
}

function act(
  { commands, clock }: PushRoomParts,
  caller: Caller,
  pressed: Pressed,
) {
  const { action, commandId: id } = pressed;
  switch (action) {
    case "answer":
      return commands.options.answer(caller, { id, key: pressed.option });
    case "accept":
      return commands.transitions.update(caller, { id, state: "accepted" }, { fromOutside: true });
    case "later": {
      const until = iso(clock.now() + pushLimits.pushLaterMs);
      return commands.transitions.update(caller, { id, state: "deferred", until });
    }
    case "decline":
      return commands.transitions.update(caller, { id, state: "declined" });
    case "stop":
      return commands.safety.stop(caller);
    default:
      return action satisfies never;
  }
}

async function senderOf(
  { config: { push: contact, pushHosts, dataDir }, clock, sender, ticketSecret }: PushRoomParts,
): Promise<
  Pick<OpenPushRoom, "closeSender"> & { sender: PushSender | null; secret: Uint8Array<ArrayBuffer> }
> {
  const closeSender = () => undefined;
  if (sender !== undefined) return { sender, secret: ticketSecret, closeSender };
  if (contact === null) return { sender: null, secret: ticketSecret, closeSender };
  const keys = await loadPushKeys(dataDir);
  const pushes = new WebPush({ keys, contact, named: pushHosts, clock });
  return { sender: pushes, secret: keys.ticketSecret, closeSender: () => pushes.close() };
}

function pushWords(tag: string): PushWords {
  const language = languageOf(tag) ?? defaultLanguage;
  const { pushed } = wordsOf(language);
  const { name, command, deadline, chat, notice, several, test, accept, later, decline, stop } = pushed;
  const discreet = wordsOf(language).discreet.neutralTitle;
  return {
    name,
    discreet,
    command,
    deadline,
    chat,
    notice,
    several,
    test,
    count: (count) => plural(language, pushed.count, count),
    actions: { accept, later, decline, stop },
  };
}
