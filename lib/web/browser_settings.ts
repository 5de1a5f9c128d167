import { type Language, wordsOf } from "../words/mod.ts";

const cookieName = "behest_discreet";

/** A year: who needs it once needs it again. */
const keptSeconds = 365 * 24 * 3600;

/** Whether this browser is in discreet mode: what commands say is blurred, and titles and icon say nothing. */
export function isDiscreet(request: Request): boolean {
  const cookies = request.headers.get("cookie")?.split(";") ?? [];
  return cookies.some((pair) => pair.trim() === `${cookieName}=1`);
}

/** What every page is called in discreet mode; null when it is off. */
export function discreetTitle(request: Request, language: Language): string | null {
  return isDiscreet(request) ? wordsOf(language).discreet.neutralTitle : null;
}

/** `Set-Cookie` that switches it. It is the browser's and no account's: it holds on the login page too. */
export function discreetCookie(on: boolean, secure: boolean): string {
  const parts = [
    `${cookieName}=${on ? "1" : ""}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Max-Age=${on ? keptSeconds : 0}`,
  ];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}
