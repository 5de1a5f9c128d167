import { type Context, page } from "fresh";
import { Door } from "../../../components/Door.tsx";
import { TextField } from "../../../components/Field.tsx";
import { ProblemNotice } from "../../../components/Notice.tsx";
import { Title } from "../../../components/Title.tsx";
import { useWords } from "../../../components/words.tsx";
import { checked, limits, loginLinkUse, Refusal } from "../../../lib/protocol/mod.ts";
import { define, type State } from "../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../../lib/web/pages.ts";
import { enter, origin } from "../../../lib/web/session.ts";
import { fill } from "../../../lib/words/mod.ts";

/**
 * AU-12: a new password, by the link of an administrator. A look at the page spends nothing, and the form is posted to the address it
 * came from: the link's token is never written into the page.
 */
export const handler = define.handlers({
  async GET(ctx) {
    return page({ ...await linked(ctx), problem: null });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const body = form instanceof Refusal
      ? form
      : checked(loginLinkUse, { token: tokenOf(ctx), password: form.get("password") ?? "" });
    const { accounts, loginLinks } = ctx.state.services;
    const user = body instanceof Refusal ? body : await loginLinks.use(origin(ctx), body);
    if (body instanceof Refusal || user instanceof Refusal) {
      const refused = body instanceof Refusal ? body : user as Refusal;
      return page(
        { ...await linked(ctx), problem: problemOf(refused, ctx.state.language) },
        refusedPage(refused),
      );
    }
    // A second factor is asked for by the page for logins.
    const { username } = user;
    const login = await accounts.login(origin(ctx), { username, password: body.password });
    return login instanceof Refusal ? seeOther("/login?notice=password") : enter(ctx, login, "/");
  },
});

function tokenOf(ctx: Context<State>): string {
  return ctx.url.searchParams.get("token") ?? "";
}

/** Whose link it is; null for one that does not work. */
async function linked(ctx: Context<State>): Promise<{ username: string | null }> {
  const found = await ctx.state.services.loginLinks.find(tokenOf(ctx));
  return { username: found instanceof Refusal ? null : found.username };
}

export default define.page<typeof handler>(function LoginLink({ data, url }) {
  const words = useWords("door");
  const { username, problem } = data;
  if (username === null) {
    return (
      <Door path={url.pathname} title={words.linkOverTitle} lead={words.linkOverLead}>
        <Title text={words.linkTitle} />
        <p>
          <a class="button" href="/login">{words.logIn}</a>
        </p>
      </Door>
    );
  }
  return (
    <Door path={url.pathname} title={words.linkTitle} lead={fill(words.linkLead, { name: username })}>
      <Title text={words.linkTitle} />
      <ProblemNotice problem={problem} />
      <form class="form" method="post">
        <input type="hidden" name="username" value={username} autocomplete="username" />
        <TextField
          name="password"
          label={words.newPassword}
          hint={fill(words.passwordHint, { count: limits.passwordMin })}
          type="password"
          error={problem?.fields.password}
          autocomplete="new-password"
          minLength={limits.passwordMin}
          required
        />
        <button type="submit" class="button button-main">{words.linkSave}</button>
      </form>
    </Door>
  );
});
