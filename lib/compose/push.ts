import { type KvAccounts, kvPushStore, type Store } from "../adapters/kv/mod.ts";
import { loadVapidKeys, WebPush } from "../adapters/push/mod.ts";
import type { People } from "../accounts/mod.ts";
import type { Chat } from "../chat/mod.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Clock, Log } from "../platform/mod.ts";
import { limits } from "../protocol/mod.ts";
import { Push, type PushSender } from "../push/mod.ts";
import type { Hub } from "../realtime/mod.ts";

export interface PushRoomParts {
  config: Config;
  store: Store;
  accountsStore: KvAccounts;
  people: People;
  commands: Pick<CommandRoom, "pending">;
  chat: Pick<Chat, "log">;
  hub: Hub;
  clock: Clock;
  log: Log;
  /** Replaces the browsers' push services. */
  sender: PushSender | undefined;
}

/** Starts notifications and has them listen to the bell. */
export async function openPush(
  { config, store, accountsStore, people, commands, chat, hub, clock, log, sender }: PushRoomParts,
): Promise<Push> {
  const push = new Push({
    store: kvPushStore(store, clock),
    sender: sender ?? await senderOf(config),
    isOnline: (userId) => hub.isOnline(userId),
    async waits(userId) {
      const waiting = await commands.pending.of(userId);
      if (waiting.now) return waiting;
      const messages = await chat.log.pending(userId, limits.chatTalks);
      const froms = [waiting.fromMs, messages.fromMs].filter((ms) => ms !== null);
      return { now: messages.now, fromMs: froms.length === 0 ? null : Math.min(...froms) };
    },
    isActive: (userId) => people.isActive(userId),
    hasSession: async (sessionId) => await accountsStore.session(sessionId) !== null,
    clock,
    log,
    exclusive: store.exclusive,
  });
  await push.start();
  hub.listen(push);
  return push;
}

async function senderOf({ push: contact, dataDir }: Config): Promise<PushSender | null> {
  return contact === null ? null : new WebPush({ keys: await loadVapidKeys(dataDir), contact });
}
