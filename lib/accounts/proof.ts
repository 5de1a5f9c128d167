import type { Caller, Clock } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import type { Hashing } from "./passwords.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import { SecondFactor } from "./second_factor.ts";
import { type Attempt, LoginThrottle } from "./throttle.ts";
import type { TwoFactorStore } from "./two_factor_ports.ts";

type Answer<T> = Promise<T | Refusal>;

export interface ProofNeeds {
  store: Pick<AccountsStore, "user">;
  counts: CountStore;
  passwords: Hashing;
  twoFactor: TwoFactorStore;
  clock: Clock;
}

/**
 * That somebody is who they say. Every try of a password or a code counts together, at the login and behind it: a stolen
 * session, or a password that was guessed, is no way around AU-4.
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

  /** A try that is counted as a failure until it says otherwise; dispose it when it is over. */
  admit(address: string, username: string): Promise<Attempt | Refusal> {
    return this.#throttle.admit(address, username);
  }

  /** The caller's account, when the password is theirs. `field` is what a refusal names. */
  async password(caller: Caller, password: string, field: "password" | "current"): Answer<UserRecord> {
    return await this.tried(caller, (attempt) => this.#checked(caller, password, field, attempt));
  }

  /** The same with a code where they have a second factor. */
  async both(caller: Caller, { password, code }: { password: string; code?: string | undefined }) {
    return await this.tried(caller, async (attempt) => {
      const user = await this.#checked(caller, password, "password", attempt);
      if (user instanceof Refusal) return user;
      const refused = await this.secondFactor.take(user.id, code);
      if (refused === null) return user;
      if (isMissing(code)) await attempt.withdrawn();
      // Who is logged in is not told to log in.
      return new Refusal("forbidden", refused.message, refused.detail);
    });
  }

  /** Counts what `check` refuses as a failed try of the caller. */
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
    const name = field === "current" ? "current password" : "password";
    return new Refusal("forbidden", `The ${name} is wrong.`, { fields: { [field]: "is not your password" } });
  }
}

/** Nothing was tried then. */
export function isMissing(code: string | undefined): boolean {
  return code === undefined || code.trim() === "";
}
