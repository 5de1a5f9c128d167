import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Titles } from "../lib/text/grants.ts";

const TitlesContext = createContext<Titles>(new Map());

/** Gives everything inside of it the titles of the server's categories, by slug, in the reader's language. Only on the server. */
export function CategoryTitles({ titles, children }: { titles: Titles; children: ComponentChildren }) {
  return <TitlesContext.Provider value={titles}>{children}</TitlesContext.Provider>;
}

export function useCategoryTitles(): Titles {
  return useContext(TitlesContext);
}

/** A category's title by its slug; the slug where nobody knows one: it was retired, or the page is drawn in the browser. */
export function useCategoryTitle(): (slug: string) => string {
  const titles = useCategoryTitles();
  return (slug) => titles.get(slug) ?? slug;
}
