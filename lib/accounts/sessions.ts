import {
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type Log,
  type Random,
  randomText,
} from "../platform/mod.ts";
import { limits, Refusal, rightsInForce, type Session } from "../protocol/mod.ts";
import { suspendedRefusal, suspensionOf } from "./people.ts";
import type { AccountsStore, SessionRecord, UserRecord } from "./ports.ts";
import { factorMissing, type SecondFactor } from "./second_factor.ts";
import { hashOf, type Tokens } from "./tokens.ts";

/** Origin of a request, before the login. */
export interface Origin {
  address: string;
  device: string;
  requestId: string;
}

/** Why a session is restricted. Only routes that name the restriction let such a caller in. */
export type Restriction = "suspended" | "two_factor";

export type SessionCaller = Caller & { sessionExpiresAt: string; restriction?: Restriction };

export interface SessionsNeeds {
  store: AccountsStore;
  tokens: Tokens;
  bell: Pick<Bell, "closeUser" | "closeSession">;
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

  constructor(needs: SessionsNeeds, secondFactor: SecondFactor) {
    this.#needs = needs;
    this.#secondFactor = secondFactor;
  }

  /** Null when the password changed since it was checked. */
  async begin(user: UserRecord, origin: Origin): Promise<{ token: string; expiresAt: string } | null> {
    const { store, tokens, clock, ids } = this.#needs;
    const now = clock.now();
    // Whole seconds, like the token's `exp`, so that answer and token name the same time.
    const expiresAt = Math.floor((now + limits.sessionMs) / 1000) * 1000;
    const session: SessionRecord = {
      id: ids.next(),
      userId: user.id,
      device: origin.device,
      address: origin.address,
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
    };
    const older = await store.sessionsOf(user.id);
    if (!await store.addSession(session, user.passwordHash)) return null;
    await this.#end(user.id, older.slice(limits.sessionsPerPerson - 1).map((old) => old.id));
    return { token: await tokens.issue(user.id, session.id, expiresAt), expiresAt: iso(expiresAt) };
  }

  /** `may`: restrictions that this route allows (AU-7, AU-9). */
  async authenticate(
    token: string,
    origin: Origin,
    may: readonly Restriction[] = [],
  ): Promise<SessionCaller | Refusal> {
    const named = this.#needs.tokens.read(token);
    if (named === null) return sessionOver();
    return await this.#caller(named.userId, named.sessionId, origin, may);
  }

  async redeemTicket(ticket: string, origin: Origin): Promise<SessionCaller | Refusal> {
    const taken = await this.#needs.store.takeTicket(await hashOf(ticket));
    if (taken === null) {
      return new Refusal("unauthorized", "session.ticket");
    }
    return await this.#caller(taken.userId, taken.sessionId, origin, []);
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

  async list(caller: Caller): Promise<Session[]> {
    const sessions = await this.#needs.store.sessionsOf(caller.userId);
    return sessions.map(({ id, device, address, createdAt, lastSeenAt, expiresAt }) => ({
      id,
      device,
      address,
      createdAt: iso(createdAt),
      lastSeenAt: iso(lastSeenAt),
      expiresAt: iso(expiresAt),
      current: id === caller.sessionId,
    }));
  }

  async revoke(caller: Caller, sessionId: string): Promise<true | Refusal> {
    const session = await this.#needs.store.session(sessionId);
    if (session === null || session.userId !== caller.userId) {
      return new Refusal("not_found", "session.missing");
    }
    await this.#end(caller.userId, [sessionId]);
    return true;
  }

  /** Sets a new hash and ends every other session. False when the password changed in the meantime. */
  async changePassword(caller: Caller, from: string, to: string): Promise<boolean> {
    const others = await this.#others(caller);
    if (!await this.#needs.store.replacePassword(caller.userId, from, to, others, this.#needs.clock.now())) {
      return false;
    }
    this.#close(others);
    // A login with the old password may have come between the list and the change. After the change none can.
    await this.#end(caller.userId, await this.#others(caller));
    return true;
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
    userId: string,
    sessionId: string,
    origin: Origin,
    may: readonly Restriction[],
  ): Promise<SessionCaller | Refusal> {
    const { store, clock } = this.#needs;
    const session = await store.session(sessionId);
    if (session === null || session.userId !== userId) return sessionOver();
    const user = await store.user(userId);
    if (user === null || !this.mayEnter(user)) return sessionOver();
    const restricted = await this.restrictionOf(user);
    if (restricted !== null && !may.includes(restricted.restriction)) return restricted.refusal;
    if (clock.now() - session.lastSeenAt >= limits.sessionSeenMs) this.#seen(sessionId, origin);
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
      sessionExpiresAt: iso(session.expiresAt),
      ...(restricted === null ? {} : { restriction: restricted.restriction }),
    };
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
    const sessions = await this.#needs.store.sessionsOf(userId);
    await this.#end(userId, sessions.map(({ id }) => id));
    this.#needs.bell.closeUser(userId, "sessionOver");
  }

  async #others(caller: Caller): Promise<string[]> {
    const sessions = await this.#needs.store.sessionsOf(caller.userId);
    return sessions.map((session) => session.id).filter((id) => id !== caller.sessionId);
  }

  async #end(userId: string, sessionIds: string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.#needs.store.endSessions(userId, sessionIds);
    this.#close(sessionIds);
  }

  #close(sessionIds: string[]): void {
    for (const id of sessionIds) this.#needs.bell.closeSession(id, "sessionOver");
  }
}

function sessionOver(): Refusal {
  return new Refusal("unauthorized", "session.over");
}
