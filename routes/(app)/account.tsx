import { type Context, page } from "fresh";
import { type Appealing, SanctionList } from "../../components/OwnSanctions.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Check } from "../../components/Field.tsx";
import { CodeField, PasswordField } from "../../components/LoginFields.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { archiveOf } from "../../lib/web/archive.ts";
import { filled, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { origin, overTls } from "../../lib/web/session.ts";
import { accountRemoval, appealBody, checked, Refusal } from "../../lib/protocol/mod.ts";
import { clearSessionCookies, sessionToken } from "../../lib/web/authentication.ts";
import { renderMessage } from "../../lib/words/mod.ts";

/** AU-9, also for who is suspended. */
export const handler = definePerson.handlers({
  GET: async (ctx) => page({ problem: null, appealing: null as Appealing | null, ...await standingOf(ctx) }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (!(form instanceof Refusal) && form.get("action") === "download") return await downloaded(ctx);
    if (!(form instanceof Refusal) && form.get("action") === "appeal") return await appealed(ctx, form);
    const removed = form instanceof Refusal ? form : await remove(ctx, form);
    if (!(removed instanceof Refusal)) {
      return seeOther("/login?notice=removed", [
        ...clearSessionCookies(overTls(ctx)),
        // Nothing of the person stays in the browser either.
        ["clear-site-data", '"storage"'],
      ]);
    }
    const problem = problemOf(removed, ctx.state.language);
    return page({ problem, appealing: null, ...await standingOf(ctx) }, refusedPage(removed));
  },
});

/** AU-9: the archive, or the page with the reason why there is none. */
async function downloaded(ctx: Context<PersonState>) {
  const exported = await ctx.state.services.accountData.export(ctx.state.caller);
  if (!(exported instanceof Refusal)) return archiveOf(exported);
  const problem = problemOf(exported, ctx.state.language);
  return page({ problem, appealing: null, ...await standingOf(ctx) }, refusedPage(exported));
}

/** MO-7: an appeal, also of somebody who is suspended. */
async function appealed(ctx: Context<PersonState>, form: URLSearchParams) {
  const { state: { services, caller, language } } = ctx;
  const text = form.get("text")?.replaceAll("\r\n", "\n").trim() ?? "";
  const id = form.get("sanction") ?? "";
  const body = checked(appealBody, { text });
  const done = body instanceof Refusal ? body : await services.sanctions.appeal(caller, { id, ...body });
  if (!(done instanceof Refusal)) return seeOther("/account?notice=appealed");
  const problem = problemOf(done, language);
  const appealing: Appealing = { id, text, error: problem.fields.text };
  return page({ problem, appealing, ...await standingOf(ctx) }, refusedPage(done));
}

/** MO-7: the person's sanctions in force, and why they are suspended. */
async function standingOf(ctx: Context<PersonState>) {
  const [{ sanctions }, suspension] = await Promise.all([
    ctx.state.services.sanctions.list(ctx.state.caller),
    suspensionOf(ctx),
  ]);
  return { sanctions, suspension };
}

/** Until when and why, as everything else here would say it. */
async function suspensionOf(ctx: Context<PersonState>): Promise<string | null> {
  if (ctx.state.caller.restriction !== "suspended") return null;
  const refused = await ctx.state.services.accounts.authenticate(sessionToken(ctx.req) ?? "", origin(ctx));
  return refused instanceof Refusal ? renderMessage(ctx.state.language, refused.message) : null;
}

async function remove(ctx: Context<PersonState>, form: URLSearchParams): Promise<true | Refusal> {
  if (form.get("sure") !== "yes") {
    return new Refusal("invalid_params", "account.unsure");
  }
  const body = checked(accountRemoval, { password: form.get("password") ?? "", code: filled(form, "code") });
  if (body instanceof Refusal) return body;
  return await ctx.state.services.accountData.remove(ctx.state.caller, body);
}

export default definePerson.page<typeof handler>(function AccountPage({ data, url }) {
  const words = useWords("account");
  const sanctions = useWords("sanctions");
  const errors = data.problem?.fields ?? {};
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words.title} lead={words.lead} />
      {data.suspension === null ? null : <Notice tone="warn">{data.suspension} {words.suspended}</Notice>}
      {url.searchParams.get("notice") === "appealed" ? <Notice>{sanctions.appealDone}</Notice> : null}
      <ProblemNotice problem={data.problem} />
      {data.suspension === null && data.sanctions.length === 0
        ? null
        : (
          <section class="panel" aria-labelledby="sanctions">
            <h2 id="sanctions">{data.sanctions.length === 0 ? sanctions.appealTitle : sanctions.label}</h2>
            <SanctionList sanctions={data.sanctions} appealing={data.appealing} />
            {data.sanctions.length === 0 ? <p>{sanctions.appealReview}</p> : null}
          </section>
        )}
      <section class="panel" aria-labelledby="take">
        <h2 id="take">{words.take}</h2>
        <p>{words.takeLead}</p>
        <form method="post" action="/account">
          <button type="submit" class="button" name="action" value="download">{words.download}</button>
        </form>
      </section>
      <section class="panel" aria-labelledby="leave">
        <h2 id="leave">{words.leave}</h2>
        <p>{words.leaveLead}</p>
        <p class="soft">{words.leaveHeld}</p>
        <form class="form" method="post" action="/account">
          <PasswordField label={words.password} error={errors.password} />
          <CodeField
            label={words.code}
            hint={words.codeHint}
            class="input-short"
            error={errors.code}
            required={false}
          />
          <Check name="sure" label={words.sure} required />
          <div>
            <button type="submit" class="button button-danger">{words.remove}</button>
          </div>
        </form>
      </section>
    </>
  );
});
