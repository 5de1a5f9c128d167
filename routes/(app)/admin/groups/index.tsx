import { type Context, page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { NewGroup } from "../../../../components/GroupForms.tsx";
import { Empty } from "../../../../components/Notice.tsx";
import { numberText } from "../../../../lib/text/mod.ts";
import { useLanguage, useWords } from "../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import { newGroup, noGroup } from "../../../../lib/web/forms/groups.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { fill, plural } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await all(ctx), typed: noGroup, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const { typed, made } = await newGroup(ctx, form);
    if (!(made instanceof Refusal)) return seeOther(`/admin/groups/${made.name}?notice=created`);
    const problem = problemOf(made, ctx.state.language);
    return page({ ...await all(ctx), typed, problem }, refusedPage(made));
  },
});

async function all(ctx: Context<PersonState>) {
  const list = await ctx.state.services.groups.managed(ctx.state.caller);
  return list instanceof Refusal
    ? { groups: [], unread: problemOf(list, ctx.state.language) }
    : { groups: list.toSorted((a, b) => a.title.localeCompare(b.title, ctx.state.language)), unread: null };
}

export default definePerson.page<typeof handler>(function AdminGroups({ data, url }) {
  const words = useWords("groups");
  const language = useLanguage();
  const { groups, typed, problem } = data;
  const errors = problem?.fields ?? {};
  return (
    <>
      <PageHead
        title={words.title}
        notice={url.searchParams.get("notice") === "ended" ? words.ended : undefined}
        problem={data.unread ?? problem}
      />
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
      <NewGroup action="/admin/groups" typed={typed} errors={errors} />
    </>
  );
});
