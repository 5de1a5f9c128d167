/** The push services of Chromium, Firefox, Safari and Edge. `*.` stands for one or more names. */
export const pushServiceHosts = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  "*.push.apple.com",
  "*.notify.windows.com",
] as const;

/** Names of push services for operators. */
export type PushServiceName = "fcm" | "mozilla" | "apple" | "windows" | "other";

const names: Readonly<Record<typeof pushServiceHosts[number], PushServiceName>> = {
  "fcm.googleapis.com": "fcm",
  "updates.push.services.mozilla.com": "mozilla",
  "*.push.apple.com": "apple",
  "*.notify.windows.com": "windows",
};

/**
 * The origins of push services that the operator names (`BEHEST_PUSH_HOSTS`): `https://host`, with a port, or `http://` for one that
 * has no TLS on the operator's own network.
 */
export type NamedServices = readonly string[];

/**
 * Whether a URL belongs to a push service, so that clients cannot make the server ask anything else: a browser's own with https
 * on the default port, or one that the operator names. Never with a username or password.
 */
export function isPushService(endpoint: string, named: NamedServices = []): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (named.includes(url.origin)) return true;
  return url.protocol === "https:" && url.port === "" && browsersOf(url.hostname) !== undefined;
}

export function pushServiceName(endpoint: string): PushServiceName {
  const host = browsersOf(URL.parse(endpoint)?.hostname ?? "");
  return host === undefined ? "other" : names[host];
}

/** Safari ends a subscription whose pushes show nothing, so what only takes notifications away is not sent there. */
export function wantsToShow(endpoint: string): boolean {
  return pushServiceName(endpoint) === "apple";
}

function browsersOf(hostname: string): typeof pushServiceHosts[number] | undefined {
  return pushServiceHosts.find((host) =>
    host.startsWith("*.") ? hostname.endsWith(host.slice(1)) : hostname === host
  );
}
