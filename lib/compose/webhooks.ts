import { type KvAccessTokens, type KvAccounts, kvWebhookJobs, type Store } from "../adapters/kv/mod.ts";
import { fetchWebhooks } from "../adapters/webhooks/mod.ts";
import type { People } from "../accounts/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Clock, Log, Random } from "../platform/mod.ts";
import { isWebhookAddress, Webhooks } from "../webhooks/mod.ts";

export interface WebhookParts {
  config: Pick<Config, "webhookHosts">;
  store: Store;
  accountsStore: Pick<KvAccounts, "session">;
  accessTokens: Pick<KvAccessTokens, "noteWebhook">;
  people: People;
  clock: Clock;
  random: Random;
  log: Log;
}

/** Webhooks of access tokens, wired with the records of those tokens. */
export function openWebhooks(
  { config, store, accountsStore, accessTokens, people, clock, random, log }: WebhookParts,
): Webhooks {
  return new Webhooks({
    sender: fetchWebhooks,
    takes: (url) => isWebhookAddress(url, config.webhookHosts),
    async receiver(tokenId) {
      const session = await accountsStore.session(tokenId);
      const webhook = session?.access?.webhook;
      if (session === null || webhook === undefined) return null;
      const { url, secret, ended } = webhook;
      return { ownerId: session.userId, url, secret, ended: ended === true };
    },
    isActive: (userId) => people.isActive(userId),
    usernameOf: async (userId) => (await people.byIds([userId])).get(userId)?.username ?? null,
    note: (tokenId, { sent, status, ended }) =>
      accessTokens.noteWebhook(tokenId, {
        last: { at: clock.now(), sent, status },
        ...(ended ? { ended: true } : {}),
      }),
    plan: kvWebhookJobs(store),
    clock,
    random,
    log,
  });
}
