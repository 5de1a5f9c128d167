import { type Context, page } from "fresh";
import { TextField } from "../../../../components/Field.tsx";
import { Empty, ProblemNotice } from "../../../../components/Notice.tsx";
import { plural } from "../../../../components/page_text.ts";
import { define, type State } from "../../../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../../../lib/forms.ts";
import { callerOf } from "../../../../lib/page_caller.ts";
import { checked, groupBody, Refusal } from "../../../../lib/protocol/mod.ts";

const noGroup = { name: "", title: "" };

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await all(ctx), typed: noGroup, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const typed = form instanceof Refusal
      ? noGroup
      : { name: form.get("name")?.trim() ?? "", title: form.get("title")?.trim() ?? "" };
    const body = form instanceof Refusal ? form : checked(groupBody, typed);
    const made = body instanceof Refusal
      ? body
      : await ctx.state.services.groups.create(callerOf(ctx.state), body);
    if (!(made instanceof Refusal)) return seeOther(`/admin/groups/${made.name}?notice=created`);
    const problem = problemOf(made);
    if (made.kind === "conflict") problem.fields.name ??= "This name is taken.";
    return page({ ...await all(ctx), typed, problem }, refusedPage(made));
  },
});

async function all(ctx: Context<State>) {
  const list = await ctx.state.services.groups.managed(callerOf(ctx.state));
  return list instanceof Refusal
    ? { groups: [], unread: problemOf(list) }
    : { groups: list.toSorted((a, b) => a.title.localeCompare(b.title, "en")), unread: null };
}

export default define.page<typeof handler>(function AdminGroups({ data }) {
  const { groups, typed, problem } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>Groups</h1>
      </div>
      <ProblemNotice problem={data.unread ?? problem} />
      {groups.length === 0
        ? (
          <Empty title="No group yet">
            <p>Create one below, then invite people. Nobody is in a group without having accepted.</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label="All groups">
            <ul class="people">
              {groups.map((group) => {
                const accepted = group.members.filter(({ since }) => since !== null).length;
                const invited = group.members.length - accepted;
                return (
                  <li key={group.name}>
                    <span class="name">
                      <span>
                        <strong>{group.title}</strong> <span class="soft">{group.name}</span>
                      </span>
                      <span class="soft small">
                        {plural(accepted, "member", "members")}
                        {invited === 0 ? "" : `, ${invited} invited`}
                      </span>
                    </span>
                    <a
                      class="button"
                      href={`/admin/groups/${encodeURIComponent(group.name)}`}
                      aria-label={`Members of ${group.title}`}
                    >
                      Members
                    </a>
                  </li>
                );
              })}
            </ul>
          </section>
        )}
      <section class="panel" aria-labelledby="create">
        <h2 id="create">Create a group</h2>
        <form class="form" method="post" action="/admin/groups">
          <TextField
            name="name"
            label="Short name"
            hint="a–z, 0–9 and -. It cannot be changed later."
            class="input-short"
            value={typed.name}
            error={errors.name}
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
          <div>
            <button type="submit" class="button button-main">Create</button>
          </div>
        </form>
      </section>
    </>
  );
});
