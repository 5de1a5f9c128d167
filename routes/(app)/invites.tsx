import { type Context, HttpError, page } from "fresh";
import { InviteForm, InviteList, InvitePolicyForm, NewInvite } from "../../components/Invites.tsx";
import { Notice } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { createdInvite, typedInvite, wantedInvite } from "../../lib/web/forms/invites.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { type InviteMade, Refusal } from "../../lib/protocol/mod.ts";

/** AU-1: for those who may invite, and for administrators; for everyone else there is no such page. */
export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await shown(ctx), typed: typedInvite, made: noInvite, problem: null }),
  async POST(ctx) {
    const now = await shown(ctx);
    const form = await readForm(ctx.req);
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const done = form instanceof Refusal ? form : await act(ctx, action, form);
    if (done === true) return seeOther(`/invites?notice=${action}`);
    const typed = form instanceof Refusal || action !== "create" ? typedInvite : wantedInvite(form);
    if (done instanceof Refusal) {
      const problem = problemOf(done, ctx.state.language, { expiresAt: "days" });
      return page({ ...now, typed, made: noInvite, problem }, refusedPage(done));
    }
    // Shown in the answer, not after a redirect: the code is kept nowhere.
    return page({ ...await shown(ctx), typed: typedInvite, made: done as InviteMade | null, problem: null });
  },
});

const noInvite: InviteMade | null = null;

async function shown(ctx: Context<PersonState>) {
  const { invites } = ctx.state.services;
  const caller = ctx.state.caller;
  const may = await invites.may(caller);
  if (!may && caller.role !== "admin") throw new HttpError(404);
  const [list, policy] = await Promise.all([invites.list(caller), invites.policy(caller)]);
  return { may, list, members: policy instanceof Refusal ? null : policy.members };
}

async function act(
  ctx: Context<PersonState>,
  action: string,
  form: URLSearchParams,
): Promise<InviteMade | true | Refusal> {
  const { invites } = ctx.state.services;
  const caller = ctx.state.caller;
  switch (action) {
    case "create":
      return await createdInvite(ctx, form);
    case "revoke":
      return await invites.revoke(caller, form.get("id") ?? "");
    case "policy": {
      const set = await invites.setPolicy(caller, { members: form.get("members") === "yes" });
      return set instanceof Refusal ? set : true;
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

export default definePerson.page<typeof handler>(function InvitesPage({ data, state, url }) {
  const words = useWords("invites");
  const { may, list, members, typed, made, problem } = data;
  const notices = new Map([["revoke", words.doneRevoke], ["policy", words.donePolicy]]);
  const notice = made === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const isAdmin = state.caller.role === "admin";
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={problem} />
      {may ? null : <Notice tone="warn">{words.off}</Notice>}
      {made === null ? null : <NewInvite made={made} />}
      {may ? <InviteForm typed={typed} isAdmin={isAdmin} errors={problem?.fields ?? {}} /> : null}
      <InviteList invites={list} may={may} />
      {members === null ? null : <InvitePolicyForm members={members} />}
    </>
  );
});
