import { type Caller, iso } from "../platform/mod.ts";
import {
  type Answer,
  limits,
  type PasskeyOptions,
  type PasskeyUsed,
  type ProofAnswer,
  type ProofShown,
  Refusal,
} from "../protocol/mod.ts";
import type { PasskeyLogins } from "./passkey_logins.ts";
import { challengeBytes, keepChallenge, passkeyLibrary, type Place, refuseAddress } from "./passkeys.ts";
import type { TwoFactorNeeds } from "./two_factor_needs.ts";
import { hasFactor } from "./two_factor_ports.ts";

/** How people show who they are before a dangerous call (AU-13): with their password, a code or a passkey. */
export class FreshProofs {
  readonly #needs: TwoFactorNeeds;
  readonly #logins: PasskeyLogins;

  constructor(needs: TwoFactorNeeds, logins: PasskeyLogins) {
    this.#needs = needs;
    this.#logins = logins;
  }

  /** Wrong tries count for the session, as all of its confirmations do (AU-4). */
  async prove(caller: Caller, { password, code, response }: ProofShown): Answer<ProofAnswer> {
    const shown = response !== undefined
      ? await this.#byPasskey(caller, response)
      : code !== undefined
      ? await this.#byCode(caller, code)
      : await this.#needs.proof.password(caller, password ?? "", "password");
    if (shown instanceof Refusal) {
      this.#log("proof.refused", caller);
      return shown;
    }
    await this.#needs.proof.note(caller);
    this.#log("proof.shown", caller);
    return { until: iso(this.#needs.clock.now() + limits.proofMs) };
  }

  /** What a browser asks the caller's passkeys to sign. */
  async options(caller: Caller, place: Place): Answer<PasskeyOptions> {
    const nameless = refuseAddress(place);
    if (nameless !== null) return nameless;
    const { store, random } = this.#needs;
    const { passkeys } = await store.of(caller.userId);
    if (passkeys.length === 0) return new Refusal("not_found", "passkey.missing");
    const { generateAuthenticationOptions } = await passkeyLibrary();
    const options = await generateAuthenticationOptions({
      rpID: place.rpId,
      challenge: random.bytes(challengeBytes),
      timeout: limits.challengeMs,
      userVerification: "required",
      allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })),
    });
    const { userId, sessionId } = caller;
    await keepChallenge(this.#needs, options.challenge, { purpose: "prove", userId, sessionId, ...place });
    return { ...options };
  }

  async #byCode(caller: Caller, code: string): Answer<true> {
    const { proof, store } = this.#needs;
    if (!hasFactor(await store.of(caller.userId))) {
      return new Refusal("conflict", "proof.noCode", { fields: { code: "field.ownPassword" } });
    }
    return await proof.tried(caller, async () => {
      const refused = await proof.secondFactor.take(caller.userId, code);
      // A person who is logged in must not be sent to the login page.
      return refused === null ? true : new Refusal("forbidden", refused.message, refused.detail);
    });
  }

  async #byPasskey(caller: Caller, response: PasskeyUsed): Answer<true> {
    return await this.#needs.proof.tried(caller, async () => {
      const user = await this.#logins.signer(
        caller,
        response,
        ({ purpose, userId, sessionId }) =>
          purpose === "prove" && userId === caller.userId && sessionId === caller.sessionId,
      );
      // A passkey of somebody else proves nothing about the caller.
      return user?.id === caller.userId ? true : new Refusal("forbidden", "passkey.failed");
    });
  }

  #log(event: string, { requestId, userId, address }: Caller): void {
    this.#needs.log.info(event, { requestId, userId, address });
  }
}
