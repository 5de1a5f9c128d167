import { CategoryTexts } from "../../../../components/CategoryTexts.tsx";
import { type Context, HttpError, page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { TextField } from "../../../../components/Field.tsx";
import { useWords } from "../../../../components/words.tsx";
import { changeOf, typedCategory } from "../../../../lib/web/forms/categories.ts";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { fill, wordsOf } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const category = await known(ctx);
    return page({ slug: category.slug, typed: shown(category), problem: null });
  },
  async POST(ctx) {
    const category = await known(ctx);
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal ? form : changeOf(form);
    const done = change instanceof Refusal
      ? change
      : await ctx.state.services.categories.change(ctx.state.caller, category.slug, change);
    if (!(done instanceof Refusal)) return seeOther("/admin/categories?notice=saved");
    const typed = form instanceof Refusal
      ? shown(category)
      : { ...typedCategory(form), order: form.get("order") ?? "" };
    const problem = problemOf(done, ctx.state.language);
    if (problem.fields.order !== undefined) {
      problem.fields.order = wordsOf(ctx.state.language).categories.placeWrong;
    }
    return page({ slug: category.slug, typed, problem }, refusedPage(done));
  },
});

async function known(ctx: Context<PersonState>) {
  const list = await ctx.state.services.categories.all(ctx.state.caller);
  if (list instanceof Refusal) throw noPage(list);
  const category = list.find(({ slug }) => slug === ctx.params.slug);
  if (category === undefined) throw new HttpError(404);
  return category;
}

function shown({ title, description, order }: { title: string; description: string; order: number }) {
  return { title, description, order: String(order) };
}

export default definePerson.page<typeof handler>(function CategoryPage({ data }) {
  const words = useWords("categories");
  const { slug, typed, problem } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <PageHead
        title={fill(words.one, { name: slug })}
        up={{ href: "/admin/categories", name: words.all }}
        problem={problem}
      />
      <form class="panel form" method="post" action={`/admin/categories/${encodeURIComponent(slug)}`}>
        <CategoryTexts typed={typed} errors={errors} />
        <TextField
          name="order"
          label={words.place}
          hint={words.placeHint}
          class="input-short"
          inputMode="numeric"
          value={typed.order}
          error={errors.order}
          autocomplete="off"
          required
        />
        <div>
          <button type="submit" class="button button-main">{words.save}</button>
        </div>
      </form>
    </>
  );
});
