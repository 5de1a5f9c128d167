/**
 * The service worker: keeps the scripts and styles of one build, shows a page when there is no server, and shows a notification
 * when the server pushes. Pages with what a person sees are never kept. Registered under the build's own URL, so that a new
 * build brings a new worker.
 */
"use strict";

const own = new URL(self.location.href);
const build = own.searchParams.get("__frsh_c") ?? "development";
const language = own.searchParams.get("language") ?? "en";
const cacheName = `behest-${build}-${language}`;
const offlinePath = `/offline?language=${encodeURIComponent(language)}`;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // A picture that somebody sent has the build in its address too, and is theirs: nothing below /api/ is ever kept.
  if (request.method !== "GET" || url.origin !== own.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(offlinePage));
  else if (isOfBuild(url)) event.respondWith(fromCache(request));
});

self.addEventListener("push", (event) => {
  event.waitUntil(notify());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openInbox());
});

/** The page for when there is no server, and all that it loads. Not with the person's cookie: it is the same for everybody. */
async function fill() {
  const cache = await caches.open(cacheName);
  const page = await fetch(offlinePath, { credentials: "omit", cache: "no-store" });
  if (!page.ok || page.redirected) throw new Error(`The offline page answers ${page.status}.`);
  const html = await page.clone().text();
  const waiting = [...html.matchAll(/"(\/_fresh\/js\/[^"\s]+\.js|\/[^"\s]*__frsh_c=[^"\s]*)"/g)]
    .map(([, path]) => path.replaceAll("&amp;", "&"));
  const seen = new Set();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const url = new URL(path, own);
    // The worker itself is the browser's to keep.
    if (seen.has(url.href) || url.pathname === own.pathname) continue;
    seen.add(url.href);
    const answer = await fetch(url);
    if (!answer.ok || answer.redirected) throw new Error(`${url.pathname} answers ${answer.status}.`);
    await cache.put(url, answer.clone());
    if (!url.pathname.endsWith(".js")) continue;
    // Only what it cannot start without: what is loaded on demand needs the server anyway.
    const imported = (await answer.text()).matchAll(/(?:from|import)\s*"(\.\/[\w-]+\.js)"/g);
    waiting.push(...[...imported].map(([, name]) => new URL(name, url).pathname));
  }
  await cache.put(offlinePath, page);
}

async function removeOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("behest-") && name !== cacheName).map((name) => caches.delete(name)));
}

/** What lies under a URL that names this build never changes. */
function isOfBuild({ pathname, searchParams }) {
  return pathname.startsWith(`/_fresh/js/${build}/`) || searchParams.get("__frsh_c") === build;
}

async function fromCache(request) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
  return answer;
}

async function offlinePage() {
  const cache = await caches.open(cacheName);
  return await cache.match(offlinePath) ?? Response.error();
}

/** UI-7: says that there is something, and nothing of it. A newer one takes the place of an older one. */
async function notify() {
  const seen = await self.clients.matchAll({ type: "window" });
  if (!seen.some((page) => page.visibilityState === "visible")) await self.navigator.setAppBadge?.();
  const page = await (await caches.match(offlinePath))?.text() ?? "";
  const [, text = "Behest"] = /data-news="([^"]*)"/.exec(page) ?? [];
  await self.registration.showNotification(text, { tag: "news", icon: "/icons/192.png", lang: language });
}

async function openInbox() {
  const pages = await self.clients.matchAll({ type: "window" });
  const [page] = pages;
  if (page === undefined) return await self.clients.openWindow("/");
  return await page.focus();
}
