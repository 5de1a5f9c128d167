import { page } from "fresh";
import { Door } from "../../components/Door.tsx";
import { TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import { define } from "../../lib/define.ts";
import { localPath, problemOf, readForm, refusedPage } from "../../lib/forms.ts";
import { enter, origin } from "../../lib/page_session.ts";
import { checked, loginBody, Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const setupPending = await ctx.state.services.accounts.setupPending();
    return page({ username: "", setupPending, problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const body = form instanceof Refusal ? form : checked(loginBody, {
      username: form.get("username")?.trim() ?? "",
      password: form.get("password") ?? "",
    });
    const login = body instanceof Refusal ? body : await ctx.state.services.accounts.login(origin(ctx), body);
    if (!(login instanceof Refusal)) return enter(ctx, login, localPath(ctx.url.searchParams.get("next")));
    const username = form instanceof Refusal ? "" : form.get("username") ?? "";
    return page({ username, setupPending: false, problem: problemOf(login) }, refusedPage(login));
  },
});

export default define.page<typeof handler>(function Login({ data, state, url }) {
  const words = useWords("door");
  const { demo, config } = state.services;
  return (
    <Door
      path={url.pathname}
      title={words.logIn}
      lead={words.logInLead}
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
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post">
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
        <TextField
          name="password"
          label={words.password}
          type="password"
          error={data.problem?.fields.password}
          autocomplete="current-password"
          required
        />
        <button type="submit" class="button button-main">{words.logIn}</button>
      </form>
      {config.registration === "closed" ? null : (
        <p class="door-foot">
          {words.noAccount} <a href="/register">{words.register}</a>
        </p>
      )}
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
