import { CodeField } from "../../../../components/LoginFields.tsx";
import { type Context, page } from "fresh";
import { Door } from "../../../../components/Door.tsx";
import { ProblemNotice } from "../../../../components/Notice.tsx";
import { Title } from "../../../../components/Title.tsx";
import { Filled, useWords } from "../../../../components/words.tsx";
import { ssoBrowserOf } from "../../../../lib/web/authentication.ts";
import { define, type State } from "../../../../lib/web/define.ts";
import { type FormProblem, problemOf, readForm } from "../../../../lib/web/forms/form.ts";
import { callerOf } from "../../../../lib/web/forms/sso.ts";
import { refusedPage, seeOther } from "../../../../lib/web/pages.ts";
import type { Back } from "../../../../lib/web/services.ts";
import { enter, origin } from "../../../../lib/web/session.ts";
import { Refusal } from "../../../../lib/protocol/mod.ts";

interface Shown {
  /** What the form of the code goes on with; null when the login failed. */
  state: string | null;
  problem: FormProblem | null;
}

/** Where the issuer sends the browser back to (AU-12), and the form for the account's own code. */
export const handler = define.handlers({
  async GET(ctx) {
    const { sso } = ctx.state.services;
    const told = ctx.url.searchParams.get("refused");
    const back = told === "rate_limited"
      ? new Refusal("rate_limited", "login.tries")
      : told === null
      ? await sso.back(origin(ctx), ctx.url, ssoBrowserOf(ctx.req), await callerOf(ctx))
      : new Refusal("unavailable", sso.where() === null ? "sso.none" : "sso.away");
    return back instanceof Refusal ? refusedWith(ctx, back, null) : onward(ctx, back);
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    if (form instanceof Refusal) return refusedWith(ctx, form, null);
    const state = form.get("state") ?? "";
    const code = form.get("code") ?? "";
    const back = await ctx.state.services.sso.code(origin(ctx), state, ssoBrowserOf(ctx.req), code);
    if (!(back instanceof Refusal)) return onward(ctx, back);
    return refusedWith(ctx, back, back.detail.fields?.code === undefined ? null : state);
  },
});

function onward(ctx: Context<State>, back: Back) {
  switch (back.kind) {
    case "entered":
      return enter(ctx, back.login, back.login.misused ? "/sessions" : back.next);
    case "confirm":
      return seeOther(`/two-factor?sso=${back.state}`);
    case "proven":
      return seeOther(back.next);
    case "code":
      return page<Shown>({ state: back.state, problem: null });
    default:
      return back satisfies never;
  }
}

function refusedWith(ctx: Context<State>, refusal: Refusal, state: string | null) {
  return page<Shown>({ state, problem: problemOf(refusal, ctx.state.language) }, refusedPage(refusal));
}

export default define.page<typeof handler>(function Sso({ data, state, url }) {
  const words = useWords("sso");
  const issuer = state.services.sso.where() ?? "";
  if (data.state === null) {
    return (
      <Door path={url.pathname} title={words.failedTitle}>
        <Title text={words.failedTitle} />
        <ProblemNotice problem={data.problem} />
        <p class="door-foot">
          {issuer === "" ? null : <a href="/login/sso/begin">{words.again}</a>}{" "}
          <a href="/login">{words.withPassword}</a>
        </p>
      </Door>
    );
  }
  return (
    <Door path={url.pathname} title={words.codeTitle} lead={<Filled text={words.codeLead} issuer={issuer} />}>
      <Title text={words.codeTitle} />
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post" action="/login/sso">
        <input type="hidden" name="state" value={data.state} />
        <CodeField label={words.code} hint={words.codeHint} error={data.problem?.fields.code} />
        <button type="submit" class="button button-main">{words.goOn}</button>
      </form>
    </Door>
  );
});
