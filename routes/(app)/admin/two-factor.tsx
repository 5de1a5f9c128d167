import { page } from "fresh";
import { PageHead } from "../../../components/PageHead.tsx";
import { AreaField, Check, Group, TextField } from "../../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../../components/Notice.tsx";
import { Title } from "../../../components/Title.tsx";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { Refusal } from "../../../lib/protocol/mod.ts";
import { administerTwoFactor } from "../../../lib/web/forms/two_factor.ts";

const nothingTyped = { username: "", reason: "" };

export const handler = definePerson.handlers({
  async GET(ctx) {
    const policy = await ctx.state.services.twoFactor.policy(ctx.state.caller);
    if (policy instanceof Refusal) throw noPage(policy);
    return page({ roles: policy.roles, typed: nothingTyped, problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await administerTwoFactor(ctx, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/two-factor?notice=${done}`);
    const policy = await ctx.state.services.twoFactor.policy(ctx.state.caller);
    if (policy instanceof Refusal) throw noPage(policy);
    const typed = form instanceof Refusal
      ? nothingTyped
      : { username: form.get("username") ?? "", reason: form.get("reason") ?? "" };
    const problem = problemOf(done, ctx.state.language);
    return page({ roles: policy.roles, typed, problem }, refusedPage(done));
  },
});

export default definePerson.page<typeof handler>(function TwoFactorPolicyPage({ data, url }) {
  const words = useWords("twoFactor");
  const notice = data.problem === null ? url.searchParams.get("notice") : null;
  const errors = data.problem?.fields ?? {};
  const roles = [["member", words.roleMember], ["moderator", words.roleModerator], [
    "admin",
    words.roleAdmin,
  ]] as const;
  return (
    <>
      <Title text={words.adminTitle} />
      <PageHead title={words.adminTitle} lead={words.adminLead} />
      {notice === "saved" ? <Notice>{words.saved}</Notice> : null}
      {notice === "reset" ? <Notice>{words.wasReset}</Notice> : null}
      <ProblemNotice problem={data.problem} />
      <section class="panel" aria-label={words.roles}>
        <form class="form" method="post" action="/admin/two-factor">
          <Group name="role" legend={words.roles}>
            {roles.map(([role, label]) => (
              <Check key={role} name="role" value={role} label={label} checked={data.roles.includes(role)} />
            ))}
          </Group>
          <div>
            <button type="submit" class="button button-main" name="action" value="roles">
              {words.save}
            </button>
          </div>
        </form>
      </section>
      <section class="panel" aria-labelledby="reset">
        <h2 id="reset">{words.reset}</h2>
        <p>{words.resetLead}</p>
        <form class="form" method="post" action="/admin/two-factor">
          <TextField
            name="username"
            label={words.username}
            value={data.typed.username}
            error={errors.username}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <AreaField
            name="reason"
            label={words.why}
            hint={words.whyHint}
            value={data.typed.reason}
            error={errors.reason}
            rows={3}
          />
          <div>
            <button type="submit" class="button" name="action" value="reset">{words.resetDo}</button>
          </div>
        </form>
      </section>
    </>
  );
});
