import { createHmac, timingSafeEqual } from "node:crypto";

/** Header of the tokens of this server: `{"alg":"HS256"}`. */
const ownHead = "eyJhbGciOiJIUzI1NiJ9";
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What a token says, once its signature was checked. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of a JWT that this server signed with HS256 (RFC 7515, 7519); null for every other text, and for one that is over.
 * Every request with a token asks here, so it is one synchronous step: Web Crypto hands each check to another thread, which
 * cost more than the rest of a request's authentication.
 */
export function signedClaims(token: string, secret: Uint8Array, nowMs: number): Claims | null {
  const [head, body, signature, ...more] = token.split(".");
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) return null;
  const given = bytesOf(signature);
  const own = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  // Before anything in it is read.
  if (given === null || given.length !== own.length || !timingSafeEqual(given, own)) return null;
  if (head !== ownHead && !isHead(objectOf(head))) return null;
  const claims = objectOf(body);
  return claims === null || !isNow(claims, Math.floor(nowMs / 1000)) ? null : claims;
}

/** `crit` names extensions that must be understood (RFC 7515, 4.1.11): this server has none. */
function isHead(head: Claims | null): boolean {
  return head !== null && head["alg"] === "HS256" && !("crit" in head);
}

/** RFC 7519, 4.1.4 to 4.1.6: times are numbers of seconds, and `exp` is the first at which the token is over. */
function isNow({ exp, nbf, iat }: Claims, seconds: number): boolean {
  const isTime = (time: unknown) => time === undefined || typeof time === "number";
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return false;
  return (exp === undefined || seconds < (exp as number)) &&
    (nbf === undefined || (nbf as number) <= seconds);
}

function objectOf(part: string): Claims | null {
  const bytes = bytesOf(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Claims : null;
  } catch {
    return null;
  }
}

function bytesOf(part: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(part, { alphabet: "base64url" });
  } catch {
    return null;
  }
}
