import type { Caller, Clock } from "../platform/mod.ts";
import { type Answer, Refusal } from "../protocol/mod.ts";
import type { Hashing } from "./passwords.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import { SecondFactor } from "./second_factor.ts";
import { type Attempt, LoginThrottle, type Trier } from "./throttle.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

export interface ProofNeeds {
  store: Pick<AccountsStore, "user">;
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
    if (user !== null && right) return user;
    return new Refusal("forbidden", "password.wrong", { fields: { [field]: "field.ownPassword" } });
  }
}

/** Whether no code was entered. That is no attempt. */
export function isMissing(code: string | undefined): boolean {
  return code === undefined || code.trim() === "";
}
