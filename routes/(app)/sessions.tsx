import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { TextField } from "../../components/Field.tsx";
import { Time } from "../../components/Time.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import Push from "../../islands/Push.tsx";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { withDeviceCookie } from "../../lib/web/session.ts";
import { checked, limits, passwordBody, Refusal, type Session } from "../../lib/protocol/mod.ts";
import { fill, someWords } from "../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await list(ctx), problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await act(ctx, form);
    if (typeof done === "string") return seeOther(`/sessions?notice=${done}`);
    if (!(done instanceof Refusal)) {
      return withDeviceCookie(ctx, seeOther("/sessions?notice=password"), done.deviceToken);
    }
    return page({ ...await list(ctx), problem: problemOf(done, ctx.state.language) }, refusedPage(done));
  },
});

async function list(ctx: Context<PersonState>) {
  const { accounts, twoFactor, push } = ctx.state.services;
  const caller = ctx.state.caller;
  const [sessions, factors] = await Promise.all([accounts.sessions(caller), twoFactor.state(caller)]);
  return { sessions, hasFactor: factors.totp || factors.passkeys.length > 0, pushKey: push.state().key };
}

async function act(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<"revoked" | { deviceToken: string } | Refusal> {
  const { accounts } = ctx.state.services;
  const caller = ctx.state.caller;
  if (form.get("action") === "revoke") {
    const revoked = await accounts.revoke(caller, form.get("id") ?? "");
    return revoked instanceof Refusal ? revoked : "revoked";
  }
  const body = checked(passwordBody, { current: form.get("current") ?? "", next: form.get("next") ?? "" });
  return body instanceof Refusal ? body : await accounts.changePassword(caller, body);
}

export default definePerson.page<typeof handler>(function Sessions({ data, state, url }) {
  const words = useWords("sessions");
  const notices = new Map([["revoked", words.doneRevoked], ["password", words.donePassword]]);
  const notice = data.problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.problem} />
      <section class="panel" aria-labelledby="sessions">
        <h2 id="sessions">{words.loggedIn}</h2>
        <ul class="people">
          {data.sessions.map((session) => <OneSession key={session.id} session={session} />)}
        </ul>
      </section>
      <section class="panel" aria-labelledby="factor">
        <h2 id="factor">{words.factor}</h2>
        <p>{data.hasFactor ? words.factorOn : words.factorOff}</p>
        <p>
          <a class="button" href="/two-factor">{words.factorGo}</a>
        </p>
      </section>
      {data.pushKey === null
        ? null
        : <Push publicKey={data.pushKey} words={someWords(state.language, ["push"])} />}
      <PasswordForm errors={data.problem?.fields ?? {}} />
    </>
  );
});

function OneSession({ session }: { session: Session }) {
  const words = useWords("sessions");
  const { id, device, address, createdAt, lastSeenAt, current } = session;
  return (
    <li>
      <span class="name">
        <span>
          <strong>{device}</strong> <span class="soft">{fill(words.from, { address })}</span>
        </span>
        <span class="soft small">
          <Filled text={words.facts} since={<Time value={createdAt} />} seen={<Time value={lastSeenAt} />} />
        </span>
      </span>
      {current
        ? <span class="state" data-tone="good">{words.current}</span>
        : (
          <form method="post" action="/sessions">
            <input type="hidden" name="id" value={id} />
            <button
              type="submit"
              class="button"
              name="action"
              value="revoke"
              aria-label={fill(words.endOf, { device, address })}
            >
              {words.end}
            </button>
          </form>
        )}
    </li>
  );
}

function PasswordForm({ errors }: { errors: Record<string, string> }) {
  const words = useWords("sessions");
  return (
    <section class="panel" aria-labelledby="password">
      <h2 id="password">{words.change}</h2>
      <form class="form" method="post" action="/sessions">
        <TextField
          name="current"
          label={words.now}
          type="password"
          error={errors.current}
          autocomplete="current-password"
          required
        />
        <TextField
          name="next"
          label={words.next}
          hint={fill(words.nextHint, { count: limits.passwordMin })}
          type="password"
          error={errors.next}
          autocomplete="new-password"
          minLength={limits.passwordMin}
          required
        />
        <div>
          <button type="submit" class="button button-main" name="action" value="password">
            {words.changeDo}
          </button>
        </div>
      </form>
    </section>
  );
}
