import { jsonIn } from "./form.ts";

/**
 * A form that arrived after the session had ended, on its way through the login (UI-10). It is in the pages of its person's
 * browser alone, as hidden fields: the server keeps none of it. Pairs of a field's name and its value.
 */
export type Carried = readonly (readonly [name: string, value: string])[];

/** A login with this parameter brings such a form. Other forms of the login have the fields of `loginFields`. */
export const carriedParam = "form";
const loginFields = ["password", "passkey"] as const;
/** Hidden field of the login form with what is carried. */
export const carriedField = "carried";

/** Fields that are typed again: a page must not hold a password or a code. */
const secret = /password|code|^passkey$/i;

/** What a request to the login carries: null for a login, and for a form with a secret. */
export function carriedIn(url: URL, form: URLSearchParams): Carried | null {
  const before = form.get(carriedField);
  if (before !== null) return readCarried(before);
  if (!url.searchParams.has(carriedParam) || !isNoLogin(form)) return null;
  const fields = [...form];
  return fields.length === 0 || fields.some(([name]) => secret.test(name)) ? null : fields;
}

/** Whether a form that was posted to the login is another one. */
export function isNoLogin(form: URLSearchParams): boolean {
  return !loginFields.some((name) => form.has(name));
}

/** As JSON: a browser rewrites the line breaks of plain text. */
export function writeCarried(carried: Carried): string {
  return JSON.stringify(carried);
}

function readCarried(text: string): Carried | null {
  const found = jsonIn(text);
  if (!Array.isArray(found) || found.length === 0) return null;
  const isPair = (one: unknown): one is [string, string] =>
    Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "string");
  return found.every(isPair) && !found.some(([name]) => secret.test(name)) ? found : null;
}

/** Fields with words of the person, in the order in which pages ask for them. */
const wordFields = [
  "to",
  "username",
  "title",
  "displayName",
  "body",
  "description",
  "bio",
  "note",
  "reason",
  "escalate",
  "additionalInfo",
];

/** The words in it, for the person to recognise. */
export function wordsIn(carried: Carried): string[] {
  return wordFields.flatMap((field) =>
    carried.filter(([name, value]) => name === field && value.trim() !== "").map(([, value]) => value)
  );
}

/** Addresses whose forms hold no words: after the login they are pressed again. */
const wordless: readonly string[] = ["/logout", "/stop", "/resume", "/discreet", "/keys", "/confirm"];

/**
 * The answer to a form without a session: the browser repeats it at the login (307), which carries it on. Null for requests
 * that carry nothing.
 */
export function carryToLogin(request: Request, url: URL): string | null {
  const type = request.headers.get("content-type") ?? "";
  if (request.method !== "POST" || !type.startsWith("application/x-www-form-urlencoded")) return null;
  if (wordless.includes(url.pathname)) return null;
  return `/login?next=${encodeURIComponent(url.pathname + url.search)}&${carriedParam}=1`;
}
