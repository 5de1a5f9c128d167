import { suspensionOf } from "../accounts/mod.ts";
import type { KvAccounts } from "../adapters/kv/accounts_store.ts";
import { kvPushStore } from "../adapters/kv/push_store.ts";
import type { Store } from "../adapters/kv/store.ts";
import { loadVapidKeys, WebPush } from "../adapters/push/web_push.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Bell, Clock, Log } from "../platform/mod.ts";
import { Push, PushBell, type PushJob, type PushSender } from "../push/mod.ts";
import type { PushService } from "../web/services.ts";

export interface PushRoomParts {
  config: Config;
  store: Store;
  accountsStore: KvAccounts;
  commands: Pick<CommandRoom, "pending">;
  clock: Clock;
  log: Log;
  /** In place of the browsers' push services. */
  sender: PushSender | undefined;
}

export interface OpenPush extends AsyncDisposable {
  readonly service: PushService;
  run(job: PushJob): Promise<void>;
}

/** Notifications, in two steps: the bell is needed by everything that rings, and what it tells by looks at all of that. */
export function preparePush(hub: Bell): { bell: Bell; open(parts: PushRoomParts): Promise<OpenPush> } {
  let push: Push | null = null;
  return {
    bell: new PushBell(hub, () => push),
    async open({ config, store, accountsStore, commands, clock, log, sender }) {
      const opened = new Push({
        store: kvPushStore(store, clock),
        sender: sender ?? await senderOf(config),
        isOnline: (userId) => hub.isOnline(userId),
        waits: (userId) => commands.pending.of(userId),
        async mayBeTold({ userId, sessionId, sessionUntilMs }) {
          const user = await accountsStore.user(userId);
          if (user === null || suspensionOf(user, clock.now()) !== null) return false;
          // A login that is gone before its time was ended by somebody.
          return clock.now() >= sessionUntilMs || await accountsStore.session(sessionId) !== null;
        },
        clock,
        log,
        exclusive: store.exclusive,
      });
      await opened.start();
      push = opened;
      return {
        service: opened,
        run: (job) => opened.run(job),
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      };
    },
  };
}

async function senderOf({ push: contact, dataDir }: Config): Promise<PushSender | null> {
  return contact === null ? null : new WebPush({ keys: await loadVapidKeys(dataDir), contact });
}
