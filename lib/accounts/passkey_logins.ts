import { type Answer, limits, type PasskeyOptions, type PasskeyUsed, Refusal } from "../protocol/mod.ts";
import type { LoggedIn } from "./accounts.ts";
import {
  challengeBytes,
  keepChallenge,
  noteUnverified,
  passkeyLibrary,
  type Place,
  refuseAddress,
  takeChallenge,
} from "./passkeys.ts";
import type { UserRecord } from "./ports.ts";
import type { Origin } from "./session_renewals.ts";
import type { Staying } from "./sessions.ts";
import { countChallenge } from "./throttle.ts";
import type { TwoFactorNeeds } from "./two_factor_needs.ts";
import type { ChallengeRecord, PasskeyRecord } from "./two_factor_ports.ts";

/** Logins with a passkey alone, without a username. */
export class PasskeyLogins {
  readonly #needs: TwoFactorNeeds;

  constructor(needs: TwoFactorNeeds) {
    this.#needs = needs;
  }

  async options(origin: Origin, place: Place): Answer<PasskeyOptions> {
    const nameless = refuseAddress(place);
    if (nameless !== null) return nameless;
    const { counts, clock, random } = this.#needs;
    const wait = await countChallenge(counts, origin.address, clock.now());
    if (wait !== null) return wait;
    const { generateAuthenticationOptions } = await passkeyLibrary();
    const options = await generateAuthenticationOptions({
      rpID: place.rpId,
      challenge: random.bytes(challengeBytes),
      timeout: limits.challengeMs,
      userVerification: "required",
    });
    await keepChallenge(this.#needs, options.challenge, {
      purpose: "login",
      userId: null,
      sessionId: null,
      ...place,
    });
    return { ...options };
  }

  /** Every wrong response gets the same answer. */
  async login(
    origin: Origin,
    { response, ...wanted }: { response: PasskeyUsed } & Staying,
    deviceToken?: string,
  ): Answer<LoggedIn> {
    const { proof, log } = this.#needs;
    const known = await this.#needs.devices.of(deviceToken);
    const attempt = await proof.admit(
      known === null
        // Cannot be a username: those have no spaces.
        ? { kind: "stranger", address: origin.address, username: `passkey ${response.id}` }
        : { kind: "device", id: known.id },
    );
    if (attempt instanceof Refusal) return attempt;
    using _over = attempt;
    const begun = await this.#checked(origin, response, wanted);
    if (begun === null) {
      log.info("login.failed", { requestId: origin.requestId, address: origin.address });
      return new Refusal("unauthorized", "passkey.failed");
    }
    await attempt.succeeded();
    const { requestId, address } = origin;
    log.info("login.succeeded", { requestId, userId: begun.user.id, address, passkey: true });
    return begun;
  }

  async #checked(origin: Origin, response: PasskeyUsed, wanted: Staying): Promise<LoggedIn | null> {
    const user = await this.signer(origin, response, ({ purpose }) => purpose === "login");
    return user === null ? null : await this.#needs.begin(user, origin, wanted);
  }

  /** Returns the account whose passkey signed a challenge that `fits`; null for every wrong response. */
  async signer(
    origin: Pick<Origin, "requestId" | "address">,
    response: PasskeyUsed,
    fits: (challenge: ChallengeRecord) => boolean,
  ): Promise<UserRecord | null> {
    const { store, accounts } = this.#needs;
    const challenge = await takeChallenge(this.#needs, response.response.clientDataJSON);
    const userId = await store.ownerOf(response.id);
    if (challenge === null || !fits(challenge) || userId === null) return null;
    const handle = response.response.userHandle;
    if (handle !== undefined && handle !== null && handle !== handleOf(userId)) return null;
    const user = await accounts.user(userId);
    if (user === null) return null;
    const signed = await store.change(userId, async (record) => {
      const passkey = record.passkeys.find(({ id }) => id === response.id);
      // A counter that does not rise means a copied authenticator. The commit that stores the new counter checks this.
      const used = passkey === undefined ? null : await this.#used(origin, passkey, challenge, response);
      if (used === null) return new Refusal("unauthorized", "passkey.unverified");
      return {
        record: { ...record, passkeys: record.passkeys.map((one) => one.id === used.id ? used : one) },
      };
    });
    return signed instanceof Refusal ? null : user;
  }

  async #used(
    origin: Pick<Origin, "requestId" | "address">,
    passkey: PasskeyRecord,
    challenge: ChallengeRecord,
    { id, rawId, type, response }: PasskeyUsed,
  ): Promise<PasskeyRecord | null> {
    const { clientDataJSON, authenticatorData, signature } = response;
    const { verifyAuthenticationResponse } = await passkeyLibrary();
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: {
          id,
          rawId,
          type,
          response: { clientDataJSON, authenticatorData, signature },
          clientExtensionResults: {},
        },
        // `takeChallenge` has already matched it with the response.
        expectedChallenge: () => true,
        expectedOrigin: challenge.origin,
        expectedRPID: challenge.rpId,
        requireUserVerification: true,
        credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
      });
      if (!verified) return null;
      return {
        ...passkey,
        counter: authenticationInfo.newCounter,
        backedUp: authenticationInfo.credentialBackedUp,
        lastUsedAt: this.#needs.clock.now(),
      };
    } catch (error) {
      noteUnverified(this.#needs, origin, error);
      return null;
    }
  }
}

/** The user handle that an authenticator stores: the account's id. */
function handleOf(userId: string): string {
  return new TextEncoder().encode(userId).toBase64({ alphabet: "base64url", omitPadding: true });
}
