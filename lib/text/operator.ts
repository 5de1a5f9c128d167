import type { Message } from "../protocol/mod.ts";
import { fill, type Language, renderMessage, type Words, wordsOf } from "../words/mod.ts";

/** That something needs an administrator, or is over. `cause`: the name of a check, or `incident:` and its id. */
interface News {
  cause: string;
  reason: Message | null;
  sinceMs: number;
  overMs: number | null;
}

/** Characters of a reason that are told; the log has all of it. */
const reasonMost = 1000;

/** Title and text of what the server tells its administrators. */
export function operatorText(language: Language, news: News): { title: string; body: string } {
  const { operator: words } = wordsOf(language);
  const name = nameOf(words.names, news.cause);
  const { sinceMs, overMs } = news;
  if (overMs !== null) {
    const [from, to] = [sinceMs, overMs].map((ms) =>
      `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`
    );
    return { title: fill(words.over, { name }), body: fill(words.lasted, { from: from!, to: to! }) };
  }
  return { title: fill(words.begun, { name }), body: bodyOf(language, words, news) };
}

function bodyOf(language: Language, words: Words["operator"], { cause, reason }: News): string {
  if (cause.startsWith("incident:")) return words.incident;
  if (reason === null) return words.look;
  const why = asText(renderMessage(language, reason));
  const sentence = why.charAt(0).toUpperCase() + why.slice(1);
  return `${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`} ${words.look}`;
}

/** Services and drivers write what they like into an error, a whole page at times; it must be the text of a command. */
function asText(reason: string): string {
  const text = reason.toWellFormed().replaceAll("\0", " ").trim();
  return [...text.slice(0, 2 * reasonMost)].slice(0, reasonMost).join("").toWellFormed();
}

/** A check of a later version has its own name. */
function nameOf(names: Words["operator"]["names"], cause: string): string {
  const kind = cause.replace(/:.*/, "");
  return Object.hasOwn(names, kind) ? names[kind as keyof typeof names] : kind;
}
