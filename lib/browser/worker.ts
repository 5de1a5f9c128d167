import { placed } from "./base_path.ts";

/** Where a push subscription is registered and removed. Its JSON has the address and the keys. */
const subscriptionsPath = placed("/api/v1/push/subscriptions");
/** Marks that this tab has registered the subscription: each new session registers it again. */
const toldKey = "behest-push";

/** Starts the build's service worker, and registers the push subscription, if there is one. Only for the browser. */
export function startWorker(url: string): void {
  const { serviceWorker } = navigator;
  // Browsers have it only over TLS and on localhost.
  if (serviceWorker === undefined) return;
  serviceWorker.onmessage = () => void new Audio(placed("/ring.wav")).play().catch(() => {});
  serviceWorker.register(ownWorker(placed(url))).then(async ({ pushManager }) => {
    const subscription = await pushManager?.getSubscription();
    if (subscription && sessionStorage.getItem(toldKey) === null) await tellSubscription(subscription);
  }).catch(() => {
    // Pages work without the service worker.
  });
}

/** UI-11: has the worker tell of news as the person chose it for that kind of notice, or of a `command` or `message`. */
export function ring(kind: string): void {
  navigator.serviceWorker?.controller?.postMessage({ ring: kind });
}

/** The part of Trusted Types used here; TypeScript has no types for them yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
    createScriptURL(url: string): string;
  };
}

/** UI-8: the only text that the policy lets become code is the address of our own service worker. */
function ownWorker(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const createScriptURL = (text: string) => {
    const { origin, pathname } = new URL(text, location.href);
    if (origin === location.origin && pathname === placed("/sw.js")) return text;
    throw new TypeError("This is not our service worker.");
  };
  return trustedTypes?.createPolicy("behest-worker", { createScriptURL }).createScriptURL(url) ?? url;
}

/** Registers the subscription with the server. False if the server refuses it; then the subscription is ended. */
export async function tellSubscription(subscription: PushSubscription): Promise<boolean> {
  const { ok } = await call("POST", subscription);
  if (ok) sessionStorage.setItem(toldKey, "yes");
  else await subscription.unsubscribe();
  return ok;
}

export async function endSubscription(subscription: PushSubscription): Promise<void> {
  await subscription.unsubscribe();
  await call("DELETE", { endpoint: subscription.endpoint });
}

function call(method: "POST" | "DELETE", body: unknown): Promise<Response> {
  return fetch(subscriptionsPath, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
