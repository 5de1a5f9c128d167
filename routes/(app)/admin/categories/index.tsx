import { CategoryTexts } from "../../../../components/CategoryTexts.tsx";
import { type Context, page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { NameField } from "../../../../components/Field.tsx";
import { Cell, Row, Table } from "../../../../components/Table.tsx";
import { useWords } from "../../../../components/words.tsx";
import {
  changeCategories,
  inOrder,
  noCategory,
  typedCategory,
} from "../../../../lib/web/forms/categories.ts";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import { type AdminCategory, Refusal } from "../../../../lib/protocol/mod.ts";
import { fill, type Words, wordsOf } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await all(ctx), typed: noCategory, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeCategories(ctx, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/categories?notice=${done}`);
    const adding = !(form instanceof Refusal) && form.get("action") === "add";
    const typed = adding ? typedCategory(form) : noCategory;
    const problem = problemOf(done, ctx.state.language);
    if (done.kind === "conflict" && adding) {
      problem.fields.slug ??= wordsOf(ctx.state.language).categories.nameTaken;
    }
    return page({ ...await all(ctx), typed, problem }, refusedPage(done));
  },
});

async function all(ctx: Context<PersonState>) {
  const list = await ctx.state.services.categories.all(ctx.state.caller);
  return list instanceof Refusal
    ? { categories: [], unread: problemOf(list, ctx.state.language) }
    : { categories: inOrder(list), unread: null };
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["categories"], notice: string | null): string | undefined {
  switch (notice) {
    case "add":
      return words.doneAdd;
    case "saved":
      return words.doneSaved;
    case "moved":
      return words.doneMoved;
    case "retire":
      return words.doneRetire;
    case "restore":
      return words.doneRestore;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function Categories({ data, url }) {
  const { categories, typed, problem } = data;
  const words = useWords("categories");
  const notice = problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const errors = problem?.fields ?? {};
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.unread ?? problem} />
      <section class="panel" aria-label={words.all}>
        <Table label={words.title} heads={[words.category, words.order, words.state, words.change]}>
          {categories.map((category, index) => (
            <Row key={category.slug}>
              <Cell>
                <About category={category} />
              </Cell>
              <Cell>
                <Moves slug={category.slug} first={index === 0} last={index === categories.length - 1} />
              </Cell>
              <Cell>
                <span class="state" data-tone={category.retired ? "bad" : "good"}>
                  {category.retired ? words.retired : words.inUse}
                </span>
              </Cell>
              <Cell>
                <Changes category={category} />
              </Cell>
            </Row>
          ))}
        </Table>
      </section>
      <section class="panel" aria-labelledby="add">
        <h2 id="add">{words.addTitle}</h2>
        <form class="form" method="post" action="/admin/categories">
          <NameField
            name="slug"
            label={words.name}
            hint={words.nameHint}
            value={typed.slug}
            error={errors.slug}
          />
          <CategoryTexts typed={typed} errors={errors} hint={words.descriptionHint} />
          <div>
            <button type="submit" class="button button-main" name="action" value="add">{words.add}</button>
          </div>
        </form>
      </section>
    </>
  );
});

function About({ category }: { category: AdminCategory }) {
  return (
    <div class="stack-s">
      <span>
        <strong>{category.title}</strong> <span class="tag">{category.slug}</span>
      </span>
      <span class="soft small">{category.description}</span>
    </div>
  );
}

function Moves({ slug, first, last }: { slug: string; first: boolean; last: boolean }) {
  const words = useWords("categories");
  return (
    <form class="row" method="post" action="/admin/categories">
      <input type="hidden" name="slug" value={slug} />
      <button
        type="submit"
        class="button"
        name="action"
        value="up"
        disabled={first}
        aria-label={fill(words.up, { name: slug })}
      >
        ↑
      </button>
      <button
        type="submit"
        class="button"
        name="action"
        value="down"
        disabled={last}
        aria-label={fill(words.down, { name: slug })}
      >
        ↓
      </button>
    </form>
  );
}

function Changes({ category: { slug, retired } }: { category: AdminCategory }) {
  const words = useWords("categories");
  return (
    <div class="row">
      <a
        class="button"
        href={`/admin/categories/${encodeURIComponent(slug)}`}
        aria-label={fill(words.editOf, { name: slug })}
      >
        {words.edit}
      </a>
      {slug === "general" ? null : (
        <form method="post" action="/admin/categories">
          <input type="hidden" name="slug" value={slug} />
          <button
            type="submit"
            class="button button-quiet"
            name="action"
            value={retired ? "restore" : "retire"}
            aria-label={fill(retired ? words.restoreOf : words.retireOf, { name: slug })}
          >
            {retired ? words.restore : words.retire}
          </button>
        </form>
      )}
    </div>
  );
}
