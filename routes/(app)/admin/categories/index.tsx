import { type Context, page } from "fresh";
import { AreaField, TextField } from "../../../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { Cell, Row, Table } from "../../../../components/Table.tsx";
import { changeCategories, inOrder, noCategory, typedCategory } from "../../../../lib/category_form.ts";
import { define, type State } from "../../../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../../../lib/forms.ts";
import { callerOf } from "../../../../lib/page_caller.ts";
import { type AdminCategory, Refusal } from "../../../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await all(ctx), typed: noCategory, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeCategories(ctx, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/categories?notice=${done}`);
    const adding = !(form instanceof Refusal) && form.get("action") === "add";
    const typed = adding ? typedCategory(form) : noCategory;
    const problem = problemOf(done);
    if (done.kind === "conflict" && adding) problem.fields.slug ??= "This name is taken.";
    return page({ ...await all(ctx), typed, problem }, refusedPage(done));
  },
});

async function all(ctx: Context<State>) {
  const list = await ctx.state.services.categories.all(callerOf(ctx.state));
  return list instanceof Refusal
    ? { categories: [], unread: problemOf(list) }
    : { categories: inOrder(list), unread: null };
}

const notices = new Map([
  ["add", "Added. Everybody blocks it until they choose otherwise."],
  ["saved", "Saved."],
  ["moved", "Moved."],
  ["retire", "Retired. Nothing new can be sent with it."],
  ["restore", "Back in use."],
]);

export default define.page<typeof handler>(function Categories({ data, url }) {
  const { categories, typed, problem } = data;
  const notice = problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const errors = problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>Categories</h1>
        <p class="lead">What commands may be about. Everybody chooses for each whether it may reach them.</p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.unread ?? problem} />
      <section class="panel" aria-label="All categories">
        <Table label="Categories" heads={["Category", "Order", "State", "Change"]}>
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
                  {category.retired ? "Retired" : "In use"}
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
        <h2 id="add">Add a category</h2>
        <form class="form" method="post" action="/admin/categories">
          <TextField
            name="slug"
            label="Short name"
            hint="a–z, 0–9 and -. It cannot be changed later."
            class="input-short"
            value={typed.slug}
            error={errors.slug}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <TextField
            name="title"
            label="Title"
            value={typed.title}
            error={errors.title}
            autocomplete="off"
            required
          />
          <AreaField
            name="description"
            label="What it is about"
            hint="People decide by this sentence."
            value={typed.description}
            error={errors.description}
            rows={2}
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="add">Add</button>
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
  return (
    <form class="row" method="post" action="/admin/categories">
      <input type="hidden" name="slug" value={slug} />
      <button
        type="submit"
        class="button"
        name="action"
        value="up"
        disabled={first}
        aria-label={`Move ${slug} up`}
      >
        ↑
      </button>
      <button
        type="submit"
        class="button"
        name="action"
        value="down"
        disabled={last}
        aria-label={`Move ${slug} down`}
      >
        ↓
      </button>
    </form>
  );
}

function Changes({ category: { slug, retired } }: { category: AdminCategory }) {
  return (
    <div class="row">
      <a
        class="button"
        href={`/admin/categories/${encodeURIComponent(slug)}`}
        aria-label={`Edit ${slug}`}
      >
        Edit
      </a>
      {slug === "general" ? null : (
        <form method="post" action="/admin/categories">
          <input type="hidden" name="slug" value={slug} />
          <button
            type="submit"
            class="button button-quiet"
            name="action"
            value={retired ? "restore" : "retire"}
            aria-label={`${retired ? "Bring back" : "Retire"} ${slug}`}
          >
            {retired ? "Bring back" : "Retire"}
          </button>
        </form>
      )}
    </div>
  );
}
