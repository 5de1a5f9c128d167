import type { Clock } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import type { UserRecord } from "./ports.ts";
import { recoveryHash } from "./recovery_codes.ts";
import { isTotpCode, totpStep } from "./totp.ts";
import { hasFactor, type TwoFactorStore } from "./two_factor_ports.ts";

/** Checks whether a second factor is missing, and whether a code is valid (AU-7). */
export class SecondFactor {
  readonly #store: TwoFactorStore;
  readonly #clock: Clock;

  constructor({ twoFactor, clock }: { twoFactor: TwoFactorStore; clock: Clock }) {
    this.#store = twoFactor;
    this.#clock = clock;
  }

  /** Whether the person's role requires a second factor and they have none. */
  async isMissing({ id, role }: Pick<UserRecord, "id" | "role">): Promise<boolean> {
    return (await this.#store.policy()).has(role) && !hasFactor(await this.#store.of(id));
  }

  /**
   * Uses up a code after a right password: an authenticator app's code or a recovery code, each valid once. Null when the code
   * is right, or the person has no second factor.
   */
  async take(userId: string, code: string | undefined): Promise<Refusal | null> {
    const record = await this.#store.of(userId);
    if (!hasFactor(record)) return null;
    if (code === undefined || code.trim() === "") return codeNeeded(record.totp !== null);
    const hash = await recoveryHash(code);
    const taken = await this.#store.change(userId, async (now) => {
      if (now.totp !== null && isTotpCode(code)) {
        const lastStep = await totpStep(code, now.totp, this.#clock.now());
        return lastStep === null ? codeWrong() : { record: { ...now, totp: { ...now.totp, lastStep } } };
      }
      if (!now.recovery.includes(hash)) return codeWrong();
      return { record: { ...now, recovery: now.recovery.filter((one) => one !== hash) } };
    });
    return taken instanceof Refusal ? taken : null;
  }
}

function codeNeeded(hasApp: boolean): Refusal {
  return hasApp
    ? new Refusal("unauthorized", "code.needed", {
      fields: { code: "field.code" },
    })
    : new Refusal("unauthorized", "code.passkey", {
      fields: { code: "field.recoveryCode" },
    });
}

function codeWrong(): Refusal {
  return new Refusal("unauthorized", "code.wrong", {
    fields: { code: "field.nextCode" },
  });
}

/** Returns the refusal for a person who must set up a second factor first. */
export function factorMissing(): Refusal {
  return new Refusal(
    "forbidden",
    "factor.required",
  );
}
