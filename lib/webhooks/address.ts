/** Whether a URL is on one of the origins that the operator named (`BEHEST_WEBHOOK_HOSTS`). Never with a username or password. */
export function isWebhookAddress(url: string, origins: readonly string[]): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.username === "" && parsed.password === "" &&
    origins.includes(parsed.origin);
}
