import { type Context, page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { RowAction } from "../../components/RowAction.tsx";
import { TextField } from "../../components/Field.tsx";
import { PasswordField } from "../../components/LoginFields.tsx";
import { Time } from "../../components/Time.tsx";
import { When } from "../../components/When.tsx";
import { Filled, useWords } from "../../components/words.tsx";
import { connectionOf } from "../../lib/web/authentication.ts";
import { definePerson, type PersonState } from "../../lib/web/define.ts";
import {
  hookFields,
  hookToken,
  programToken,
  typedHook,
  typedToken,
} from "../../lib/web/forms/access_tokens.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { withDeviceCookie, withSessionCookies } from "../../lib/web/session.ts";
import {
  type AccessTokenBody,
  type AccessTokenMade,
  type Answer,
  checked,
  limits,
  passwordBody,
  Refusal,
  type Session,
  type SessionMisuse,
} from "../../lib/protocol/mod.ts";
import { fill, type Words } from "../../lib/words/mod.ts";

import { AccessTokens } from "./(_parts)/AccessTokens.tsx";

export const handler = definePerson.handlers({
  GET: async (ctx) => page({ ...await list(ctx), made: null, hook: null, token: null, problem: null }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await act(ctx, form);
    if (done instanceof Response) return done;
    if (typeof done === "string") return seeOther(`/sessions?notice=${done}`);
    if (!(done instanceof Refusal)) {
      return page({ ...await list(ctx), made: done, hook: null, token: null, problem: null });
    }
    const problem = problemOf(done, ctx.state.language, hookFields);
    const action = form instanceof Refusal ? null : form.get("action");
    const hook = form instanceof Refusal || action !== "hook" ? null : typedHook(form);
    const token = form instanceof Refusal || action !== "token" ? null : typedToken(form);
    return page({ ...await list(ctx), made: null, hook, token, problem }, refusedPage(done));
  },
});

async function list(ctx: Context<PersonState>) {
  const { accounts, clock, twoFactor } = ctx.state.services;
  const caller = ctx.state.caller;
  const [{ sessions, misused }, { tokens }, factors] = await Promise.all([
    accounts.sessions(caller),
    accounts.tokens(caller),
    twoFactor.state(caller),
  ]);
  return {
    now: clock.now(),
    sessions,
    misused,
    tokens,
    hasFactor: factors.totp || factors.passkeys.length > 0,
  };
}

async function act(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<"revoked" | "read" | "token" | Response | AccessTokenMade | Refusal> {
  const { accounts } = ctx.state.services;
  const caller = ctx.state.caller;
  const action = form.get("action");
  switch (action) {
    case "revoke":
    case "read": {
      const revoked = await accounts.revoke(caller, form.get("id") ?? "");
      return revoked instanceof Refusal ? revoked : action === "read" ? "read" : "revoked";
    }
    case "token":
      return await makeToken(ctx, programToken(typedToken(form)));
    case "hook":
      return await makeToken(ctx, hookToken(typedHook(form)));
    case "revoke-token": {
      const revoked = await accounts.revokeToken(caller, form.get("id") ?? "");
      return revoked instanceof Refusal ? revoked : "token";
    }
    case "others": {
      const tokens = await accounts.revokeOthers(caller, connectionOf(ctx.req));
      return tokens instanceof Refusal
        ? tokens
        : withSessionCookies(ctx, seeOther("/sessions?notice=others"), tokens);
    }
  }
  const body = checked(passwordBody, { current: form.get("current") ?? "", next: form.get("next") ?? "" });
  if (body instanceof Refusal) return body;
  const changed = await accounts.changePassword(caller, body, connectionOf(ctx.req));
  if (changed instanceof Refusal) return changed;
  const done = withSessionCookies(ctx, seeOther("/sessions?notice=password"), changed);
  return withDeviceCookie(ctx, done, changed.deviceToken);
}

async function makeToken(
  ctx: Context<PersonState>,
  body: AccessTokenBody | Refusal,
): Answer<AccessTokenMade> {
  return body instanceof Refusal
    ? body
    : await ctx.state.services.accounts.createToken(ctx.state.caller, body);
}

export default definePerson.page<typeof handler>(function Sessions({ data, url, state }) {
  const words = useWords("sessions");
  const tokenWords = useWords("tokens");
  const notices = new Map([
    ["revoked", words.doneRevoked],
    ["others", words.doneOthers],
    ["password", words.donePassword],
    ["token", tokenWords.doneRevoked],
  ]);
  const notice = data.problem === null ? notices.get(url.searchParams.get("notice") ?? "") : undefined;
  return (
    <>
      <PageHead title={words.title} lead={words.lead} notice={notice} problem={data.problem} />
      {data.misused.map((misuse) => <Misuse key={misuse.id} misuse={misuse} />)}
      <section class="panel" aria-labelledby="sessions">
        <h2 id="sessions">{words.loggedIn}</h2>
        <ul class="people">
          {data.sessions.map((session) => <OneSession key={session.id} session={session} now={data.now} />)}
        </ul>
        {data.sessions.some(({ current }) => !current)
          ? (
            <form method="post" action="/sessions">
              <button type="submit" class="button" name="action" value="others">{words.endOthers}</button>
            </form>
          )
          : null}
      </section>
      <section class="panel" aria-labelledby="factor">
        <h2 id="factor">{words.factor}</h2>
        <p>{data.hasFactor ? words.factorOn : words.factorOff}</p>
        <p>
          <a class="button" href="/two-factor">{words.factorGo}</a>
        </p>
      </section>
      <AccessTokens
        tokens={data.tokens}
        made={data.made}
        site={state.site}
        hook={data.hook}
        token={data.token}
        errors={data.problem?.fields ?? {}}
      />
      <PasswordForm errors={data.problem?.fields ?? {}} />
    </>
  );
});

function OneSession({ session, now }: { session: Session; now: number }) {
  const words = useWords("sessions");
  const { id, address, createdAt, lastSeenAt, current, timeZone, stays } = session;
  const device = deviceText(session, words);
  const zone = timeZone === null ? "" : fill(words.zone, { zone: timeZone.replaceAll("_", " ") });
  return (
    <li>
      <span class="name">
        <span>
          <strong>{device}</strong> <span class="soft">{fill(words.from, { address })}{zone}</span>
        </span>
        <span class="soft small">
          <Filled
            text={words.facts}
            since={<When value={createdAt} now={now} />}
            seen={<When value={lastSeenAt} now={now} />}
          />
          {stays ? ` · ${words.stays}` : ""}
        </span>
      </span>
      {current ? <span class="state" data-tone="good">{words.current}</span> : (
        <RowAction
          to="/sessions"
          id={id}
          action="revoke"
          name={words.end}
          of={fill(words.endOf, { device, address })}
        />
      )}
    </li>
  );
}

/** AU-13: a session that ended because someone else had its credential. */
function Misuse({ misuse }: { misuse: SessionMisuse }) {
  const words = useWords("sessions");
  const device = deviceText(misuse, words);
  return (
    <div class="notice notice-warn stack-s">
      <p>
        <strong>{fill(words.misused, { device })}</strong>
      </p>
      <p>
        <Filled text={words.misusedWhy} address={misuse.address} time={<Time value={misuse.at} />} />
      </p>
      <RowAction to="/sessions" id={misuse.id} action="read" name={words.read} of={words.read} />
    </div>
  );
}

/** "Firefox on Windows", or the name that a program gave itself. */
function deviceText({ agent, device }: Pick<Session, "agent" | "device">, words: Words["sessions"]): string {
  if (agent !== null) return fill(words.agent, agent);
  return device === "web" ? words.browser : device;
}

function PasswordForm({ errors }: { errors: Record<string, string> }) {
  const words = useWords("sessions");
  return (
    <section class="panel" aria-labelledby="password">
      <h2 id="password">{words.change}</h2>
      <form class="form" method="post" action="/sessions">
        <PasswordField name="current" label={words.now} error={errors.current} />
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
