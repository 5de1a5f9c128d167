const cookieName = "behest_keys";

/** A year: who switched them off once did not mean for a week. */
const keptSeconds = 365 * 24 * 3600;

/** Whether keys without Ctrl do something (WCAG 2.1.4); Stop has its keys in any case. */
export function hasSingleKeys(request: Request): boolean {
  const cookies = request.headers.get("cookie")?.split(";") ?? [];
  return !cookies.some((pair) => pair.trim() === `${cookieName}=off`);
}

/** `Set-Cookie` that switches them. The browser's and no account's, because it is about the keyboard in front of it. */
export function keysCookie(on: boolean, secure: boolean): string {
  const parts = [
    `${cookieName}=${on ? "" : "off"}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Max-Age=${on ? 0 : keptSeconds}`,
  ];
  return [...parts, ...(secure ? ["Secure"] : [])].join("; ");
}
