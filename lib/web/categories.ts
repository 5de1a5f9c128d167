import type { Category } from "../protocol/mod.ts";
import { type Titles, titlesOf } from "../text/mod.ts";
import { type Language, wordsOf } from "../words/mod.ts";
import type { PersonState } from "./define.ts";

/** Whose page it is, of any kind of context. */
interface Reader {
  state: Pick<PersonState, "services" | "language">;
}

/** The server's categories as a page shows them: those of a first start in the reader's language. */
export async function shownCategories({ state: { services, language } }: Reader): Promise<Category[]> {
  const { categories } = await services.categories.list();
  return categories.map((category) => inLanguage(category, language));
}

/** The titles by slug, for what names a category in passing. */
export async function categoryTitles(reader: Reader): Promise<Titles> {
  return titlesOf(await shownCategories(reader));
}

/** What an administrator wrote stays as typed; only the words of a first start are translated. */
export function inLanguage<C extends Category>(category: C, language: Language): C {
  const { slug, title, description } = category;
  if (!isBuiltIn(slug)) return category;
  const [first, ours] = [wordsOf("en").builtin[slug], wordsOf(language).builtin[slug]];
  return {
    ...category,
    title: title === first.title ? ours.title : title,
    description: description === first.description ? ours.description : description,
  };
}

type BuiltIn = keyof ReturnType<typeof wordsOf>["builtin"];

function isBuiltIn(slug: string): slug is BuiltIn {
  return Object.hasOwn(wordsOf("en").builtin, slug);
}
