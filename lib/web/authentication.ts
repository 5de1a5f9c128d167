import type { Place } from "../accounts/mod.ts";
import { type Answer, device as deviceSchema, limits, Refusal, type TokenScope } from "../protocol/mod.ts";
import type { Origin, Restriction, Services, SessionCaller, SessionTokens } from "./services.ts";

const cookieName = "behest_session";
/** The token by which a login knows the device again (AU-4). Only the login page gets the cookie. */
const deviceCookieName = "behest_device";
const deviceCookiePath = "/login";
const deviceHeader = "behest-device-token";
/** AU-13: the caller's connection that goes on when their session is replaced: a client's header, or a cookie of a page's script. */
const connectionHeader = "behest-connection";
const connectionCookieName = "behest_connection";
/** AU-13: what renews a browser's session. Nothing but its renewal gets it. */
const renewalCookieName = "behest_renewal";
export const renewalPath = "/api/v1/auth/renew";
/** Says, also to scripts, that there is such a cookie. It opens nothing. */
const stayCookieName = "behest_stay";

/** How a request showed who it is (AU-5). */
export type CredentialKind = "bearer" | "basic" | "cookie" | "query" | "ticket";
export type AuthenticatedCaller = SessionCaller & { by: CredentialKind };

interface Credential {
  kind: CredentialKind;
  secret: string;
  /** With `basic`: whose token it must be. */
  username?: string;
}

/**
 * AU-5: the caller of a request. Looks at `Authorization`, then, where `url` is given (the socket only), at `?token=` and
 * `?ticket=`, then at the cookie. The first that is there decides: a bad one is not made good by the next. `may`: restricted
 * sessions that are let in (AU-7, AU-9). `scopes`: with which of these an access token may (AU-11).
 */
export async function authenticateRequest(
  services: Pick<Services, "accounts">,
  headers: Headers,
  origin: Origin,
  url?: URL,
  may: readonly Restriction[] = [],
  scopes: readonly TokenScope[] = [],
): Answer<AuthenticatedCaller> {
  const credential = credentialOf(headers, url);
  if (credential === null) return new Refusal("unauthorized", "login.none");
  if (credential instanceof Refusal) return credential;
  const { accounts } = services;
  const caller = credential.kind === "ticket"
    ? await accounts.redeemTicket(credential.secret, origin)
    : await accounts.authenticate(credential.secret, origin, may, scopes);
  if (caller instanceof Refusal) return caller;
  if (credential.username !== undefined && credential.username.toLowerCase() !== caller.username) {
    return new Refusal("unauthorized", "login.token");
  }
  return { ...caller, by: credential.kind };
}

function credentialOf(headers: Headers, url: URL | undefined): Credential | Refusal | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) return readAuthorization(authorization);
  const token = url?.searchParams.get("token") ?? null;
  if (token !== null) return { kind: "query", secret: token };
  const ticket = url?.searchParams.get("ticket") ?? null;
  if (ticket !== null) return { kind: "ticket", secret: ticket };
  const cookie = cookieOf(headers, cookieName);
  return cookie === null ? null : { kind: "cookie", secret: cookie };
}

/** The token of a page's request: pages look at the cookie alone. */
export function sessionToken(request: Request): string | null {
  return cookieOf(request.headers, cookieName);
}

function readAuthorization(value: string): Credential | Refusal {
  const [, scheme, rest] = /^([A-Za-z]+) +([A-Za-z0-9._~+/=-]+) *$/.exec(value) ?? [];
  if (rest !== undefined && scheme?.toLowerCase() === "bearer") return { kind: "bearer", secret: rest };
  const basic = rest !== undefined && scheme?.toLowerCase() === "basic" ? readBasic(rest) : null;
  return basic ??
    new Refusal("unauthorized", "login.header");
}

function readBasic(encoded: string): Credential | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(encoded));
    const colon = text.indexOf(":");
    if (colon === -1) return null;
    return { kind: "basic", username: text.slice(0, colon), secret: text.slice(colon + 1) };
  } catch {
    return null;
  }
}

/** The token of a device that logged in before: a browser's cookie, or a client's header. */
export function deviceTokenOf({ headers }: Request): string | undefined {
  return headers.get(deviceHeader) ?? cookieOf(headers, deviceCookieName) ?? undefined;
}

/** The header by which clients get a device token. */
export function deviceTokenHeader(token: string): Record<string, string> {
  return { [deviceHeader]: token };
}

/** `Set-Cookie` by which browsers get one. */
export function deviceCookie(token: string, nowMs: number, secure: boolean): string {
  return cookie(deviceCookieName, token, {
    path: deviceCookiePath,
    expires: new Date(nowMs + limits.deviceTokenMs),
    secure,
  });
}

/** Ties a way to an issuer and back to the browser that began it (AU-12). */
const ssoCookieName = "behest_sso";

/** `Set-Cookie` of a way to an issuer. */
export function ssoCookie(value: string, nowMs: number, secure: boolean): string {
  return cookie(ssoCookieName, value, { path: "/", expires: new Date(nowMs + limits.challengeMs), secure });
}

export function ssoBrowserOf({ headers }: Request): string | undefined {
  return cookieOf(headers, ssoCookieName) ?? undefined;
}

function cookieOf(headers: Headers, name: string): string | null {
  for (const pair of headers.get("cookie")?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/** `Set-Cookie` of a login. `secure` where the browser speaks TLS to us; `expiresAt` as the login answered it. */
export function sessionCookie(token: string, expiresAt: string, secure: boolean): string {
  return cookie(cookieName, token, { path: "/", expires: new Date(expiresAt), secure });
}

/** The `Set-Cookie`s of a login or a renewal (AU-13). */
export function sessionCookies({ token, expiresAt, renewal }: SessionTokens, secure: boolean): string[] {
  const session = sessionCookie(token, expiresAt, secure);
  if (renewal === undefined) return [session];
  const expires = new Date(renewal.expiresAt);
  return [
    session,
    cookie(renewalCookieName, renewal.credential, { path: renewalPath, expires, secure }),
    cookie(stayCookieName, "1", { path: "/", expires, secure, script: true }),
  ];
}

/** The credential of a browser that stays logged in. */
export function renewalCookieOf({ headers }: Request): string | null {
  return cookieOf(headers, renewalCookieName);
}

/** The connection of a caller that is to go on with their new session. */
export function connectionOf({ headers }: Request): string | undefined {
  return headers.get(connectionHeader) ?? cookieOf(headers, connectionCookieName) ?? undefined;
}

/** AU-13: whether a refused session was replaced a moment ago: then its browser must not be told to forget its cookies. */
export function isReplaced(refusal: Refusal): boolean {
  return refusal.message.key === "session.replaced";
}

/** Whether the browser says that it stays logged in. */
export function stays({ headers }: Request): boolean {
  return cookieOf(headers, stayCookieName) !== null;
}

/** The `Set-Cookie`s that make the browser forget the session. */
export function clearSessionCookies(secure: boolean): [string, string][] {
  const over = { expires: new Date(0), secure };
  return [
    cookie(cookieName, "", { path: "/", ...over }),
    cookie(renewalCookieName, "", { path: renewalPath, ...over }),
    cookie(stayCookieName, "", { path: "/", ...over, script: true }),
  ].map((text) => ["set-cookie", text]);
}

function cookie(
  name: string,
  value: string,
  { path, expires, secure, script }: { path: string; expires: Date; secure: boolean; script?: boolean },
): string {
  const parts = [
    `${name}=${value}`,
    `Path=${path}`,
    ...(script === true ? [] : ["HttpOnly"]),
    "SameSite=Lax",
    `Expires=${expires.toUTCString()}`,
  ];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}

/** Where a REST call comes from. */
export function originOf(
  { req, state: { address, requestId } }: { req: Request; state: Omit<Origin, "device"> },
): Origin {
  const userAgent = req.headers.get("user-agent") ?? "";
  return { address, requestId, device: deviceOf(userAgent), userAgent };
}

/** A name for the session list: `web` for browsers, otherwise the product that the client calls itself. */
function deviceOf(userAgent: string): string {
  const product = userAgent.split(/[\s/]/, 1)[0] ?? "";
  return product === "Mozilla" || !deviceSchema.safeParse(product).success ? "web" : product;
}

/** Where the browser of a request is, for passkeys. Behind a proxy that is trusted, where the proxy says. */
export function placeOf({ url }: { url: URL }): Place {
  return { rpId: url.hostname, origin: url.origin };
}
