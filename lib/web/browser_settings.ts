import { readTimeFormat, type TimeFormat } from "../words/times.ts";
import { type Language, wordsOf } from "../words/mod.ts";

/** A switch that the browser keeps in a cookie. No account has it: it holds on the login page too. */
interface Switch {
  cookieName: string;
  /** The value when the switch is away from its default; at its default there is no cookie. */
  value: string;
}

const discreet: Switch = { cookieName: "behest_discreet", value: "1" };
const noSingleKeys: Switch = { cookieName: "behest_keys", value: "off" };

/** A year: a setting is kept until somebody changes it. */
const keptSeconds = 365 * 24 * 3600;

/** Whether this browser is in discreet mode: what commands say is blurred, and titles and icon say nothing. */
export function isDiscreet(request: Request): boolean {
  return isSet(request, discreet);
}

/** What every page is called in discreet mode; null when it is off. */
export function discreetTitle(request: Request, language: Language): string | null {
  return isDiscreet(request) ? wordsOf(language).discreet.neutralTitle : null;
}

/** `Set-Cookie` that switches discreet mode. `secure` where the browser speaks TLS to us. */
export function discreetCookie(on: boolean, secure: boolean): string {
  return cookie(discreet, on, secure);
}

/** Whether keys without Ctrl do something (WCAG 2.1.4); Stop has its keys in any case. */
export function hasSingleKeys(request: Request): boolean {
  return !isSet(request, noSingleKeys);
}

/** `Set-Cookie` that switches single keys. `secure` where the browser speaks TLS to us. */
export function keysCookie(on: boolean, secure: boolean): string {
  return cookie(noSingleKeys, !on, secure);
}

/** The format of times that `lib/browser/time_format.ts` wrote into the browser's cookie; null for UTC. */
export function timeFormatOf(request: Request, language: Language): TimeFormat | null {
  const value = cookiesOf(request).find((pair) => pair.startsWith("behest_times="))?.slice(
    "behest_times=".length,
  );
  try {
    return value === undefined ? null : readTimeFormat(language, decodeURIComponent(value));
  } catch {
    // Not written by our page.
    return null;
  }
}

function isSet(request: Request, { cookieName, value }: Switch): boolean {
  return cookiesOf(request).includes(`${cookieName}=${value}`);
}

function cookiesOf(request: Request): string[] {
  return request.headers.get("cookie")?.split(";").map((pair) => pair.trim()) ?? [];
}

function cookie({ cookieName, value }: Switch, on: boolean, secure: boolean): string {
  const parts = [
    `${cookieName}=${on ? value : ""}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Max-Age=${on ? keptSeconds : 0}`,
  ];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}
