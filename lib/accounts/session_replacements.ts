import { type Bell, type Caller, type Clock, type Ids, iso, type Log } from "../platform/mod.ts";
import { type Answer, Refusal } from "../protocol/mod.ts";
import type { AccessTokenStore, AccountsStore, NewPassword } from "./ports.ts";
import { successorOf } from "./renewals.ts";
import type { SessionRenewals, SessionTokens } from "./session_renewals.ts";
import { renewalOf, sessionOver } from "./session_views.ts";
import type { Tokens } from "./tokens.ts";

export interface SessionReplacementsNeeds {
  store: Pick<AccountsStore, "endSessions" | "replaceSession" | "sessionsOf">;
  accessTokens: AccessTokenStore;
  tokens: Tokens;
  bell: Pick<Bell, "closeSession" | "sessionReplaced" | "sessionsEnded">;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/**
 * AU-13, AU-6: leaves a person with one session, which is a new one: whoever copied what the old one had is out with all others.
 * Docs: `docs/adr/0007-renewing-a-session.md`.
 */
export class SessionReplacements {
  readonly #needs: SessionReplacementsNeeds;
  readonly #renewals: Pick<SessionRenewals, "credential">;

  constructor(needs: SessionReplacementsNeeds, renewals: Pick<SessionRenewals, "credential">) {
    this.#needs = needs;
    this.#renewals = renewals;
  }

  /** `keep`: the id of the caller's connection that goes on. `password`: the new one, in the same commit. */
  async replace(caller: Caller, keep?: string, password?: NewPassword): Answer<SessionTokens> {
    const { store, tokens, bell, clock, ids, log } = this.#needs;
    const { userId, sessionId: from, requestId } = caller;
    const to = ids.next();
    const given = await this.#renewals.credential(userId, to);
    const now = clock.now();
    const others = await this.#othersThan(userId, from);
    const made = await store.replaceSession(
      from,
      others,
      (session) => successorOf(session, to, given.hash, now, password !== undefined),
      password,
    );
    if (made === "over") return sessionOver();
    if (made === "changed") return new Refusal("conflict", "password.changed");
    const tokenEndsAt = made.renewal?.tokenEndsAt ?? made.expiresAt;
    const expiresAt = iso(tokenEndsAt);
    bell.sessionReplaced({ from, to, expiresAt, keep });
    this.#close(others);
    // A login may have come between the list and the commit. With a new password none can come after it.
    const late = await this.#othersThan(userId, to);
    if (late.length > 0) {
      await store.endSessions(userId, late);
      this.#close(late);
    }
    bell.sessionsEnded(userId);
    log.info("session.replaced", { requestId, userId, sessionId: from, by: to });
    return {
      token: await tokens.issue(userId, to, tokenEndsAt),
      expiresAt,
      ...(made.renewal === undefined ? {} : { renewal: renewalOf(made, given.credential) }),
    };
  }

  async #othersThan(userId: string, sessionId: string): Promise<string[]> {
    const { store, accessTokens } = this.#needs;
    // AU-11: access tokens too, as whoever had the session could have made one.
    const sessions = [...await store.sessionsOf(userId), ...await accessTokens.of(userId)];
    return sessions.map(({ id }) => id).filter((id) => id !== sessionId);
  }

  #close(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#needs.bell.closeSession(id, "sessionOver");
  }
}
