import { jwtVerify, SignJWT } from "jose";
import type { Clock } from "../platform/mod.ts";

const issuer = "behest";
const algorithm = "HS256";
/** Longer than any token that this server makes; anything beyond is not looked at. */
const longestToken = 2048;

/** AU-3: signed tokens. A good signature is not enough: the session's record decides. */
export class Tokens {
  readonly #key: Promise<CryptoKey>;
  readonly #clock: Clock;

  /** `secret`: 32 bytes, the same at every start. */
  constructor(secret: Uint8Array<ArrayBuffer>, clock: Clock) {
    if (secret.length !== 32) throw new Error("The token secret is 32 bytes.");
    this.#clock = clock;
    this.#key = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
      "verify",
    ]);
  }

  /** Times are whole seconds in the token; `expiresAt` in milliseconds. */
  async issue(userId: string, sessionId: string, expiresAt: number): Promise<string> {
    return await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(userId)
      .setIssuer(issuer)
      .setIssuedAt(Math.floor(this.#clock.now() / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(await this.#key);
  }

  /** Whose token this is, or null for one that is not whole, not ours or over. */
  async read(token: string): Promise<{ userId: string; sessionId: string } | null> {
    if (token.length > longestToken) return null;
    try {
      const { payload } = await jwtVerify(token, await this.#key, {
        algorithms: [algorithm],
        issuer,
        requiredClaims: ["sub", "sid", "iat", "exp"],
        currentDate: new Date(this.#clock.now()),
      });
      if (typeof payload.sub !== "string" || typeof payload.sid !== "string") return null;
      return { userId: payload.sub, sessionId: payload.sid };
    } catch {
      // Every way to be wrong is the same answer.
      return null;
    }
  }
}

/** What is stored of a ticket or setup token: SHA-256, so that the store gives nothing away. */
export async function hashOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
