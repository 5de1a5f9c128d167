/**
 * The push services of Chromium, Firefox, Safari and Edge. The server sends to no other host, because clients give the
 * address. `*.` stands for one or more names.
 */
export const pushServiceHosts = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  "*.push.apple.com",
  "*.notify.windows.com",
] as const;

/** Whether a URL belongs to a push service: https, the default port, no username or password. */
export function isPushService(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== "https:" || url.port !== "") return false;
  if (url.username !== "" || url.password !== "") return false;
  return pushServiceHosts.some((host) =>
    host.startsWith("*.") ? url.hostname.endsWith(host.slice(1)) : url.hostname === host
  );
}
