/** The link of an invitation, at the address that the browser sees. */
export function inviteUrl(seen: URL, code: string): string {
  const url = new URL("/register", seen.origin);
  url.searchParams.set("invite", code);
  return url.href;
}
