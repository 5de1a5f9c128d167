/**
 * The service worker: keeps the scripts and styles of one build, shows a page when there is no server, shows notifications when the
 * server pushes, and sends their answers. Pages with what a person sees are never kept. Registered under the build's own URL, so that a new
 * build brings a new worker.
 */
"use strict";

const own = new URL(self.location.href);
/** The sub-path of the server (OP-10); "" at the root of its host. */
const base = own.pathname.replace(/\/sw\.js$/, "");
const build = own.searchParams.get("__frsh_c") ?? "development";
const language = own.searchParams.get("language") ?? "en";
// Another server on this origin has another sub-path, and caches of its own.
const cacheName = `behest-${build}-${language}${base}`;
const answersTag = "answers";
const offlinePath = `${base}/offline?language=${encodeURIComponent(language)}`;

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
  if (request.method !== "GET" || url.origin !== own.origin || url.pathname.startsWith(`${base}/api/`)) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(offlinePage));
    event.waitUntil(sendAnswers());
  }
  else if (isOfBuild(url)) event.respondWith(fromCache(request));
});

self.addEventListener("push", (event) => {
  event.waitUntil(pushed(event.data));
});

self.addEventListener("notificationclick", (event) => {
  event.waitUntil(pressed(event.notification, event.action));
});

// Pages tell of news, and what the person chose for each kind of it (UI-11).
self.addEventListener("message", (event) => {
  const { ring, ways } = event.data ?? {};
  if (ways !== undefined) event.waitUntil(inWays("readwrite", (kept) => kept.put(ways, "ways")));
  else if (ring !== undefined) event.waitUntil(ringFor(String(ring), event.source));
});

// What could not be sent is sent when there is a connection: the browser says when, or the next page that is opened.
self.addEventListener("sync", (event) => {
  if (event.tag === answersTag) event.waitUntil(sendAnswers());
});

/** The page for when there is no server, and all that it loads. Not with the person's cookie: it is the same for everybody. */
async function fill() {
  const cache = await caches.open(cacheName);
  const page = await fetch(offlinePath, { credentials: "omit", cache: "no-store" });
  if (!page.ok || page.redirected) throw new Error(`The offline page answers ${page.status}.`);
  const html = await page.clone().text();
  const waiting = [...html.matchAll(/"(\/[^"\s]*(?:_fresh\/js\/[^"\s]+\.js|__frsh_c=[^"\s]*))"/g)]
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
  await Promise.all(names.filter((name) => isOurs(name) && name !== cacheName).map((name) => caches.delete(name)));
}

function isOurs(name) {
  return name.startsWith("behest-") && name.replace(/^[^/]*/, "") === base;
}

/** What lies under a URL that names this build never changes. */
function isOfBuild({ pathname, searchParams }) {
  return pathname.startsWith(`${base}/_fresh/js/${build}/`) || searchParams.get("__frsh_c") === build;
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

/** UI-12: shows what the server says, or takes away what was dealt with elsewhere. While a page of ours is in view it shows enough. */
async function pushed(data) {
  const push = read(data);
  await takeAway(push.gone ?? []);
  if (push.notification === undefined) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  const { title, navigate, actions = [], ...rest } = push.notification;
  await self.registration.showNotification(title ?? await said("news"), {
    ...rest,
    actions: actions.map(({ action, title }) => ({ action, title })),
    // It tells again, also where an older one of the same is still shown.
    renotify: rest.silent !== true,
    requireInteraction: push.stays === true,
    ...(push.plain ? {} : { icon: `${base}/icons/192.png` }),
    data: { navigate, tickets: Object.fromEntries(actions.map((one) => [one.action, ticketIn(one.navigate)])) },
  });
  await self.navigator.setAppBadge?.();
  await sendAnswers();
}

/** A push without a body that this worker knows says that there is something. */
function read(data) {
  try {
    const push = data.json();
    if (typeof push === "object" && push !== null && (push.notification ?? push.gone) !== undefined) return push;
  } catch {
    // Falls through.
  }
  return { notification: { tag: "news", lang: language } };
}

function ticketIn(address) {
  return new URL(address, own).searchParams.get("ticket");
}

async function takeAway(tags) {
  if (tags.length === 0) return;
  const shown = await self.registration.getNotifications();
  for (const notification of shown) if (tags.includes(notification.tag)) notification.close();
  if (shown.every(({ tag }) => tags.includes(tag))) await self.navigator.clearAppBadge?.();
}

/** A button, or the notification itself, was pressed. */
async function pressed(notification, action) {
  notification.close();
  const { navigate = `${base}/`, tickets = {} } = notification.data ?? {};
  const ticket = tickets[action];
  if (!ticket) return await openPage(navigate);
  await keepAnswer(ticket);
  await sendAnswers();
}

/** Opens an address of ours; a page that is open already goes there. */
async function openPage(address) {
  const url = new URL(address, own);
  const path = url.origin === own.origin ? url.pathname + url.search : `${base}/`;
  const [page] = await self.clients.matchAll({ type: "window" });
  if (page === undefined) return await self.clients.openWindow(path);
  await page.focus();
  if (path !== `${base}/`) await page.navigate(path).catch(() => self.clients.openWindow(path));
}

/** Sends the answers that are kept. What the server refuses is not asked again, and the person is told. */
async function sendAnswers() {
  let refused = false;
  for (const ticket of await keptAnswers()) {
    let status = 0;
    try {
      const answer = await fetch(`${base}/api/v1/push/answers`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ticket }),
        credentials: "omit",
      });
      status = answer.status;
    } catch {
      // No server.
    }
    if (status === 0 || status === 429 || status >= 500) {
      await self.registration.sync?.register(answersTag).catch(() => {});
      continue;
    }
    await forgetAnswer(ticket);
    refused ||= status >= 400;
  }
  if (refused) {
    const text = await said("refused");
    await self.registration.showNotification(text, { tag: "refused", icon: `${base}/icons/192.png`, lang: language });
  }
}

/** A text of the offline page, which is kept in the person's language. */
async function said(name) {
  const page = await (await caches.match(offlinePath))?.text() ?? "";
  return new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1] ?? "Behest";
}

/** Answers that the server does not have yet: their tickets, and nothing else. */
function answers(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`behest-answers${base}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("tickets");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("tickets", mode);
      const request = work(transaction.objectStore("tickets"));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

function keepAnswer(ticket) {
  return answers("readwrite", (tickets) => tickets.put(1, ticket));
}

function forgetAnswer(ticket) {
  return answers("readwrite", (tickets) => tickets.delete(ticket));
}

function keptAnswers() {
  return answers("readonly", (tickets) => tickets.getAllKeys());
}

/** All pages hear the same news: what comes within this time tells once, in ms. */
const ringsTogetherMs = 1500;
const rangAt = new Map();

/** A sound by the page that told first; a notification unless a page is in view, or pushes tell anyway. Its words name nobody. */
async function ringFor(kind, page) {
  if (Date.now() - (rangAt.get(kind) ?? 0) < ringsTogetherMs) return;
  rangAt.set(kind, Date.now());
  const way = (await inWays("readonly", (kept) => kept.get("ways")))?.[kind];
  if (way === undefined) return;
  if (way.sound) page?.postMessage("ring");
  if (!way.show || await self.registration.pushManager?.getSubscription()) return;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  const options = { tag: way.tag, silent: true, icon: `${base}/icons/192.png`, data: { navigate: way.path } };
  await self.registration.showNotification(way.text, options);
}

/** What was chosen, of this browser: it names no person. */
function inWays(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`behest-ways${base}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("kept", mode);
      const asked = ask(change.objectStore("kept"));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
    };
  });
}
