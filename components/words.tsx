import { type ComponentChildren, createContext, Fragment, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { Language, Section, SomeWords, Words } from "../lib/words/mod.ts";

/** Any sections of a language. */
interface Given {
  language: Language;
  sections: Partial<Words>;
}

const WordsContext = createContext<Given | null>(null);

/** Gives everything inside of it its words: the document once, and each island those that it took with it. */
export function WordsProvider({ words, children }: { words: Given; children: ComponentChildren }) {
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

function useSome(): Given {
  const some = useContext(WordsContext);
  if (some === null) throw new Error("There are no words here: put a WordsProvider around it.");
  return some;
}

/** The words of one section in the reader's language. */
export function useWords<S extends Section>(section: S): Words[S] {
  const words = useSome().sections[section];
  if (words === undefined) throw new Error(`The island did not take the section "${section}" with it.`);
  return words;
}

/** Some sections as a provider takes them. */
export function useGiven<S extends Section>(sections: readonly S[]): SomeWords<S> {
  const { language, sections: all } = useSome();
  const picked = sections.map((section) => [section, all[section]]);
  return { language, sections: Object.fromEntries(picked) } as SomeWords<S>;
}

/** For `Intl`, and for `plural`. */
export function useLanguage(): Language {
  return useSome().language;
}

/** A message whose `{places}` are elements: a link, a time, a name in bold. */
export function Filled({ text, ...places }: { text: string; [place: string]: ComponentChildren }): VNode {
  const parts = text.split(/\{([a-zA-Z]+)\}/);
  // Every second part is the name of a place.
  return <>{parts.map((part, at) => <Fragment key={at}>{at % 2 === 0 ? part : places[part]}</Fragment>)}</>;
}
