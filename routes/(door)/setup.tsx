import { page } from "fresh";
import { AccountFields } from "../../components/AccountFields.tsx";
import { Door } from "../../components/Door.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { define } from "../../lib/web/define.ts";
import { refusedPage } from "../../lib/web/pages.ts";
import { newAccount, origin } from "../../lib/web/session.ts";

/** The form is posted to the address it came from, so the link's token is never written into the page. */
export const handler = define.handlers({
  async GET(ctx) {
    const pending = await ctx.state.services.accounts.setupPending();
    return page({ pending, username: "", adult: false, problem: null });
  },
  async POST(ctx) {
    const { accounts } = ctx.state.services;
    const token = ctx.url.searchParams.get("token") ?? "";
    const made = await newAccount(ctx, ({ invite: _, ...body }) => accounts.setUp(origin(ctx), token, body));
    if (made instanceof Response) return made;
    return page({ ...made, pending: await accounts.setupPending() }, refusedPage(made.refusal));
  },
});

export default define.page<typeof handler>(function Setup({ data, url }) {
  const words = useWords("door");
  if (!data.pending) {
    return (
      <Door
        path={url.pathname}
        title={words.isSetUpTitle}
        lead={words.isSetUpLead}
      >
        <Title text={words.setup} />
        <p>
          <a class="button" href="/login">{words.logIn}</a>
        </p>
      </Door>
    );
  }
  return (
    <Door
      path={url.pathname}
      title={words.setUpTitle}
      lead={words.setUpLead}
    >
      <Title text={words.setup} />
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post">
        <AccountFields username={data.username} adult={data.adult} errors={data.problem?.fields ?? {}} />
        <button type="submit" class="button button-main">{words.makeAdmin}</button>
      </form>
    </Door>
  );
});
