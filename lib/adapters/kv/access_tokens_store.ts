import type { AccessTokenStore, SessionRecord, UserRecord, WebhookRecord } from "../../accounts/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Access tokens (AU-11) in Deno KV: sessions with an index of their own, so that no number of logins hides one. */
export class KvAccessTokens implements AccessTokenStore {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async add(session: SessionRecord, most: number, by: string): Promise<boolean | "over"> {
    const { userId } = session;
    const expireIn = Math.max(1, session.expiresAt - this.#clock.now());
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [user, maker] = await this.#store.kv.getMany<[UserRecord, SessionRecord]>([
        keys.user(userId),
        keys.session(by),
      ]);
      if (user.value === null || user.value.removedAt !== undefined) return false;
      // Its check keeps a token from outliving the log-out of whoever makes it.
      if (maker.value === null || maker.value.expiresAt <= this.#clock.now()) return "over";
      const { found, gone } = await this.#read(userId);
      if (found.length >= most) return false;
      const { ok } = await this.#store.committer.commit({
        checks: [user, maker],
        sets: [
          { key: keys.session(session.id), value: session, expireIn },
          { key: keys.accessTokenOf(userId, session.id), value: true, expireIn },
        ],
        deletes: gone.map((id) => keys.accessTokenOf(userId, id)),
      });
      if (ok) return true;
    }
    return false;
  }

  async of(userId: string): Promise<SessionRecord[]> {
    return (await this.#read(userId)).found;
  }

  async end(userId: string, sessionId: string): Promise<void> {
    await this.#store.committer.commit({
      deletes: [keys.session(sessionId), keys.accessTokenOf(userId, sessionId)],
    });
  }

  async noteWebhook(sessionId: string, note: Pick<WebhookRecord, "last" | "ended">): Promise<void> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<SessionRecord>(keys.session(sessionId));
      const session = entry.value;
      const webhook = session?.access?.webhook;
      const leftMs = (session?.expiresAt ?? 0) - this.#clock.now();
      if (webhook === undefined || leftMs <= 0) return;
      const value = { ...session, access: { ...session!.access, webhook: { ...webhook, ...note } } };
      const { ok } = await this.#store.committer.commit({
        checks: [entry],
        sets: [{ key: entry.key, value, expireIn: leftMs }],
      });
      if (ok) return;
    }
  }

  /** `gone`: entries of the index whose sessions ended together with others. */
  async #read(userId: string): Promise<{ found: SessionRecord[]; gone: string[] }> {
    const prefix = keys.accessTokensOf(userId);
    const entries = await Array.fromAsync(this.#store.kv.list({ prefix }, { reverse: true }));
    const ids = entries.map(({ key }) => String(key.at(-1)));
    const sessions = await getValues<SessionRecord>(this.#store.kv, ids.map(keys.session));
    const now = this.#clock.now();
    return {
      found: sessions.filter((session) => session !== null && now < session.expiresAt) as SessionRecord[],
      gone: ids.filter((_, at) => sessions[at] === null),
    };
  }
}
