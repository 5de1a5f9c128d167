/**
 * The texts of the pages in each language, in sections (UI-6). Runs in the browser too.
 * Never puts a catalogue into a script: an island gets the sections that it names as a prop.
 * Start with `en/mod.ts`; `catalogue.ts` is the type that every language must have, `times.ts` how it writes times.
 */
import type { Section, Words } from "./catalogue.ts";
import { de } from "./de/mod.ts";
import { en } from "./en/mod.ts";

export type { Section, Words } from "./catalogue.ts";
export { renderMessage } from "./refusals.ts";
export { fill, type Forms, plural } from "./shape.ts";

const catalogues = { en, de } as const satisfies Record<string, Words>;

export type Language = keyof typeof catalogues;

/** The languages by their own names, for the choice in the profile. */
export const languages: readonly (readonly [Language, string])[] = [["en", "English"], ["de", "Deutsch"]];

export const defaultLanguage: Language = "en";

// Pure, so that a script which takes a function of this room with it leaves the catalogues behind.
export const allSections = /* @__PURE__ */ Object.keys(en) as readonly Section[];

export function wordsOf(language: Language): Words {
  return catalogues[language];
}

/** Some sections of a language, as an island takes them with it. */
export interface SomeWords<S extends Section = Section> {
  language: Language;
  sections: Pick<Words, S>;
}

export function someWords<S extends Section>(language: Language, sections: readonly S[]): SomeWords<S> {
  const words = wordsOf(language);
  return {
    language,
    sections: Object.fromEntries(sections.map((name) => [name, words[name]])) as Pick<Words, S>,
  };
}

/** The language of a tag like `de-AT`; null when there is no catalogue of it. */
export function languageOf(tag: string): Language | null {
  const first = tag.trim().split("-", 1)[0]!.toLowerCase();
  return Object.hasOwn(catalogues, first) ? first as Language : null;
}

/** What a browser asks for (RFC 9110, `Accept-Language`), as far as there are words. */
export function acceptedLanguage(header: string | null): Language {
  const wanted = (header ?? "").slice(0, 1000).split(",").map((part) => {
    const [tag = "", ...params] = part.split(";");
    const q = Number(params.find((param) => param.trim().startsWith("q="))?.trim().slice(2) ?? 1);
    return { language: languageOf(tag), q: Number.isFinite(q) ? q : 0 };
  });
  const best = wanted.filter(({ language, q }) => language !== null && q > 0).sort((a, b) => b.q - a.q)[0];
  return best?.language ?? defaultLanguage;
}
