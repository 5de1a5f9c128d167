import { page } from "fresh";
import { AccountFields } from "../../components/AccountFields.tsx";
import { Door } from "../../components/Door.tsx";
import { TextField } from "../../components/Field.tsx";
import { ProblemNotice } from "../../components/Notice.tsx";
import { Title } from "../../components/Title.tsx";
import { define } from "../../lib/define.ts";
import { refusedPage } from "../../lib/forms.ts";
import { newAccount, origin } from "../../lib/page_session.ts";

export const handler = define.handlers({
  GET: () => page({ username: "", invite: "", adult: false, problem: null }),
  async POST(ctx) {
    const { accounts } = ctx.state.services;
    const made = await newAccount(ctx, (body) => accounts.register(origin(ctx), body));
    return made instanceof Response ? made : page(made, refusedPage(made.refusal));
  },
});

export default define.page<typeof handler>(function Register({ data, state, url }) {
  const { registration } = state.services.config;
  if (registration === "closed") {
    return (
      <Door
        path={url.pathname}
        title="Registration is closed"
        lead="New accounts on this server are made by its administrator."
      >
        <Title text="Register" />
        <p class="door-foot">
          Have an account? <a href="/login">Log in</a>
        </p>
      </Door>
    );
  }
  return (
    <Door
      path={url.pathname}
      title="Register"
      lead="A new account takes nothing from anybody until you say so."
    >
      <Title text="Register" />
      <ProblemNotice problem={data.problem} />
      <form class="form" method="post">
        <AccountFields username={data.username} adult={data.adult} errors={data.problem?.fields ?? {}} />
        {registration === "invite"
          ? (
            <TextField
              name="invite"
              label="Invitation"
              hint="The code that you were given for this server."
              value={data.invite}
              error={data.problem?.fields.invite}
              autocomplete="off"
              required
            />
          )
          : null}
        <button type="submit" class="button button-main">Register</button>
      </form>
      <p class="door-foot">
        Have an account? <a href="/login">Log in</a>
      </p>
    </Door>
  );
});
