import type { Caller, Clock } from "../platform/mod.ts";
import { type Answer, Refusal } from "../protocol/mod.ts";
import type { Hashing } from "./passwords.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import { SecondFactor } from "./second_factor.ts";
import { type Attempt, LoginThrottle } from "./throttle.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

export interface ProofNeeds {
  store: Pick<AccountsStore, "user">;
  counts: CountStore;
  passwords: Hashing;
  twoFactor: TwoFactorStore;
  clock: Clock;
}

/**
 * Checks passwords and codes. All attempts count together, at the login and after it, so that a stolen session or a guessed
 * password is no way around AU-4.
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
  admit(address: string, username: string): Promise<Attempt | Refusal> {
    return this.#throttle.admit(address, username);
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
    const attempt = await this.admit(caller.address, caller.username);
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
