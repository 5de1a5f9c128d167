import {
  auditEntryOf,
  type Caller,
  type Clock,
  hasRole,
  iso,
  type Log,
  type NoticeList,
  type Random,
  randomText,
} from "../platform/mod.ts";
import { type Answer, limits, type NewNotice, nothingHere, Refusal, type User } from "../protocol/mod.ts";
import { passwordProblem } from "./common_passwords.ts";
import type { LoginLinkRecord, LoginLinkStore } from "./login_link_ports.ts";
import type { Hashing } from "./passwords.ts";
import { userOf } from "./people.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";
import type { Origin } from "./session_renewals.ts";
import { hashOf } from "./tokens.ts";

export interface LoginLinksNeeds {
  store: LoginLinkStore;
  accounts: Pick<AccountsStore, "user" | "userNamed">;
  passwords: Hashing;
  /** Ends all sessions and access tokens of a person. */
  endSessions(userId: string): Promise<void>;
  notices: NoticeList<NewNotice>;
  clock: Clock;
  random: Random;
  log: Log;
}

/**
 * AU-12: one-time links for people who lost their password. A link lets its holder set a new one, which ends every session. A second
 * factor stays, and the person is told of each link.
 */
export class LoginLinks {
  readonly #needs: LoginLinksNeeds;

  constructor(needs: LoginLinksNeeds) {
    this.#needs = needs;
  }

  /** Returns the link's token. Only its hash is kept. The last link of the person no longer works. */
  async create(
    caller: Caller,
    username: string,
    reason: string,
  ): Answer<{ token: string; expiresAt: string }> {
    if (!hasRole(caller, "admin")) return nothingHere();
    const { store, accounts, notices, clock, random, log } = this.#needs;
    const user = await accounts.userNamed(username);
    if (user === null) return new Refusal("not_found", "person.unknown");
    if (user.id === caller.userId) return new Refusal("conflict", "loginLink.own");
    const secret = randomText(random, 32);
    const expiresAt = clock.now() + limits.loginLinkMs;
    const link: LoginLinkRecord = {
      hash: await hashOf(secret),
      by: caller.username,
      expiresAt,
      passwordChangedAt: user.passwordChangedAt ?? null,
    };
    const entry = auditEntryOf(caller, "user.login_link", username, { expiresAt: iso(expiresAt) }, reason);
    const owed = notices.owe(user.id, { kind: "login_link" });
    if (!await store.set(user.id, link, entry, owed)) return new Refusal("not_found", "person.unknown");
    await notices.give([owed]);
    log.info("login_link.created", { requestId: caller.requestId, userId: user.id });
    return { token: `${user.id}.${secret}`, expiresAt: iso(expiresAt) };
  }

  /** Whose link it is. It is not spent. */
  async find(token: string): Answer<{ username: string }> {
    const found = await this.#found(token);
    return found === null ? over() : { username: found.user.username };
  }

  /** Sets the new password, and ends everything that is logged in. */
  async use(origin: Origin, { token, password }: { token: string; password: string }): Answer<User> {
    const { store, passwords, notices, clock, log, endSessions } = this.#needs;
    const found = await this.#found(token);
    if (found === null) return over();
    const { id, username } = found.user;
    const problem = await passwordProblem(password, username, "password");
    if (problem !== null) return problem;
    const to = await passwords.hash(password);
    if (to instanceof Refusal) return to;
    const entry = {
      actor: { userId: id, username },
      action: "user.login_link_used",
      subject: username,
      address: origin.address,
      reason: null,
      detail: { by: found.link.by },
    };
    // First, so that a crash between the two leaves nobody logged in beside the new password.
    await endSessions(id);
    const owed = notices.owe(id, { kind: "login_link_used" });
    const changed = await store.use(id, found.link.hash, { to, changedAt: clock.now() }, entry, owed);
    if (changed === null) return over();
    // And what began in between. A session of the old password cannot begin any more.
    await endSessions(id);
    await notices.give([owed]);
    log.info("login_link.used", { requestId: origin.requestId, userId: id, address: origin.address });
    return userOf(changed);
  }

  async #found(token: string): Promise<{ user: UserRecord; link: LoginLinkRecord } | null> {
    const [userId = "", secret = ""] = token.split(".");
    const { store, accounts } = this.#needs;
    if (userId === "" || secret === "") return null;
    const [link, user] = await Promise.all([store.get(userId), accounts.user(userId)]);
    if (link === null || user === null || (user.passwordChangedAt ?? null) !== link.passwordChangedAt) {
      return null;
    }
    // The secret has 256 random bits, so comparing its hash reveals nothing.
    return link.hash === await hashOf(secret) ? { user, link } : null;
  }
}

/** The same for every link that does not work. */
function over(): Refusal {
  return new Refusal("forbidden", "loginLink.over");
}
