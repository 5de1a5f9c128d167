import { type Context, page } from "fresh";
import { CarriedForm } from "./(_parts)/CarriedForm.tsx";
import { Door } from "../../components/Door.tsx";
import { Check, TextField } from "../../components/Field.tsx";
import { CodeField, PasswordField } from "../../components/LoginFields.tsx";
import { LookForm } from "../../components/LookForm.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import { PasskeyLogin } from "../../islands/Passkeys.tsx";
import { deviceTokenOf } from "../../lib/web/authentication.ts";
import { themeOf } from "../../lib/web/browser_settings.ts";
import { define, type State } from "../../lib/web/define.ts";
import {
  carriedField,
  carriedIn,
  carriedParam,
  isNoLogin,
  writeCarried,
} from "../../lib/web/forms/carried.ts";
import { filled, jsonIn, problemOf, readForm } from "../../lib/web/forms/form.ts";
import { localPath, refusedPage } from "../../lib/web/pages.ts";
import { enter, origin } from "../../lib/web/session.ts";
import { type Answer, checked, loginBody, passkeyLoginBody, Refusal } from "../../lib/protocol/mod.ts";
import type { LoggedIn } from "../../lib/web/services.ts";

/** A code is asked for once the password was right; until then nobody learns that there is a second factor (AU-7). */
export const handler = define.handlers({
  async GET(ctx) {
    const setupPending = await ctx.state.services.accounts.setupPending();
    return page({ username: "", stay: false, setupPending, asksCode: false, problem: null, carried: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const carried = form instanceof Refusal ? null : carriedIn(ctx.url, form);
    if (ctx.url.searchParams.has(carriedParam) && !(form instanceof Refusal) && isNoLogin(form)) {
      // What was posted is no login: its session is over.
      return page(
        { username: "", stay: false, setupPending: false, asksCode: false, problem: null, carried },
        { status: 401 },
      );
    }
    const login = form instanceof Refusal ? form : await logIn(ctx, form);
    const next = localPath(ctx.url.searchParams.get("next"));
    if (!(login instanceof Refusal)) {
      // AU-13: what happened to a session comes before everything else.
      const entering = enter(ctx, login, login.misused && carried === null ? "/sessions" : next);
      if (carried === null) return entering;
      const headers = new Headers(entering.headers);
      headers.delete("location");
      // Not by `page()`, which keeps one cookie only.
      const unsent = (
        <CarriedForm path="/login" carried={carried} username={login.user.username} next={next} />
      );
      return await ctx.render(unsent, { headers });
    }
    const username = form instanceof Refusal ? "" : form.get("username") ?? "";
    const stay = !(form instanceof Refusal) && form.get("stay") === "yes";
    const problem = problemOf(login, ctx.state.language);
    // The password is typed again beside the code: nothing that opens half of an account lies in the page or the store.
    const asksCode = problem.fields.code !== undefined;
    return page(
      { username, stay, setupPending: false, asksCode, problem, carried },
      refusedPage(login),
    );
  },
});

async function logIn(ctx: Context<State>, form: URLSearchParams): Answer<LoggedIn> {
  const { accounts, twoFactor } = ctx.state.services;
  const deviceToken = deviceTokenOf(ctx.req);
  const wanted = { stay: form.get("stay") === "yes", timeZone: filled(form, "zone") };
  const shown = filled(form, "passkey");
  if (shown !== undefined) {
    const body = checked(passkeyLoginBody, { response: jsonIn(shown), ...wanted });
    return body instanceof Refusal ? body : await twoFactor.login(origin(ctx), body, deviceToken);
  }
  const body = checked(loginBody, {
    username: form.get("username")?.trim() ?? "",
    password: form.get("password") ?? "",
    code: filled(form, "code"),
    ...wanted,
  });
  return body instanceof Refusal ? body : await accounts.login(origin(ctx), body, deviceToken);
}

export default define.page<typeof handler>(function Login({ data, state, url, req }) {
  const words = useWords("door");
  const { demo, config } = state.services;
  const issuer = state.services.sso.where();
  const next = url.searchParams.get("next");
  const action = next === null ? "/login" : `/login?next=${encodeURIComponent(next)}`;
  return (
    <Door
      path={url.pathname}
      title={words.logIn}
      lead={words.logInLead}
      foot={<LookForm theme={themeOf(req)} path={url.pathname + url.search} action="/login/look" />}
    >
      <Title text={words.logIn} />
      {data.setupPending ? <Notice tone="warn">{words.noAdmin}</Notice> : null}
      {demo === null ? null : (
        <div class="notice notice-warn stack-s">
          <p>
            <strong>{words.evaluation}</strong>{" "}
            <Filled
              text={words.demo}
              names={joined(demo.usernames, words.or)}
              password={<code>{demo.password}</code>}
            />
          </p>
          <p class="small">{words.demoShown}</p>
        </div>
      )}
      {url.searchParams.get("notice") === "removed" && data.problem === null
        ? <Notice>{words.removed}</Notice>
        : null}
      {url.searchParams.get("notice") === "password" && data.problem === null
        ? <Notice>{words.passwordSet}</Notice>
        : null}
      {data.carried === null ? null : <Notice tone="warn">{words.carried}</Notice>}
      <ProblemNotice problem={data.asksCode ? { message: words.codeWanted } : data.problem} />
      <form class="form" method="post" action={action} enctype="multipart/form-data">
        {data.carried === null
          ? null
          : <input type="hidden" name={carriedField} value={writeCarried(data.carried)} />}
        {data.asksCode || issuer === null ? null : (
          <a
            class="button"
            href={`/login/sso/begin${next === null ? "" : `?next=${encodeURIComponent(next)}`}`}
          >
            <Filled text={useWords("sso").logIn} issuer={issuer} />
          </a>
        )}
        {data.asksCode ? null : (
          <PasskeyLogin
            words={{
              passkey: words.passkey,
              waiting: words.passkeyWaiting,
              failed: words.passkeyFailed,
              or: words.orPassword,
            }}
          />
        )}
        <TextField
          name="username"
          label={words.username}
          value={data.username}
          error={data.problem?.fields.username}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <PasswordField label={words.password} error={data.problem?.fields.password} />
        {data.asksCode
          ? <CodeField label={words.code} hint={words.codeHint} error={data.problem?.fields.code} />
          : null}
        <Check name="stay" label={words.stay} hint={words.stayHint} checked={data.stay} />
        <button type="submit" class="button button-main">{words.logIn}</button>
      </form>
      {config.registration === "closed" ? null : (
        <p class="door-foot">
          {words.noAccount} <a href="/register">{words.register}</a>
        </p>
      )}
      <p class="door-foot">
        <a href="/remove">{useWords("removals").way}</a>
      </p>
    </Door>
  );
});

function joined(names: readonly string[], or: string) {
  return names.map((name, at) => (
    <>
      {at === 0 ? "" : at === names.length - 1 ? ` ${or} ` : ", "}
      <code>{name}</code>
    </>
  ));
}
