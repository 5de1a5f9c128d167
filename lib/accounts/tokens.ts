import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { BoundedMap, type Clock } from "../platform/mod.ts";

const issuer = "behest";
/** A token of one kind is not taken for the other. */
const deviceIssuer = "behest-device";
const renewalIssuer = "behest-renewal";
const algorithm = "HS256";
/** Longer than every token of this server; longer input is refused unread. */
const longestToken = 2048;

/** What a device's token says. `issuedAt` in milliseconds since 1970. */
export interface DeviceClaims {
  readonly userId: string;
  readonly deviceId: string;
  readonly issuedAt: number;
}

/** What a session's token says. `renewal`: the hash of the credential that came with it (AU-13). */
export interface SessionClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly renewal: string | null;
}

/** Sessions' tokens whose signature was found good; a check takes a thread of the runtime. */
const checkedKept = 20_000;

/** Signed tokens (AU-3). A valid signature is not enough: the session's record decides. */
export class Tokens {
  readonly #key: Promise<CryptoKey>;
  readonly #clock: Clock;
  /** What they say, and their end in seconds since 1970, by the whole token. */
  readonly #checked = new BoundedMap<string, { claims: SessionClaims; exp: number }>(checkedKept);

  /** `secret`: 32 bytes, the same at every start. */
  constructor(secret: Uint8Array<ArrayBuffer>, clock: Clock) {
    if (secret.length !== 32) throw new Error("The token secret is 32 bytes.");
    this.#clock = clock;
    this.#key = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
      "verify",
    ]);
  }

  /** The token has whole seconds; `expiresAt` is in milliseconds. */
  async issue(
    userId: string,
    sessionId: string,
    expiresAt: number,
    renewal: string | null = null,
  ): Promise<string> {
    return await new SignJWT({ sid: sessionId, ...(renewal === null ? {} : { rn: renewal }) })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(userId)
      .setIssuer(issuer)
      .setIssuedAt(Math.floor(this.#clock.now() / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(await this.#key);
  }

  /**
   * A token that a device keeps after a login (AU-4). It opens nothing. `issuedAt` and `expiresAt` in milliseconds since 1970.
   */
  async issueForDevice(device: DeviceClaims, expiresAt: number): Promise<string> {
    return await new SignJWT({ did: device.deviceId, at: device.issuedAt })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(device.userId)
      .setIssuer(deviceIssuer)
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(await this.#key);
  }

  /** Returns what a device's token says; null for a damaged, foreign or expired one. */
  async readFromDevice(token: string): Promise<DeviceClaims | null> {
    const { sub, did, at } = await this.#read(token, deviceIssuer, ["sub", "did", "at", "exp"]) ?? {};
    if (typeof sub !== "string" || typeof did !== "string" || typeof at !== "number") return null;
    return { userId: sub, deviceId: did, issuedAt: at };
  }

  /** Returns what a session's token says; null for a damaged, foreign or expired token. */
  async read(token: string): Promise<SessionClaims | null> {
    const known = this.#checked.get(token);
    if (known !== undefined && known.exp > Math.floor(this.#clock.now() / 1000)) return known.claims;
    this.#checked.delete(token);
    const { sub, sid, rn, exp } = await this.#read(token, issuer, ["sub", "sid", "iat", "exp"]) ?? {};
    if (typeof sub !== "string" || typeof sid !== "string" || exp === undefined) return null;
    const claims: SessionClaims = {
      userId: sub,
      sessionId: sid,
      renewal: typeof rn === "string" ? rn : null,
    };
    this.#checked.set(token, { claims, exp });
    return claims;
  }

  /** A credential that renews a session (AU-13). It has no end of its own: the session's record has. */
  async issueRenewal(userId: string, sessionId: string, nonce: string): Promise<string> {
    return await new SignJWT({ sid: sessionId, jti: nonce })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(userId)
      .setIssuer(renewalIssuer)
      .sign(await this.#key);
  }

  /** Returns whose credential it is; null for a damaged or foreign one. Also for one that is spent. */
  async readRenewal(credential: string): Promise<{ userId: string; sessionId: string } | null> {
    const { sub, sid } = await this.#read(credential, renewalIssuer, ["sub", "sid", "jti"]) ?? {};
    if (typeof sub !== "string" || typeof sid !== "string") return null;
    return { userId: sub, sessionId: sid };
  }

  /** Every wrong token gets the same answer. */
  async #read(token: string, from: string, requiredClaims: string[]): Promise<JWTPayload | null> {
    if (token.length > longestToken) return null;
    const expected = {
      algorithms: [algorithm],
      issuer: from,
      requiredClaims,
      currentDate: new Date(this.#clock.now()),
    };
    return await jwtVerify(token, await this.#key, expected).then(({ payload }) => payload, () => null);
  }
}

/** Hashes a ticket or setup token with SHA-256 for the store, so that the store reveals nothing. */
export async function hashOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
