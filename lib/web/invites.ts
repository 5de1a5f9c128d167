/** The link of an invitation. `site`: where the server is, as the browser sees it. */
export function inviteUrl(site: string, code: string): string {
  const url = new URL(`${site}/register`);
  url.searchParams.set("invite", code);
  return url.href;
}
