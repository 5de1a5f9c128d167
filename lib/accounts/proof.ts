import type { Caller, Clock } from "../platform/mod.ts";
import { type Answer, limits, Refusal } from "../protocol/mod.ts";
import type { Hashing } from "./passwords.ts";
import type { AccountsStore, CountStore, SessionRecord, UserRecord } from "./ports.ts";
import { SecondFactor } from "./second_factor.ts";
import { type Attempt, LoginThrottle, type Trier } from "./throttle.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

export interface ProofNeeds {
  store: Pick<AccountsStore, "changeSession" | "session" | "user">;
  counts: CountStore;
  passwords: Hashing;
  twoFactor: TwoFactorStore;
  clock: Clock;
}

/**
 * Checks passwords and codes, with the limits of AU-4. Attempts count for the device or the session that makes them, and for
 * name and address where there is neither. So strangers lock nobody out, and a stolen session guesses no more than they do.
 */
export class Proof {
  readonly #needs: ProofNeeds;
  readonly #throttle: LoginThrottle;
  readonly secondFactor: SecondFactor;

  constructor(needs: ProofNeeds) {
    this.#needs = needs;
    this.#throttle = new LoginThrottle(needs.counts, needs.clock);
    this.secondFactor = new SecondFactor(needs);
  }

  /** Admits an attempt. It counts as a failure until it is told otherwise; dispose it at the end. */
  admit(trier: Trier): Promise<Attempt | Refusal> {
    return this.#throttle.admit(trier);
  }

  /** Returns the caller's account if the password is right. `field` is its name in a refusal. */
  async password(caller: Caller, password: string, field: "password" | "current"): Answer<UserRecord> {
    return await this.tried(caller, (attempt) => this.#checked(caller, password, field, attempt));
  }

  /** Like `password`; without one the session needs a fresh proof (AU-13). */
  async passwordOrFresh(caller: Caller, password: string | undefined): Answer<UserRecord> {
    if (password !== undefined) return await this.password(caller, password, "password");
    const missing = await this.missing(caller);
    if (missing !== null) return missing;
    return await this.#needs.store.user(caller.userId) ?? new Refusal("not_found", "account.deleted");
  }

  /** Like `password`, and asks for a code if the person has a second factor. */
  async both(caller: Caller, { password, code }: { password: string; code?: string | undefined }) {
    return await this.tried(caller, async (attempt) => {
      const user = await this.#checked(caller, password, "password", attempt);
      if (user instanceof Refusal) return user;
      const refused = await this.secondFactor.take(user.id, code);
      if (refused === null) return user;
      if (isMissing(code)) await attempt.withdrawn();
      // A person who is logged in must not be sent to the login page.
      return new Refusal("forbidden", refused.message, refused.detail);
    });
  }

  /** AU-13: null when the person showed who they are within the last ten minutes, with this session. */
  async missing({ sessionId, userId }: Caller): Promise<Refusal | null> {
    const session = await this.#needs.store.session(sessionId);
    const isFresh = session !== null && session.userId === userId &&
      isProven(session, this.#needs.clock.now());
    return isFresh ? null : new Refusal("forbidden", "proof.needed", { proof: true });
  }

  /** Notes that the person has just shown who they are. */
  async note({ sessionId, userId }: Caller): Promise<void> {
    const provenAt = this.#needs.clock.now();
    await this.#needs.store.changeSession(
      sessionId,
      (session) => session.userId === userId ? { ...session, provenAt } : null,
    );
  }

  /** Runs `check` and counts a refusal as the caller's failed attempt. */
  async tried<T>(caller: Caller, check: (attempt: Attempt) => Answer<T>): Answer<T> {
    const attempt = await this.admit({ kind: "session", id: caller.sessionId });
    if (attempt instanceof Refusal) return attempt;
    using _over = attempt;
    const answer = await check(attempt);
    if (!(answer instanceof Refusal)) await attempt.succeeded();
    return answer;
  }

  async #checked(
    caller: Caller,
    password: string,
    field: "password" | "current",
    attempt: Attempt,
  ): Answer<UserRecord> {
    const user = await this.#needs.store.user(caller.userId);
    const right = await this.#needs.passwords.verify(password, user?.passwordHash ?? null);
    if (right instanceof Refusal) {
      await attempt.withdrawn();
      return right;
    }
    if (user !== null && right) {
      await this.note(caller);
      return user;
    }
    return new Refusal("forbidden", "password.wrong", { fields: { [field]: "field.ownPassword" } });
  }
}

/** Whether the session's last proof is fresh; a login is one. One of a time to come is not: the clock was set back. */
function isProven({ provenAt }: SessionRecord, now: number): boolean {
  return provenAt !== undefined && Math.abs(now - provenAt) < limits.proofMs;
}

/** Whether no code was entered. That is no attempt. */
export function isMissing(code: string | undefined): boolean {
  return code === undefined || code.trim() === "";
}
