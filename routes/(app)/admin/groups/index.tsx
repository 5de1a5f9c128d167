import { type Context, page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { NameField, TextField } from "../../../../components/Field.tsx";
import { Empty } from "../../../../components/Notice.tsx";
import { numberText } from "../../../../lib/text/mod.ts";
import { useLanguage, useWords } from "../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import { checked, groupBody, Refusal } from "../../../../lib/protocol/mod.ts";
import { fill, plural, wordsOf } from "../../../../lib/words/mod.ts";

const noGroup = { name: "", title: "" };

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await all(ctx), typed: noGroup, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const typed = form instanceof Refusal
      ? noGroup
      : { name: form.get("name")?.trim() ?? "", title: form.get("title")?.trim() ?? "" };
    const body = form instanceof Refusal ? form : checked(groupBody, typed);
    const made = body instanceof Refusal
      ? body
      : await ctx.state.services.groups.create(ctx.state.caller, body);
    if (!(made instanceof Refusal)) return seeOther(`/admin/groups/${made.name}?notice=created`);
    const problem = problemOf(made, ctx.state.language);
    if (made.kind === "conflict") problem.fields.name ??= wordsOf(ctx.state.language).groups.nameTaken;
    return page({ ...await all(ctx), typed, problem }, refusedPage(made));
  },
});

async function all(ctx: Context<PersonState>) {
  const list = await ctx.state.services.groups.managed(ctx.state.caller);
  return list instanceof Refusal
    ? { groups: [], unread: problemOf(list, ctx.state.language) }
    : { groups: list.toSorted((a, b) => a.title.localeCompare(b.title, ctx.state.language)), unread: null };
}

export default definePerson.page<typeof handler>(function AdminGroups({ data }) {
  const words = useWords("groups");
  const language = useLanguage();
  const { groups, typed, problem } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <PageHead title={words.title} problem={data.unread ?? problem} />
      {groups.length === 0
        ? (
          <Empty title={words.noneTitle}>
            <p>{words.none}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label={words.all}>
            <ul class="people">
              {groups.map((group) => {
                const accepted = group.members.filter(({ since }) => since !== null).length;
                const invited = group.members.length - accepted;
                const members = plural(language, words.count, accepted);
                return (
                  <li key={group.name}>
                    <span class="name">
                      <span>
                        <strong>{group.title}</strong> <span class="soft">{group.name}</span>
                      </span>
                      <span class="soft small">
                        {invited === 0
                          ? members
                          : fill(words.andInvited, { members, count: numberText(language, invited) })}
                      </span>
                    </span>
                    <a
                      class="button"
                      href={`/admin/groups/${encodeURIComponent(group.name)}`}
                      aria-label={fill(words.membersOf, { group: group.title })}
                    >
                      {words.members}
                    </a>
                  </li>
                );
              })}
            </ul>
          </section>
        )}
      <section class="panel" aria-labelledby="create">
        <h2 id="create">{words.createTitle}</h2>
        <form class="form" method="post" action="/admin/groups">
          <NameField
            name="name"
            label={words.name}
            hint={words.nameHint}
            value={typed.name}
            error={errors.name}
          />
          <TextField
            name="title"
            label={words.groupTitle}
            value={typed.title}
            error={errors.title}
            autocomplete="off"
            required
          />
          <div>
            <button type="submit" class="button button-main">{words.create}</button>
          </div>
        </form>
      </section>
    </>
  );
});
