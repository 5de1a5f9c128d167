import { isOpenItem, type SharedConnection } from "../client/mod.ts";
import { pageStore } from "./connection.ts";

/** Where a browser's push subscription is told to the server, and taken back. */
const subscriptionsPath = "/api/v1/push/subscriptions";
/** That it was told in this tab: with each new session it belongs to that one. */
const toldKey = "behest-push";

/**
 * Starts the build's service worker, keeps the number on the app's icon, and tells the server of notifications that are on.
 * Only call it in the browser.
 */
export function startWorker(url: string, connection: SharedConnection): void {
  const { serviceWorker } = navigator;
  // Only over TLS and on this computer itself.
  if (serviceWorker === undefined) return;
  serviceWorker.register(ownWorker(url)).then(async ({ pushManager }) => {
    const subscription = await pushManager?.getSubscription();
    if (subscription && sessionStorage.getItem(toldKey) === null) await tellSubscription(subscription);
  }).catch(() => {
    // A browser that does not want it has the same pages without it.
  });
  const count = () => void badge(connection);
  for (const event of ["ready", "deliver", "changed", "stopped"] as const) connection.on(event, count);
}

/** As much of the browser's Trusted Types as is used here; TypeScript does not know them yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
    createScriptURL(url: string): string;
  };
}

/** UI-8: the policy lets no text become code but this one: the address of our own service worker. */
function ownWorker(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const createScriptURL = (text: string) => {
    const { origin, pathname } = new URL(text, location.href);
    if (origin === location.origin && pathname === "/sw.js") return text;
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
    // Only installed apps have one.
  }
}

/** Tells the server where this browser's push service is; false when it does not take it. Then the subscription is ended. */
export async function tellSubscription(subscription: PushSubscription): Promise<boolean> {
  const { ok } = await call("POST", subscription);
  if (ok) sessionStorage.setItem(toldKey, "yes");
  else await subscription.unsubscribe();
  return ok;
}

export async function endSubscription(subscription: PushSubscription): Promise<void> {
  await subscription.unsubscribe();
  await call("DELETE", subscription);
}

function call(method: "POST" | "DELETE", { endpoint }: PushSubscription): Promise<Response> {
  return fetch(subscriptionsPath, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint }),
  });
}
