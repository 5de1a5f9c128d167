import { serving } from "../../lib/web/app.ts";
import { languageOf, wordsOf } from "../../lib/words/mod.ts";
import { builtApp } from "./built_app.ts";
import { fakePassword, type FakeServices, fakeServices } from "./services.ts";

/** Where the pages seem to be served. */
export const base = "http://127.0.0.1:8000";

export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** The app over fake services, without a network: its answers as they are. */
export async function wholeSite(fake: FakeServices): Promise<Send> {
  const app = await builtApp(fake.services);
  const handler = serving(app, fake.services.config);
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 50_000 } as const;
  return async (path, init) =>
    await handler(new Request(base + path, init), { remoteAddr, completed: Promise.resolve() });
}

/**
 * The same for tests of what a page shows: the words that its islands take with them, shown or not, are left out of the
 * script, so that a test that looks for a sentence finds it only where it stands.
 */
export async function site(fake: FakeServices): Promise<Send> {
  const send = await wholeSite(fake);
  return async (path, init) => {
    const response = await send(path, init);
    const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
    if (!isPage || response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(withoutWords(await response.text()), { status, statusText, headers });
  };
}

function withoutWords(html: string): string {
  const at = html.lastIndexOf('<script type="module"');
  const language = languageOf(/<html lang="([^"]*)"/.exec(html)?.[1] ?? "");
  if (at === -1 || language === null) return html;
  const words = new Set(messagesOf(wordsOf(language)));
  // The data is JSON inside of a string: its quotes have a backslash.
  const script = html.slice(at).replaceAll(
    /\\"([^"\\]*)\\"/g,
    (text, value: string) => words.has(value) ? '\\"\\"' : text,
  );
  return html.slice(0, at) + script;
}

/** Every message of a catalogue or of a section, the forms of plurals too. */
export function messagesOf(words: object): string[] {
  return Object.values(words).flatMap((value) => typeof value === "string" ? [value] : messagesOf(value));
}

export async function withPages(
  run: (send: Send, fake: FakeServices) => Promise<void>,
  fake: FakeServices = fakeServices(),
): Promise<void> {
  await run(await site(fake), fake);
}

/** A form as a browser posts it from a page of the same site. */
export function form(fields: Record<string, string> | [string, string][], cookie?: string): RequestInit {
  return {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin", ...(cookie === undefined ? {} : { cookie }) },
  };
}

/** A look at a page by the person of a cookie. */
export const as = (cookie: string): RequestInit => ({ headers: { cookie } });

export const annsLogin = { username: "ann", password: fakePassword };
