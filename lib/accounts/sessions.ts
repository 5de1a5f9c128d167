import {
  type AuditEntry,
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type Log,
  type Random,
  randomText,
} from "../platform/mod.ts";
import {
  type Answer,
  type Hook,
  limits,
  Refusal,
  rightsInForce,
  type SessionList,
  type TokenScope,
} from "../protocol/mod.ts";
import { isAccessToken, sessionOfToken } from "./access_tokens.ts";
import { agentOf, isTimeZone } from "./agents.ts";
import { suspendedRefusal, suspensionOf } from "./people.ts";
import type { AccessTokenStore, AccountsStore, MisuseStore, SessionRecord, UserRecord } from "./ports.ts";
import { renewalEnd, tokenEnd } from "./renewals.ts";
import { factorMissing, type SecondFactor } from "./second_factor.ts";
import { type Origin, SessionRenewals, type SessionTokens } from "./session_renewals.ts";
import { SessionReplacements } from "./session_replacements.ts";
import { misuseOf, renewalOf, sessionOf, sessionOver, sessionReplaced } from "./session_views.ts";
import { hashOf, type SessionClaims, type Tokens } from "./tokens.ts";

/** What a person wants of a new session (AU-13). `timeZone`: as the browser told it. */
export interface Staying {
  stay?: boolean | undefined;
  timeZone?: string | undefined;
}

/** A new session. `misused`: one of the person's sessions was, and they have not read it yet (AU-13). */
export interface Begun extends SessionTokens {
  misused: boolean;
}

/** Why a session is restricted. Only routes that name the restriction let such a caller in. */
export type Restriction = "suspended" | "two_factor";

export type SessionCaller = Caller & { sessionExpiresAt: string; restriction?: Restriction };

export interface SessionsNeeds {
  store: AccountsStore;
  misuses: MisuseStore;
  accessTokens: AccessTokenStore;
  tokens: Tokens;
  bell: Pick<
    Bell,
    "closeUser" | "closeSession" | "notify" | "sessionRenewed" | "sessionReplaced" | "sessionsEnded"
  >;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
  mode: "evaluation" | "production";
}

const ticketBytes = 32;

/** Sessions: tokens, tickets, and the records that make them valid (AU-3, AU-5, AU-6). */
export class Sessions {
  readonly #needs: SessionsNeeds;
  readonly #secondFactor: SecondFactor;
  readonly #renewals: SessionRenewals;
  readonly replacements: SessionReplacements;

  constructor(needs: SessionsNeeds, secondFactor: SecondFactor) {
    this.#needs = needs;
    this.#secondFactor = secondFactor;
    this.#renewals = new SessionRenewals(needs);
    this.replacements = new SessionReplacements(needs, this.#renewals);
  }

  /** Null when the password changed since it was checked. */
  async begin(user: UserRecord, origin: Origin, wanted: Staying = {}): Promise<Begun | null> {
    const { store, tokens, clock, ids } = this.#needs;
    const now = clock.now();
    const tokenEndsAt = tokenEnd(now);
    const id = ids.next();
    const given = wanted.stay === true ? await this.#renewals.credential(user.id, id) : null;
    const agent = await agentOf(origin.userAgent);
    const session: SessionRecord = {
      id,
      userId: user.id,
      device: origin.device,
      address: origin.address,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: given === null ? tokenEndsAt : renewalEnd(now, now),
      provenAt: now,
      ...(agent === null ? {} : { agent }),
      ...(isTimeZone(wanted.timeZone) ? { timeZone: wanted.timeZone } : {}),
      ...(given === null ? {} : { renewal: { current: given.hash, next: [], tokenEndsAt } }),
    };
    const [older, misuses] = await Promise.all([store.sessionsOf(user.id), this.#needs.misuses.of(user.id)]);
    if (!await store.addSession(session, user.passwordHash, staffLogin(user, origin))) return null;
    await this.#end(user.id, older.slice(limits.sessionsPerPerson - 1).map((old) => old.id));
    return {
      token: await tokens.issue(user.id, id, tokenEndsAt),
      expiresAt: iso(tokenEndsAt),
      misused: misuses.length > 0,
      ...(given === null ? {} : { renewal: renewalOf(session, given.credential) }),
    };
  }

  /** AU-13: a new token for a device that stays logged in, and a new credential. */
  async renew(credential: string, origin: Origin): Answer<SessionTokens> {
    const named = await this.#needs.tokens.readRenewal(credential);
    const user = named === null ? null : await this.#needs.store.user(named.userId);
    if (named === null || user === null || !this.mayEnter(user)) return sessionOver();
    const renewed = await this.#renewals.renew(named, credential, origin);
    if (renewed !== null) return renewed;
    return await this.#needs.store.wasReplaced(named.sessionId) ? sessionReplaced("conflict") : sessionOver();
  }

  /**
   * `may`: restrictions that this route allows (AU-7, AU-9). `scopes`: with which of these an access token may call it (AU-11);
   * none without them.
   */
  async authenticate(
    token: string,
    origin: Origin,
    may: readonly Restriction[] = [],
    scopes: readonly TokenScope[] = [],
  ): Promise<SessionCaller | Refusal> {
    if (isAccessToken(token)) {
      const known = await this.#byAccessToken(token, origin, scopes);
      if (known instanceof Refusal) return known;
      return known.hook === undefined ? known.caller : new Refusal("forbidden", "token.hook");
    }
    const named = await this.#needs.tokens.read(token);
    if (named === null) return sessionOver();
    return await this.#caller(named, origin, may);
  }

  /** AU-11: the caller behind the address of a hook, and its template. */
  async authenticateHook(
    token: string,
    origin: Origin,
  ): Promise<{ caller: SessionCaller; hook: Hook } | Refusal> {
    const known = await this.#byAccessToken(token, origin, ["send"]);
    if (known instanceof Refusal) return known;
    const { caller, hook } = known;
    return hook === undefined ? new Refusal("not_found", "token.noHook") : { caller, hook };
  }

  async redeemTicket(ticket: string, origin: Origin): Promise<SessionCaller | Refusal> {
    const taken = await this.#needs.store.takeTicket(await hashOf(ticket));
    if (taken === null) {
      return new Refusal("unauthorized", "session.ticket");
    }
    return await this.#caller({ ...taken, renewal: null }, origin, []);
  }

  async issueTicket(caller: Caller): Promise<{ ticket: string; expiresAt: string }> {
    const { store, random, clock } = this.#needs;
    const ticket = randomText(random, ticketBytes);
    const expiresAt = clock.now() + limits.ticketMs;
    const { userId, sessionId } = caller;
    await store.addTicket(await hashOf(ticket), { userId, sessionId, expiresAt });
    return { ticket, expiresAt: iso(expiresAt) };
  }

  async logout(caller: Caller): Promise<void> {
    await this.#end(caller.userId, [caller.sessionId]);
  }

  async list(caller: Caller): Promise<SessionList> {
    const { store, misuses } = this.#needs;
    const [sessions, misused] = await Promise.all([
      store.sessionsOf(caller.userId),
      misuses.of(caller.userId),
    ]);
    return {
      sessions: sessions.map((session) => sessionOf(session, caller.sessionId)),
      misused: misused.map(misuseOf),
    };
  }

  async revoke(caller: Caller, sessionId: string): Promise<true | Refusal> {
    const session = await this.#needs.store.session(sessionId);
    if (session !== null && session.userId === caller.userId) {
      await this.#end(caller.userId, [sessionId]);
      return true;
    }
    // Of a misused session only the note is left.
    const read = await this.#needs.misuses.forget(caller.userId, sessionId);
    return read ? true : new Refusal("not_found", "session.missing");
  }

  /** Demo people can log in only in evaluation mode. */
  mayEnter(user: UserRecord): boolean {
    return !user.demo || this.#needs.mode === "evaluation";
  }

  /** Returns why the account is restricted, and the refusal for its person; null without a restriction. */
  async restrictionOf(user: UserRecord): Promise<{ restriction: Restriction; refusal: Refusal } | null> {
    const suspension = suspensionOf(user, this.#needs.clock.now());
    if (suspension !== null) return { restriction: "suspended", refusal: suspendedRefusal(suspension) };
    if (!await this.#secondFactor.isMissing(user)) return null;
    return { restriction: "two_factor", refusal: factorMissing() };
  }

  async #caller(
    { userId, sessionId, renewal }: SessionClaims,
    origin: Origin,
    may: readonly Restriction[],
  ): Promise<SessionCaller | Refusal> {
    const { store, clock } = this.#needs;
    const [session, user] = await Promise.all([store.session(sessionId), store.user(userId)]);
    if (session === null || session.userId !== userId) return await this.#over(sessionId);
    // An access token is never a login.
    if (session.access !== undefined) return sessionOver();
    if (user === null || !this.mayEnter(user)) return sessionOver();
    const restricted = await this.restrictionOf(user);
    if (restricted !== null && !may.includes(restricted.restriction)) return restricted.refusal;
    if (clock.now() - session.lastSeenAt >= limits.sessionSeenMs) this.#seen(sessionId, origin);
    if (renewal !== null && renewal !== session.renewal?.current) {
      await this.#renewals.confirm(session, renewal);
    }
    return {
      userId,
      username: user.username,
      displayName: user.displayName,
      role: user.role,
      rights: rightsInForce(user),
      sessionId,
      device: origin.device,
      address: origin.address,
      requestId: origin.requestId,
      sessionExpiresAt: iso(session.renewal?.tokenEndsAt ?? session.expiresAt),
      ...(restricted === null ? {} : { restriction: restricted.restriction }),
    };
  }

  /** AU-11. */
  async #byAccessToken(
    token: string,
    origin: Origin,
    scopes: readonly TokenScope[],
  ): Promise<{ caller: SessionCaller; hook?: Hook | undefined } | Refusal> {
    const { store, clock } = this.#needs;
    const session = await sessionOfToken(store, token);
    const user = session === null ? null : await store.user(session.userId);
    if (session === null || user === null || !this.mayEnter(user)) {
      return new Refusal("unauthorized", "token.over");
    }
    const restricted = await this.restrictionOf(user);
    if (restricted !== null) return restricted.refusal;
    const has = session.access!.scopes;
    if (!has.some((scope) => scopes.includes(scope))) return new Refusal("forbidden", "token.scope");
    if (clock.now() - session.lastSeenAt >= limits.sessionSeenMs) this.#seen(session.id, origin);
    const caller: SessionCaller = {
      userId: user.id,
      username: user.username,
      displayName: user.displayName,
      role: "member",
      rights: rightsInForce(user),
      sessionId: session.id,
      device: origin.device,
      address: origin.address,
      requestId: origin.requestId,
      sessionExpiresAt: iso(session.expiresAt),
      scopes: has,
      ...(session.access!.webhook === undefined ? {} : { hasWebhook: true as const }),
    };
    return { caller, hook: session.access!.hook };
  }

  /** Runs beside the request, which does not fail because of it. */
  #seen(sessionId: string, origin: Origin): void {
    const { store, clock, log } = this.#needs;
    store.sessionSeen(sessionId, clock.now()).catch((error) =>
      log.warn("session.seen_failed", { requestId: origin.requestId, sessionId, error })
    );
  }

  /** Ends all sessions of a person and closes their sockets. */
  async endAll(userId: string): Promise<void> {
    const { store, accessTokens } = this.#needs;
    const sessions = [...await store.sessionsOf(userId), ...await accessTokens.of(userId)];
    await this.#end(userId, sessions.map(({ id }) => id));
    this.#needs.bell.closeUser(userId, "sessionOver");
    this.#needs.bell.sessionsEnded(userId);
  }

  /** A session that another one replaced a moment ago is told apart: its browser has the other one's cookies in a moment. */
  async #over(sessionId: string): Promise<Refusal> {
    return await this.#needs.store.wasReplaced(sessionId) ? sessionReplaced("unauthorized") : sessionOver();
  }

  async #end(userId: string, sessionIds: string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.#needs.store.endSessions(userId, sessionIds);
    for (const id of sessionIds) this.#needs.bell.closeSession(id, "sessionOver");
  }
}

/** MO-3: logins of people who can decide about others are in the audit log. */
function staffLogin({ id, username, role }: UserRecord, { address, device }: Origin): AuditEntry | undefined {
  if (role === "member") return undefined;
  return {
    actor: { userId: id, username },
    action: "staff.login",
    subject: null,
    address,
    reason: null,
    detail: { role, device },
  };
}
