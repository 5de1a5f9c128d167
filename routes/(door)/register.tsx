import { page } from "fresh";
import { AccountFields } from "../../components/AccountFields.tsx";
import { Door } from "../../components/Door.tsx";
import { TextField } from "../../components/Field.tsx";
import { LookForm } from "../../components/LookForm.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { useWords } from "../../components/words.tsx";
import { themeOf } from "../../lib/web/browser_settings.ts";
import { define } from "../../lib/web/define.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { refusedPage } from "../../lib/web/pages.ts";
import { newAccount, origin } from "../../lib/web/session.ts";

export const handler = define.handlers({
  /** A link of an invitation has its code (AU-1). */
  GET(ctx) {
    const invite = ctx.url.searchParams.get("invite")?.slice(0, limits.inviteCodeLength) ?? "";
    return page({ username: "", invite, adult: false, problem: null });
  },
  async POST(ctx) {
    const { accounts } = ctx.state.services;
    const made = await newAccount(ctx, (body) => accounts.register(origin(ctx), body));
    return made instanceof Response ? made : page(made, refusedPage(made.refusal));
  },
});

export default define.page<typeof handler>(function Register({ data, state, url, req }) {
  const words = useWords("door");
  const { registration } = state.services.config;
  if (registration === "closed") {
    return (
      <Door
        path={url.pathname}
        title={words.closedTitle}
        lead={words.closedLead}
      >
        <Title text={words.register} />
        <p class="door-foot">
          {words.haveAccount} <a href="/login">{words.logIn}</a>
        </p>
      </Door>
    );
  }
  return (
    <Door
      path={url.pathname}
      title={words.register}
      lead={words.registerLead}
      foot={<LookForm theme={themeOf(req)} path={url.pathname + url.search} action="/login/look" />}
    >
      <Title text={words.register} />
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post">
        <AccountFields username={data.username} adult={data.adult} errors={data.problem?.fields ?? {}} />
        {registration === "invite"
          ? (
            <TextField
              name="invite"
              label={words.invitation}
              hint={words.invitationHint}
              value={data.invite}
              error={data.problem?.fields.invite}
              autocomplete="off"
              required
            />
          )
          : null}
        <button type="submit" class="button button-main">{words.register}</button>
      </form>
      <p class="door-foot">
        {words.haveAccount} <a href="/login">{words.logIn}</a>
      </p>
    </Door>
  );
});
