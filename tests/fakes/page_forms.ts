import { languageOf, wordsOf } from "../../lib/words/mod.ts";

/** Where the pages seem to be served. */
export const base = "http://127.0.0.1:8000";

export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** A page without the data of its islands: the words that they take with them are in the script, shown or not. */
export async function withoutWords(response: Response): Promise<Response> {
  const isPage = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (!isPage || response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(cleared(await response.text()), { status, statusText, headers });
}

function cleared(html: string): string {
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
