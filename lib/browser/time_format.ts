import { ownTimeFormat, readTimeFormat, type TimeFormat } from "../words/times.ts";
import type { Language } from "../words/mod.ts";
import { base } from "./base_path.ts";

/** The cookie is read by `lib/web/browser_settings.ts`. */
const cookieName = "behest_times";
const keptSeconds = 365 * 24 * 3600;

let own: TimeFormat | null | undefined;

/** This browser's own format; null where the browser names a zone or locale that it cannot use. A page has one language. */
export function browserTimeFormat(language: Language): TimeFormat | null {
  own ??= readTimeFormat(language, ownTimeFormat(language));
  return own;
}

let written: TimeFormat | null | undefined;

/** The format in which the server wrote this page; null for UTC. */
export function pageTimeFormat(language: Language): TimeFormat | null {
  written ??= readTimeFormat(language, document.documentElement.dataset.times ?? "");
  return written;
}

/** Tells the server this browser's format, so that it writes the next page in it. */
export function rememberTimeFormat(language: Language): void {
  const format = browserTimeFormat(language);
  if (format === null || format.name === document.documentElement.dataset.times) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${cookieName}=${encodeURIComponent(format.name)}; Path=${
    base || "/"
  }; SameSite=Lax; Max-Age=${keptSeconds}${secure}`;
}
