import { type Context, page } from "fresh";
import { GroupMembers } from "../../../../components/GroupMembers.tsx";
import { Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { useWords } from "../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../lib/web/define.ts";
import { readForm } from "../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import {
  changeMembers,
  memberNotice,
  memberProblem,
  noMember,
  typedMember,
} from "../../../../lib/web/forms/groups.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ group: await managed(ctx), typed: noMember, problem: null }),
  async POST(ctx) {
    const { name } = await managed(ctx);
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeMembers(ctx, name, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/groups/${name}?notice=${done}`);
    const typed = form instanceof Refusal || form.get("action") !== "invite" ? noMember : typedMember(form);
    return page(
      { group: await managed(ctx), typed, problem: memberProblem(done, form, ctx.state.language) },
      refusedPage(done),
    );
  },
});

/** A group as administrators see it: they may take out anybody, themselves too. */
async function managed(ctx: Context<PersonState>) {
  const group = await ctx.state.services.groups.get(ctx.state.caller, ctx.params.name ?? "");
  if (group instanceof Refusal) throw noPage(group);
  return group;
}

export default definePerson.page<typeof handler>(function AdminGroup({ data, url }) {
  const { group, typed, problem } = data;
  const words = useWords("groups");
  const notice = problem === null ? memberNotice(words, url.searchParams.get("notice")) : undefined;
  return (
    <>
      <div class="page-head">
        <p>
          <a href="/admin/groups">{words.all}</a>
        </p>
        <h1>{group.title}</h1>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={problem} />
      <GroupMembers
        group={group}
        path={`/admin/groups/${group.name}`}
        self=""
        typed={typed}
        errors={problem?.fields ?? {}}
      />
    </>
  );
});
