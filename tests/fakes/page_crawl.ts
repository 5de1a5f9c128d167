import assert from "node:assert/strict";
import { addressOf, pageFiles } from "../../tools/page_files.ts";
import type { HostileWorld, Reader } from "./hostile_world.ts";
import type { ServedApp } from "./served.ts";

export interface Fetched {
  /** Who looked, and at what. */
  where: string;
  html: string;
}

/** As a browser of that reader, or of somebody without a login. */
async function ask(
  { origin }: ServedApp,
  token: string | undefined,
  path: string,
  form?: Record<string, string>,
): Promise<Response> {
  const headers: Record<string, string> = { "sec-fetch-site": "same-origin" };
  if (token !== undefined) headers.cookie = `behest_session=${token}`;
  const init = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
  return await fetch(origin + path, { headers, redirect: "manual", ...init });
}

const isPage = (response: Response) => response.headers.get("content-type")?.startsWith("text/html") ?? false;

/** Every page that somebody gets to by links, from the addresses that are known beforehand. */
export async function crawl(
  app: ServedApp,
  who: string,
  token: string | undefined,
): Promise<Map<string, Fetched>> {
  const found = new Map<string, Fetched>();
  const bad = encodeURIComponent(`zq99qz"><img src=x onerror=hurt()>`);
  const waiting = [
    ...pageFiles().map(addressOf).filter((address) => !address.includes("[")),
    "/welcome",
    `/login?next=${bad}`,
    `/send?to=${bad}&group=${bad}`,
    `/history?category=${bad}&state=${bad}&box=${bad}`,
    `/admin/users?q=${bad}`,
    `/sent?notice=${bad}`,
    `/offline?language=${bad}`,
    `/${bad}`,
  ];
  let tried = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    // One link for each call of the documents, all to the same page with another form open.
    if (path.startsWith("/docs?") && ++tried > 2) continue;
    const response = await ask(app, token, path);
    const html = await response.text();
    if (!isPage(response)) continue;
    found.set(path, { where: `${who} at ${path}`, html });
    for (const [, href = ""] of html.matchAll(/\shref="([^"#]*)/g)) {
      const link = URL.parse(href.replaceAll("&amp;", "&"), app.origin + path);
      if (link?.origin !== app.origin || /^\/(api|_fresh)\/|\.\w+$/.test(link.pathname)) continue;
      waiting.push(link.pathname + link.search);
    }
  }
  return found;
}

/** What forms that were refused show of what was typed. */
export async function refusedForms(app: ServedApp, { texts, tokens }: HostileWorld): Promise<Fetched[]> {
  const bad = texts.of("typed");
  const posts: [string, Reader | null, Record<string, string>][] = [
    ["/login", null, { username: bad, password: bad }],
    ["/register", null, { username: bad, password: bad }],
    ["/send", "ann", {
      kind: bad,
      to: bad,
      title: bad.repeat(9),
      body: bad,
      href: bad,
      dueAt: bad,
      categories: bad,
    }],
    ["/profile", "ann", {
      displayName: bad.repeat(9),
      bio: bad,
      pronouns: bad,
      timeZone: bad,
      language: bad,
    }],
    ["/preferences", "ann", { acceptFrom: bad, quiet: "yes", quietFrom: bad, quietTo: bad, dailyLimit: bad }],
    ["/preferences/blocked", "ann", { action: "block", username: bad }],
    ["/contacts", "ann", { action: "request", username: bad, note: bad }],
    ["/groups/bad", "ann", { action: "invite", username: bad, role: bad }],
    ["/two-factor", "ann", { action: bad, password: bad, code: bad }],
    ["/welcome/when", "ann", { quiet: "yes", from: bad, to: bad, zone: bad }],
    ["/", "bob", { id: bad, state: bad, note: bad }],
    ["/admin/users/carl", "admin", { action: bad, reason: bad, kind: bad, until: bad }],
    ["/admin/categories", "admin", { action: "add", slug: bad, title: bad.repeat(9), description: bad }],
    ["/admin/groups", "admin", { action: "create", name: bad, title: bad.repeat(9) }],
    ["/admin/broadcast", "admin", { kind: bad, title: bad.repeat(9), category: bad, audience: bad }],
    ["/admin/two-factor", "admin", { action: "reset", username: bad, reason: bad }],
  ];
  const found: Fetched[] = [];
  for (const [path, reader, form] of posts) {
    const response = await ask(app, reader === null ? undefined : tokens.get(reader), path, form);
    const html = await response.text();
    if (isPage(response)) found.push({ where: `the form of ${path}`, html });
  }
  assert.ok(found.length > 8, `${found.length} forms were refused`);
  return found;
}
