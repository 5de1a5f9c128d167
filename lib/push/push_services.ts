/**
 * The push services of the browsers: Chromium's, Firefox's, Safari's, Edge's. The server sends to these hosts and no others, as
 * the address comes from whoever is logged in. `*.` stands for one name or several.
 */
export const pushServiceHosts = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  "*.push.apple.com",
  "*.notify.windows.com",
] as const;

/** Whether an address is one of a push service: https on its usual port, without a login in it. */
export function isPushService(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== "https:" || url.port !== "") return false;
  if (url.username !== "" || url.password !== "") return false;
  return pushServiceHosts.some((host) =>
    host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host
  );
}
