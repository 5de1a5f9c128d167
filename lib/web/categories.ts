import type { Context } from "fresh";
import type { Category } from "../protocol/mod.ts";
import { type Language, wordsOf } from "../words/mod.ts";
import type { PersonState } from "./define.ts";

/** The server's categories as a page shows them: those of a first start in the reader's language. */
export async function shownCategories(ctx: Context<PersonState>): Promise<Category[]> {
  const { categories } = await ctx.state.services.categories.list();
  return categories.map((category) => inLanguage(category, ctx.state.language));
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
