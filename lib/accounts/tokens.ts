import { jwtVerify, SignJWT } from "jose";
import type { Clock } from "../platform/mod.ts";

const issuer = "behest";
const algorithm = "HS256";
/** Longer than every token of this server; longer input is refused unread. */
const longestToken = 2048;

/** Signed tokens (AU-3). A valid signature is not enough: the session's record decides. */
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

  /** The token has whole seconds; `expiresAt` is in milliseconds. */
  async issue(userId: string, sessionId: string, expiresAt: number): Promise<string> {
    return await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: algorithm })
      .setSubject(userId)
      .setIssuer(issuer)
      .setIssuedAt(Math.floor(this.#clock.now() / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(await this.#key);
  }

  /** Returns the token's person and session; null for a damaged, foreign or expired token. */
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
      // Every wrong token gets the same answer.
      return null;
    }
  }
}

/** Hashes a ticket or setup token with SHA-256 for the store, so that the store reveals nothing. */
export async function hashOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
