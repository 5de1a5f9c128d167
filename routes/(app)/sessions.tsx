import { type Context, page } from "fresh";
import { TextField } from "../../components/Field.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { Time } from "../../components/Time.tsx";
import { define, type State } from "../../lib/define.ts";
import { problemOf, readForm, refusedPage, seeOther } from "../../lib/forms.ts";
import { callerOf } from "../../lib/page_caller.ts";
import { checked, limits, passwordBody, Refusal } from "../../lib/protocol/mod.ts";

export const handler = define.handlers({
  GET: async (ctx) => page({ ...await list(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await act(ctx, form);
    if (!(done instanceof Refusal)) return seeOther(`/sessions?notice=${done}`);
    return page({ ...await list(ctx), problem: problemOf(done) }, refusedPage(done));
  },
});

async function list(ctx: Context<State>) {
  return { sessions: await ctx.state.services.accounts.sessions(callerOf(ctx.state)) };
}

async function act(ctx: Context<State>, form: URLSearchParams): Promise<"revoked" | "password" | Refusal> {
  const { accounts } = ctx.state.services;
  const caller = callerOf(ctx.state);
  if (form.get("action") === "revoke") {
    const revoked = await accounts.revoke(caller, form.get("id") ?? "");
    return revoked instanceof Refusal ? revoked : "revoked";
  }
  const body = checked(passwordBody, { current: form.get("current") ?? "", next: form.get("next") ?? "" });
  const changed = body instanceof Refusal ? body : await accounts.changePassword(caller, body);
  return changed instanceof Refusal ? changed : "password";
}

const notices = new Map([
  ["revoked", "Ended. Whoever used that session is logged out."],
  ["password", "Your password was changed, and every other session was ended."],
]);

export default define.page<typeof handler>(function Sessions({ data, url }) {
  const notice = data.problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  const errors = data.problem?.fields ?? {};
  return (
    <>
      <div class="page-head">
        <h1>Sessions</h1>
        <p class="lead">Where you are logged in. End what you do not know, then change your password.</p>
      </div>
      {notice === undefined ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={data.problem} />
      <section class="panel" aria-labelledby="sessions">
        <h2 id="sessions">Logged in</h2>
        <ul class="people">
          {data.sessions.map((session) => (
            <li key={session.id}>
              <span class="name">
                <span>
                  <strong>{session.device}</strong> <span class="soft">from {session.address}</span>
                </span>
                <span class="soft small">
                  Since <Time value={session.createdAt} />, last seen <Time value={session.lastSeenAt} />
                </span>
              </span>
              {session.current
                ? <span class="state" data-tone="good">This one</span>
                : (
                  <form method="post" action="/sessions">
                    <input type="hidden" name="id" value={session.id} />
                    <button
                      type="submit"
                      class="button"
                      name="action"
                      value="revoke"
                      aria-label={`End the session of ${session.device} from ${session.address}`}
                    >
                      End
                    </button>
                  </form>
                )}
            </li>
          ))}
        </ul>
      </section>
      <section class="panel" aria-labelledby="password">
        <h2 id="password">Change your password</h2>
        <form class="form" method="post" action="/sessions">
          <TextField
            name="current"
            label="Current password"
            type="password"
            error={errors.current}
            autocomplete="current-password"
            required
          />
          <TextField
            name="next"
            label="New password"
            hint={`At least ${limits.passwordMin} characters.`}
            type="password"
            error={errors.next}
            autocomplete="new-password"
            minLength={limits.passwordMin}
            required
          />
          <div>
            <button type="submit" class="button button-main" name="action" value="password">
              Change password
            </button>
          </div>
        </form>
      </section>
    </>
  );
});
