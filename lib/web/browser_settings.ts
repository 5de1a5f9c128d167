import { type Theme, themes } from "../text/mod.ts";
import { readTimeFormat, type TimeFormat } from "../words/times.ts";
import { type Language, languageOf, wordsOf } from "../words/mod.ts";

/** A switch that the browser keeps in a cookie. No account has it: it holds on the login page too. */
interface Switch {
  cookieName: string;
  /** The value when the switch is away from its default; at its default there is no cookie. */
  value: string;
}

const discreet: Switch = { cookieName: "behest_discreet", value: "1" };
const themeName = "behest_theme";
const languageName = "behest_language";
const zonesName = "behest_zones";
/** A browser meets few zones. */
const zonesKept = 10;
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

/** The chosen theme; null for that of the device. */
export function themeOf(request: Request): Theme | null {
  const value = valueOf(request, themeName);
  return themes.find((theme) => theme === value) ?? null;
}

/** `Set-Cookie` for the theme; null for that of the device. */
export function themeCookie(theme: Theme | null, secure: boolean): string {
  return cookie({ cookieName: themeName, value: theme ?? "" }, theme !== null, secure);
}

/** The language that was chosen in this browser, also before a login; null when none was. */
export function chosenLanguage(request: Request): Language | null {
  return languageOf(valueOf(request, languageName) ?? "");
}

/** `Set-Cookie` for the language. */
export function languageCookie(language: Language, secure: boolean): string {
  return cookie({ cookieName: languageName, value: language }, true, secure);
}

/** The format of times that `lib/browser/time_format.ts` wrote into the browser's cookie; null for UTC. */
export function timeFormatOf(request: Request, language: Language): TimeFormat | null {
  const value = valueOf(request, "behest_times");
  try {
    return value === undefined ? null : readTimeFormat(language, decodeURIComponent(value));
  } catch {
    // Not written by our page.
    return null;
  }
}

/** The IANA time zone of this browser, from the same cookie; null before its first page with scripts. */
export function browserZoneOf(request: Request, language: Language): string | null {
  return timeFormatOf(request, language)?.name.split("~")[1] ?? null;
}

/** Whether somebody said in this browser that an account stays in its zone, while the browser is in another. */
export function keepsZone(request: Request, zones: ZonePair): boolean {
  return keptZones(request).includes(pairName(zones));
}

/** `Set-Cookie` that remembers it. Those that were said last are kept. */
export function keptZoneCookie(request: Request, zones: ZonePair, secure: boolean): string {
  const kept = [pairName(zones), ...keptZones(request).filter((one) => one !== pairName(zones))];
  const value = encodeURIComponent(kept.slice(0, zonesKept).join(" "));
  return cookie({ cookieName: zonesName, value }, true, secure);
}

interface ZonePair {
  account: string;
  browser: string;
}

const pairName = ({ account, browser }: ZonePair) => `${account}~${browser}`;

function keptZones(request: Request): string[] {
  try {
    return decodeURIComponent(valueOf(request, zonesName) ?? "").split(" ").filter((pair) => pair !== "");
  } catch {
    // Not written by us.
    return [];
  }
}

function isSet(request: Request, { cookieName, value }: Switch): boolean {
  return cookiesOf(request).includes(`${cookieName}=${value}`);
}

function valueOf(request: Request, name: string): string | undefined {
  return cookiesOf(request).find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
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
