import type { Caller } from "../platform/mod.ts";
import { firstAdminEntry } from "./setup.ts";
import {
  type AccessToken,
  type AccessTokenBody,
  type AccessTokenMade,
  type Answer,
  isReserved,
  Refusal,
  type Renewal,
  type SessionList,
  type TokenScope,
  type User,
  username as usernameSchema,
} from "../protocol/mod.ts";
import { AccessTokens, type AccessTokensNeeds } from "./access_tokens.ts";
import { passwordProblem } from "./common_passwords.ts";
import type { Invites } from "./invites.ts";
import { type KnownDevice, KnownDevices } from "./known_devices.ts";
import { newUser } from "./new_user.ts";
import type { Hashing } from "./passwords.ts";
import { userOf } from "./people.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import { isMissing, Proof } from "./proof.ts";
import type { Origin, SessionTokens } from "./session_renewals.ts";
import {
  type Restriction,
  type SessionCaller,
  Sessions,
  type SessionsNeeds,
  type Staying,
} from "./sessions.ts";
import { sessionOver } from "./session_views.ts";
import { type Attempt, countRegistration } from "./throttle.ts";
import { hashOf } from "./tokens.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

export interface AccountsNeeds extends SessionsNeeds, Pick<AccessTokensNeeds, "takesWebhook"> {
  counts: CountStore;
  passwords: Hashing;
  twoFactor: TwoFactorStore;
  registration: "open" | "invite" | "closed";
  invites: Pick<Invites, "find" | "redeem">;
}

export interface LoggedIn {
  token: string;
  expiresAt: string;
  /** For a device that stays logged in (AU-13). */
  renewal?: Renewal;
  user: User;
  /** A session of the person was misused, and they have not read it yet (AU-13). */
  misused: boolean;
  /** For the device to keep, and to send with its next login (AU-4). */
  deviceToken: string;
}

type LoginBody = { username: string; password: string; code?: string | undefined } & Staying;

/** Accounts and sessions (AU). */
export class Accounts {
  readonly #needs: AccountsNeeds;
  readonly #store: AccountsStore;
  readonly #sessions: Sessions;
  readonly #tokens: AccessTokens;
  /** Checks passwords and codes for other services. */
  readonly proof: Proof;
  readonly devices: KnownDevices;

  constructor(needs: AccountsNeeds) {
    this.#needs = needs;
    this.#store = needs.store;
    this.proof = new Proof(needs);
    this.devices = new KnownDevices(needs);
    this.#tokens = new AccessTokens(needs);
    this.#sessions = new Sessions(needs, this.proof.secondFactor);
  }

  /** AU-1 */
  async register(
    origin: Origin,
    body: { username: string; password: string; adult: true; invite?: string | undefined },
  ): Answer<User> {
    const { registration, mode, counts, clock, log, invites } = this.#needs;
    if (registration === "closed") return new Refusal("forbidden", "register.closed");
    const invite = registration === "invite" ? await invites.find(body.invite) : null;
    if (registration === "invite" && invite === null) return notInvited(body.invite);
    if (isReserved(body.username)) {
      return new Refusal("conflict", "name.reserved", { fields: { username: "field.reserved" } });
    }
    const problem = await passwordProblem(body.password, body.username, "password");
    if (problem !== null) return problem;
    if (mode === "production") {
      // Taken names count too: the limit is against guessing names.
      const wait = await countRegistration(counts, origin.address, clock.now());
      if (wait !== null) return wait;
    }
    if (await this.#store.userNamed(body.username) !== null) return taken();
    const user = await this.#newUser(body, "member");
    if (user instanceof Refusal) return user;
    const made = invite === null ? await this.#add(user) : await invites.redeem(invite, user, origin.address);
    if (made === "over") return notInvited(body.invite);
    if (made === "taken") return taken();
    log.info("account.registered", { requestId: origin.requestId, userId: user.id, address: origin.address });
    return userOf(user);
  }

  /** `deviceToken`: what an earlier login on this device answered. */
  async login(
    origin: Origin,
    body: LoginBody,
    deviceToken?: string,
  ): Answer<LoggedIn> {
    const device = await this.devices.of(deviceToken);
    // A token is for its own name alone: whoever has an account would otherwise have more tries at others.
    const known = device?.username === body.username.toLowerCase() ? device : null;
    const attempt = await this.proof.admit(
      known === null
        ? { kind: "stranger", address: origin.address, username: body.username }
        : { kind: "device", id: known.id },
    );
    if (attempt instanceof Refusal) {
      this.#needs.log.warn("login.throttled", { requestId: origin.requestId, address: origin.address });
      return attempt;
    }
    using _over = attempt;
    return await this.#checkedLogin(origin, body, attempt, known);
  }

  /**
   * The caller of a token; `unauthorized` for a bad one, `forbidden` for an account that is suspended or lacks a second factor
   * that it must have (AU-7, AU-9). `may`: restrictions that this route allows; the caller carries the one that holds. `scopes`:
   * with which of these an access token may call it (AU-11).
   */
  authenticate(
    token: string,
    origin: Origin,
    may: readonly Restriction[] = [],
    scopes: readonly TokenScope[] = [],
  ): Answer<SessionCaller> {
    return this.#sessions.authenticate(token, origin, may, scopes);
  }

  /** AU-11. */
  createToken(caller: Caller, body: AccessTokenBody): Answer<AccessTokenMade> {
    return this.#tokens.create(caller, body);
  }

  tokens(caller: Caller): Promise<{ tokens: AccessToken[] }> {
    return this.#tokens.list(caller);
  }

  authenticateHook(token: string, origin: Origin): ReturnType<Sessions["authenticateHook"]> {
    return this.#sessions.authenticateHook(token, origin);
  }

  revokeToken(caller: Caller, id: string): Answer<true> {
    return this.#tokens.revoke(caller, id);
  }

  /** The same for a single-use socket ticket, which this call uses up. */
  redeemTicket(ticket: string, origin: Origin): Answer<SessionCaller> {
    return this.#sessions.redeemTicket(ticket, origin);
  }

  issueTicket(caller: Caller): Answer<{ ticket: string; expiresAt: string }> {
    return this.#sessions.issueTicket(caller);
  }

  logout(caller: Caller): Promise<void> {
    return this.#sessions.logout(caller);
  }

  /** AU-13: what a device gets that stays logged in, for its credential. */
  renew(credential: string, origin: Origin): Answer<SessionTokens> {
    return this.#sessions.renew(credential, origin);
  }

  sessions(caller: Caller): Promise<SessionList> {
    return this.#sessions.list(caller);
  }

  /**
   * AU-13: logs out all other devices, and gives this one a new session. `connection`: the id of the caller's connection that
   * goes on; every other one of the old session ends.
   */
  revokeOthers(caller: Caller, connection?: string): Answer<SessionTokens> {
    return this.#sessions.replacements.replace(caller, connection);
  }

  revoke(caller: Caller, sessionId: string): Answer<true> {
    return this.#sessions.revoke(caller, sessionId);
  }

  /**
   * AU-6: sets a new password, ends every other session and gives this device a new one. The tokens of all devices end with the
   * old password. `connection` as for `revokeOthers`.
   */
  async changePassword(
    caller: Caller,
    body: { current: string; next: string },
    connection?: string,
  ): Answer<SessionTokens & { deviceToken: string }> {
    const user = await this.proof.password(caller, body.current, "current");
    if (user instanceof Refusal) return user;
    const problem = await passwordProblem(body.next, user.username, "next");
    if (problem !== null) return problem;
    const hash = await this.#needs.passwords.hash(body.next);
    if (hash instanceof Refusal) return hash;
    const changedAt = this.#needs.clock.now();
    const password = { from: user.passwordHash, to: hash, changedAt };
    const tokens = await this.#sessions.replacements.replace(caller, connection, password);
    if (tokens instanceof Refusal) return tokens;
    this.#needs.log.info("account.password_changed", { requestId: caller.requestId, userId: user.id });
    return { ...tokens, deviceToken: await this.devices.issue(user.id, null) };
  }

  async user(caller: Caller): Answer<User> {
    // Asked for at once, so that the store reads them together with what else a greeting needs.
    const [session, user] = await Promise.all([
      this.#store.session(caller.sessionId),
      this.#store.user(caller.userId),
    ]);
    if (user === null) return new Refusal("not_found", "account.deleted");
    // Refuses a socket that opened just before the account was restricted, or its session ended.
    return (await this.#sessions.restrictionOf(user))?.refusal ??
      (session === null ? sessionOver() : userOf(user));
  }

  /** Begins a session after a passkey login. Null when the account may not log in, or changed in the meantime. */
  async begin(user: UserRecord, origin: Origin, wanted: Staying = {}): Promise<LoggedIn | null> {
    const begun = this.#sessions.mayEnter(user) ? await this.#sessions.begin(user, origin, wanted) : null;
    if (begun === null) return null;
    return { ...begun, user: userOf(user), deviceToken: await this.devices.issue(user.id, null) };
  }

  endSessions(userId: string): Promise<void> {
    return this.#sessions.endAll(userId);
  }

  /** AU-2: makes the first administrator, with the token of the setup link. */
  async setUp(
    origin: Origin,
    token: string,
    body: { username: string; password: string; adult: true },
  ): Answer<User> {
    const hash = await hashOf(token);
    // The token has 256 random bits, so comparing its hash reveals nothing.
    if (await this.#store.setupHash() !== hash || await this.#store.adminMade()) return setupOver();
    const problem = await passwordProblem(body.password, body.username, "password");
    if (problem !== null) return problem;
    const user = await this.#newUser(body, "admin");
    if (user instanceof Refusal) return user;
    const made = await this.#store.addFirstAdmin(
      user,
      hash,
      firstAdminEntry(user, origin.address, "setup link"),
    );
    switch (made) {
      case "made":
        this.#needs.log.info("account.first_admin", { requestId: origin.requestId, userId: user.id });
        return userOf(user);
      case "taken":
        return taken();
      case "over":
        return setupOver();
      default:
        return made satisfies never;
    }
  }

  async setupPending(): Promise<boolean> {
    return await this.#store.setupHash() !== null && !await this.#store.adminMade();
  }

  async #checkedLogin(
    origin: Origin,
    body: LoginBody,
    attempt: Attempt,
    known: KnownDevice | null,
  ): Answer<LoggedIn> {
    const { log, passwords } = this.#needs;
    const user = await this.#whoMayEnter(body.username);
    const right = await passwords.verify(body.password, user?.passwordHash ?? null);
    if (right instanceof Refusal) {
      await attempt.withdrawn();
      return right;
    }
    const code = user !== null && right ? await this.proof.secondFactor.take(user.id, body.code) : null;
    if (code !== null) {
      // Only a caller with the right password gets this far, so nobody else learns that there is a second factor.
      if (isMissing(body.code)) await attempt.withdrawn();
      else log.info("login.wrong_code", { requestId: origin.requestId, address: origin.address });
      return code;
    }
    const begun = user !== null && right ? await this.#sessions.begin(user, origin, body) : null;
    if (user === null || begun === null) {
      log.info("login.failed", { requestId: origin.requestId, address: origin.address });
      return new Refusal("unauthorized", "login.wrong");
    }
    await attempt.succeeded();
    await this.#makeStronger(user, body.password);
    log.info("login.succeeded", { requestId: origin.requestId, userId: user.id, address: origin.address });
    return { ...begun, user: userOf(user), deviceToken: await this.devices.issue(user.id, known) };
  }

  /** Null for unknown and malformed names, and in production for demo people: the answer is the same for all. */
  async #whoMayEnter(typed: string): Promise<UserRecord | null> {
    const name = usernameSchema.safeParse(typed);
    const user = name.success ? await this.#store.userNamed(name.data) : null;
    return user !== null && this.#sessions.mayEnter(user) ? user : null;
  }

  /** AU-10: replaces a hash with older parameters; the plain password is known only now. */
  async #makeStronger(user: UserRecord, password: string): Promise<void> {
    if (!this.#needs.passwords.isWeaker(user.passwordHash)) return;
    const hash = await this.#needs.passwords.hash(password);
    if (hash instanceof Refusal) return;
    await this.#store.replaceHash(user.id, user.passwordHash, hash);
  }

  async #add(user: UserRecord): Promise<"made" | "taken"> {
    return await this.#store.addUser(user) ? "made" : "taken";
  }

  #newUser(
    body: { username: string; password: string },
    role: "member" | "admin",
  ): Answer<UserRecord> {
    return newUser(this.#needs, { ...body, role, adult: true, demo: false });
  }
}

function taken(): Refusal {
  return new Refusal("conflict", "register.taken", {
    fields: { username: "field.taken" },
  });
}

/** The same for every invitation that does not work. */
function notInvited(code: string | undefined): Refusal {
  if (code === undefined || code === "") return new Refusal("forbidden", "register.invitation");
  return new Refusal("forbidden", "invite.over", { fields: { invite: "field.invite" } });
}

function setupOver(): Refusal {
  return new Refusal(
    "forbidden",
    "setup.over",
  );
}
