import { type Caller, iso } from "../platform/mod.ts";
import {
  type Answer,
  limits,
  type Passkey,
  type PasskeyAdded,
  type PasskeyCreated,
  type PasskeyOptions,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { newRecoveryCodes } from "./recovery_codes.ts";
import { hashOf } from "./tokens.ts";
import type { TwoFactorNeeds } from "./two_factor_needs.ts";
import { type ChallengeRecord, hasFactor, type PasskeyRecord } from "./two_factor_ports.ts";

/** Address of a browser's page: passkeys belong to a host name, and only pages of one origin ask for them. */
export interface Place {
  rpId: string;
  origin: string;
}

export const challengeBytes = 32;

/** The library is an eighth of a start, so it is loaded when the first person uses a passkey. */
export function passkeyLibrary() {
  return import("@simplewebauthn/server");
}

/** Adds passkeys. */
export class Passkeys {
  readonly #needs: TwoFactorNeeds;

  constructor(needs: TwoFactorNeeds) {
    this.#needs = needs;
  }

  async options(caller: Caller, place: Place, password: string | undefined): Answer<PasskeyOptions> {
    const nameless = refuseAddress(place);
    if (nameless !== null) return nameless;
    const user = await this.#needs.proof.passwordOrFresh(caller, password);
    if (user instanceof Refusal) return user;
    const { store, random } = this.#needs;
    const { passkeys } = await store.of(user.id);
    if (passkeys.length >= limits.passkeys) return tooMany();
    const challenge = random.bytes(challengeBytes);
    const { generateRegistrationOptions } = await passkeyLibrary();
    const options = await generateRegistrationOptions({
      rpName: "Behest",
      rpID: place.rpId,
      userName: user.username,
      userDisplayName: user.displayName,
      userID: new TextEncoder().encode(user.id),
      challenge,
      timeout: limits.challengeMs,
      attestationType: "none",
      excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports: [...transports] })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    await keepChallenge(this.#needs, options.challenge, {
      purpose: "add",
      userId: user.id,
      sessionId: caller.sessionId,
      ...place,
    });
    return { ...options };
  }

  /** The first second factor comes with recovery codes, shown only once. */
  async add(caller: Caller, body: { name: string; response: PasskeyCreated }): Answer<PasskeyAdded> {
    const passkey = await this.#verified(caller, body.name, body.response);
    if (passkey instanceof Refusal) return passkey;
    const { store, random, log } = this.#needs;
    const { codes, hashes } = await newRecoveryCodes(random);
    let isFirst = false;
    const changed = await store.change(caller.userId, (record) => {
      if (record.passkeys.length >= limits.passkeys) return Promise.resolve(tooMany());
      isFirst = !hasFactor(record);
      const recovery = isFirst ? hashes : record.recovery;
      return Promise.resolve({ record: { ...record, recovery, passkeys: [...record.passkeys, passkey] } });
    });
    if (changed instanceof Refusal) return changed;
    const { requestId, userId, address } = caller;
    log.info("two_factor.passkey_added", { requestId, userId, address });
    return { passkey: passkeyOf(passkey), recoveryCodes: isFirst ? codes : null };
  }

  async #verified(caller: Caller, name: string, response: PasskeyCreated): Answer<PasskeyRecord> {
    const challenge = await takeChallenge(this.#needs, response.response.clientDataJSON);
    if (
      challenge === null || challenge.purpose !== "add" || challenge.userId !== caller.userId ||
      challenge.sessionId !== caller.sessionId
    ) return notVerified();
    const { transports, ...signed } = response.response;
    const { verifyRegistrationResponse } = await passkeyLibrary();
    try {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: {
          id: response.id,
          rawId: response.rawId,
          type: response.type,
          response: signed,
          clientExtensionResults: {},
        },
        // `takeChallenge` has already matched it with the response.
        expectedChallenge: () => true,
        expectedOrigin: challenge.origin,
        expectedRPID: challenge.rpId,
        requireUserVerification: true,
      });
      if (!verified) return notVerified();
      const { credential, credentialBackedUp } = registrationInfo;
      return {
        id: credential.id,
        publicKey: new Uint8Array(credential.publicKey),
        counter: credential.counter,
        transports: transports ?? [],
        name,
        createdAt: this.#needs.clock.now(),
        lastUsedAt: null,
        backedUp: credentialBackedUp,
      };
    } catch (error) {
      noteUnverified(this.#needs, caller, error);
      return notVerified();
    }
  }
}

export function passkeyOf({ id, name, createdAt, lastUsedAt }: PasskeyRecord): Passkey {
  return { id, name, createdAt: iso(createdAt), lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt) };
}

/** Browsers refuse passkeys for an IP address. */
export function refuseAddress({ rpId }: Place): Refusal | null {
  if (!/^[0-9.]+$|^\[/.test(rpId)) return null;
  return new Refusal(
    "conflict",
    "passkey.host",
  );
}

export async function keepChallenge(
  { store, clock }: Pick<TwoFactorNeeds, "store" | "clock">,
  challenge: string,
  about: Omit<ChallengeRecord, "expiresAt">,
): Promise<void> {
  const { purpose, userId, sessionId, rpId, origin } = about;
  const expiresAt = clock.now() + limits.challengeMs;
  await store.addChallenge(await hashOf(challenge), { purpose, userId, sessionId, rpId, origin, expiresAt });
}

/** Returns the challenge of a response and uses it up, whether or not the response is right. */
export async function takeChallenge(
  { store }: Pick<TwoFactorNeeds, "store">,
  clientDataJSON: string,
): Promise<ChallengeRecord | null> {
  try {
    const bytes = Uint8Array.fromBase64(clientDataJSON, { alphabet: "base64url" });
    const { challenge } = JSON.parse(new TextDecoder().decode(bytes)) as { challenge?: unknown };
    return typeof challenge === "string" ? await store.takeChallenge(await hashOf(challenge)) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** Logs why a response is wrong, for the operator: the library throws for every wrong part. */
export function noteUnverified(
  { log }: Pick<TwoFactorNeeds, "log">,
  { requestId, address }: { requestId: string; address: string },
  error: unknown,
): void {
  const reason = error instanceof Error ? error.message.slice(0, limits.scanAnswer) : "unknown";
  log.info("passkey.refused", { requestId, address, reason });
}

function notVerified(): Refusal {
  return new Refusal("invalid_params", "passkey.wrong", {
    fields: { response: "field.challenge" },
  });
}

function tooMany(): Refusal {
  return new Refusal(
    "conflict",
    say("passkey.limit", { count: limits.passkeys }),
  );
}
