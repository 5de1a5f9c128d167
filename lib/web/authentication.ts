import type { Place } from "../accounts/mod.ts";
import { type Answer, device as deviceSchema, Refusal } from "../protocol/mod.ts";
import type { Origin, Restriction, Services, SessionCaller } from "./services.ts";

const cookieName = "behest_session";

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
 * sessions that are let in (AU-7, AU-9).
 */
export async function authenticateRequest(
  services: Pick<Services, "accounts">,
  headers: Headers,
  origin: Origin,
  url?: URL,
  may: readonly Restriction[] = [],
): Answer<AuthenticatedCaller> {
  const credential = credentialOf(headers, url);
  if (credential === null) return new Refusal("unauthorized", "login.none");
  if (credential instanceof Refusal) return credential;
  const { accounts } = services;
  const caller = credential.kind === "ticket"
    ? await accounts.redeemTicket(credential.secret, origin)
    : await accounts.authenticate(credential.secret, origin, may);
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
  const cookie = cookieOf(headers);
  return cookie === null ? null : { kind: "cookie", secret: cookie };
}

/** The token of a page's request: pages look at the cookie alone. */
export function sessionToken(request: Request): string | null {
  return cookieOf(request.headers);
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

function cookieOf(headers: Headers): string | null {
  for (const pair of headers.get("cookie")?.split(";") ?? []) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === cookieName) return pair.slice(equals + 1).trim();
  }
  return null;
}

/** `Set-Cookie` of a login. `secure` where the browser speaks TLS to us; `expiresAt` as the login answered it. */
export function sessionCookie(token: string, expiresAt: string, secure: boolean): string {
  return cookie(token, new Date(expiresAt), secure);
}

/** `Set-Cookie` that makes the browser forget the session. */
export function clearSessionCookie(secure = false): string {
  return cookie("", new Date(0), secure);
}

function cookie(value: string, expires: Date, secure: boolean): string {
  const parts = [
    `${cookieName}=${value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Expires=${expires.toUTCString()}`,
  ];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}

/** Where a REST call comes from. */
export function originOf(
  { req, state: { address, requestId } }: { req: Request; state: Omit<Origin, "device"> },
): Origin {
  return { address, requestId, device: deviceOf(req.headers.get("user-agent") ?? "") };
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
