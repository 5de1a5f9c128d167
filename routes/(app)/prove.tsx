import { CodeField, PasswordField } from "../../components/LoginFields.tsx";
import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import { PasskeyLogin } from "../../islands/Passkeys.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import {
  type Carried,
  carriedField,
  carriedIn,
  carriedParam,
  wordsIn,
  writeCarried,
} from "../../lib/web/forms/carried.ts";
import { filled, type FormProblem, jsonIn, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { localPath, refusedPage, seeOther } from "../../lib/web/pages.ts";
import { type Answer, checked, type ProofAnswer, proofBody, Refusal } from "../../lib/protocol/mod.ts";

/** Marks the forms of this page: everything else that is posted here is on its way to another. */
const proofField = "proof";

interface Shown {
  carried: Carried | null;
  proven: boolean;
  problem: FormProblem | null;
}

/** AU-13: shows who the person is, before something dangerous. The form that needs it goes along. */
export const handler = definePerson.handlers({
  GET: async (ctx) => page(await shown(ctx, { carried: null, proven: false, problem: null })),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const carried = form instanceof Refusal ? null : carriedIn(ctx.url, form);
    if (!(form instanceof Refusal) && ctx.url.searchParams.has(carriedParam) && !form.has(proofField)) {
      return page(await shown(ctx, { carried, proven: false, problem: null }), { status: 403 });
    }
    const done = form instanceof Refusal ? form : await prove(ctx, form);
    if (done instanceof Refusal) {
      const problem = problemOf(done, ctx.state.language);
      return page(await shown(ctx, { carried, proven: false, problem }), refusedPage(done));
    }
    if (carried === null) return seeOther(localPath(ctx.url.searchParams.get("next")));
    return page(await shown(ctx, { carried, proven: true, problem: null }));
  },
});

async function shown(ctx: Context<PersonState>, what: Shown) {
  const { sso, twoFactor } = ctx.state.services;
  const [factors, link] = await Promise.all([
    twoFactor.state(ctx.state.caller),
    sso.linkOf(ctx.state.caller),
  ]);
  return {
    ...what,
    issuer: link === null ? null : sso.where(),
    hasPasskey: factors.passkeys.length > 0,
    hasCode: factors.totp || factors.recoveryCodes > 0,
  };
}

async function prove(ctx: Context<PersonState>, form: URLSearchParams): Answer<ProofAnswer> {
  const signed = filled(form, "passkey");
  const code = filled(form, "code");
  const body = checked(
    proofBody,
    signed !== undefined
      ? { response: jsonIn(signed) }
      : code !== undefined
      ? { code }
      : { password: form.get("password") ?? "" },
  );
  return body instanceof Refusal ? body : await ctx.state.services.twoFactor.prove(ctx.state.caller, body);
}

export default definePerson.page<typeof handler>(function ProvePage({ data, url }) {
  const words = useWords("prove");
  const next = localPath(url.searchParams.get("next"));
  if (data.proven && data.carried !== null) return <Continue next={next} carried={data.carried} />;
  const action = `/prove?next=${encodeURIComponent(next)}`;
  const errors = data.problem?.fields ?? {};
  const hidden = (
    <>
      <input type="hidden" name={proofField} value="yes" />
      {data.carried === null
        ? null
        : <input type="hidden" name={carriedField} value={writeCarried(data.carried)} />}
    </>
  );
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words.title} lead={words.lead} problem={data.problem} />
      <section class="panel" aria-label={words.title}>
        <form class="form" method="post" action={action}>
          {hidden}
          {data.issuer === null || data.carried !== null
            ? null
            : (
              <a class="button" href={`/login/sso/begin?for=prove&next=${encodeURIComponent(next)}`}>
                <Filled text={useWords("sso").prove} issuer={data.issuer} />
              </a>
            )}
          {data.hasPasskey
            ? (
              <PasskeyLogin
                options="/api/v1/auth/proof/options"
                words={{ passkey: words.passkey, waiting: words.waiting, failed: words.failed, or: words.or }}
              />
            )
            : null}
          <PasswordField label={words.password} error={errors.password} />
          <div>
            <button type="submit" class="button button-main">{words.confirm}</button>
          </div>
        </form>
      </section>
      {data.hasCode
        ? (
          <section class="panel" aria-labelledby="by-code">
            <h2 id="by-code">{words.byCode}</h2>
            <form class="form" method="post" action={action}>
              {hidden}
              <CodeField label={words.code} hint={words.codeHint} class="input-short" error={errors.code} />
              <div>
                <button type="submit" class="button">{words.confirmCode}</button>
              </div>
            </form>
          </section>
        )
        : null}
    </>
  );
});

/** The form that needed the proof, to be sent again. */
function Continue({ next, carried }: { next: string; carried: Carried }) {
  const words = useWords("prove");
  return (
    <>
      <Title text={words.proven} />
      <PageHead title={words.proven} lead={words.provenLead} />
      <section class="panel" aria-label={words.proven}>
        {wordsIn(carried).map((text, at) => <p class="body carried" key={at}>{text}</p>)}
        <form class="form" method="post" action={next}>
          {carried.map(([name, value], at) => <input type="hidden" key={at} name={name} value={value} />)}
          <div class="row">
            <button type="submit" class="button button-main">{words.goOn}</button>
            <a class="button button-quiet" href={next}>{words.leave}</a>
          </div>
        </form>
      </section>
    </>
  );
}
