import { isOpenItem, type SharedConnection } from "../client/mod.ts";
import { placed } from "./base_path.ts";
import { pageStore } from "./connection.ts";

/** Where a push subscription is registered and removed. Its JSON has the address and the keys. */
const subscriptionsPath = placed("/api/v1/push/subscriptions");
/** How this tab has registered the subscription: each new session registers it again, and each change of the discreet mode. */
const toldKey = "behest-push";

/**
 * Starts the build's service worker, keeps the number on the app's icon current, and registers the push subscription, if there is one.
 * Only for the browser.
 */
export function startWorker(url: string, connection: SharedConnection): void {
  const { serviceWorker } = navigator;
  // Browsers have it only over TLS and on localhost.
  if (serviceWorker === undefined) return;
  serviceWorker.register(ownWorker(placed(url))).then(async ({ pushManager }) => {
    const subscription = await pushManager?.getSubscription();
    if (subscription && sessionStorage.getItem(toldKey) !== mode()) await tellSubscription(subscription);
  }).catch(() => {
    // Pages work without the service worker.
  });
  const count = () => void badge(connection);
  for (const event of ["ready", "deliver", "changed", "stopped"] as const) connection.on(event, count);
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

async function badge(connection: SharedConnection): Promise<void> {
  if (!connection.leads || navigator.setAppBadge === undefined) return;
  try {
    const open = (await (await pageStore())?.commands() ?? []).filter(isOpenItem).length;
    await (open === 0 || connection.stop.stopped ? navigator.clearAppBadge() : navigator.setAppBadge(open));
  } catch {
    // Only installed apps have a badge.
  }
}

/** Registers the subscription with the server. False if the server refuses it; then the subscription is ended. */
export async function tellSubscription(subscription: PushSubscription): Promise<boolean> {
  const { ok } = await call("POST", subscription);
  if (ok) sessionStorage.setItem(toldKey, mode());
  else await subscription.unsubscribe();
  return ok;
}

export async function endSubscription(subscription: PushSubscription): Promise<void> {
  await subscription.unsubscribe();
  await call("DELETE", { endpoint: subscription.endpoint });
}

/** As the server has it from the cookie of each call. */
function mode(): string {
  return document.documentElement.dataset.discreet === undefined ? "open" : "discreet";
}

function call(method: "POST" | "DELETE", body: unknown): Promise<Response> {
  return fetch(subscriptionsPath, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
