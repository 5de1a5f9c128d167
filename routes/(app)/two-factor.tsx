import { page } from "fresh";
import { PageHead } from "../../components/PageHead.tsx";
import { Check, Group } from "../../components/Field.tsx";
import { CodeField, PasswordField } from "../../components/LoginFields.tsx";
import { Notice, ProblemNotice } from "../../components/Notice.tsx";
import { QrCode } from "../../components/QrCode.tsx";
import { RecoveryCodes } from "../../components/RecoveryCodes.tsx";
import { Time } from "../../components/Time.tsx";
import { Title } from "../../components/Title.tsx";
import { SsoLink } from "../../components/SsoLink.tsx";
import { Filled, useLanguage, useWords } from "../../components/words.tsx";
import { definePerson } from "../../lib/web/define.ts";
import { problemOf, readForm } from "../../lib/web/forms/form.ts";
import { refusedPage, seeOther } from "../../lib/web/pages.ts";
import { type Passkey, Refusal, type TwoFactorState } from "../../lib/protocol/mod.ts";
import { ssoLinkOf } from "../../lib/web/forms/sso.ts";
import { changeTwoFactor, fieldNames, type TwoFactorDone } from "../../lib/web/forms/two_factor.ts";
import { plural } from "../../lib/words/mod.ts";
import { AddPasskey } from "./(_parts)/AddPasskey.tsx";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const { twoFactor } = ctx.state.services;
    const [factors, link] = await Promise.all([
      twoFactor.state(ctx.state.caller),
      ssoLinkOf(ctx, ctx.url.searchParams.get("sso")),
    ]);
    return page({ factors, link, done: null, confirming: false, problem: null });
  },
  async POST(ctx) {
    const { twoFactor } = ctx.state.services;
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeTwoFactor(ctx, form);
    if (!(done instanceof Refusal) && done.kind === "notice") {
      return seeOther(`/two-factor?notice=${done.notice}`);
    }
    const factors = await twoFactor.state(ctx.state.caller);
    const link = await ssoLinkOf(ctx, null);
    // Codes and secrets are in the answer to the form alone: a look at the page later does not have them.
    if (!(done instanceof Refusal)) return page({ factors, link, done, confirming: false, problem: null });
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const problem = problemOf(done, ctx.state.language, fieldNames[action] ?? {});
    const confirming = problem.fields.appCode !== undefined;
    return page({ factors, link, done: null, confirming, problem }, refusedPage(done));
  },
});

export default definePerson.page<typeof handler>(function TwoFactorPage({ data, state, url }) {
  const words = useWords("twoFactor");
  const { factors, done, confirming, problem } = data;
  const errors = problem?.fields ?? {};
  const isMissing = state.caller.restriction === "two_factor" && !factors.totp &&
    factors.passkeys.length === 0;
  return (
    <>
      <Title text={words.title} />
      <PageHead title={words.title} lead={words.lead} />
      {isMissing ? <Notice tone="warn">{words.required}</Notice> : null}
      <Done notice={problem === null && done === null ? url.searchParams.get("notice") : null} />
      <ProblemNotice problem={problem} />
      {done?.kind === "codes" ? <RecoveryCodes codes={done.codes} /> : null}
      <App factors={factors} done={done} confirming={confirming} errors={errors} />
      <Recovery factors={factors} errors={errors} />
      <Passkeys passkeys={factors.passkeys} errors={errors} />
      {data.link === null ? null : <SsoLink {...data.link} />}
    </>
  );
});

interface PartProps {
  errors: Record<string, string>;
}

function Done({ notice }: { notice: string | null }) {
  const words = useWords("twoFactor");
  const { doneLinked: linked, doneUnlinked: unlinked } = useWords("sso");
  const notices = new Map([
    ["app-removed", words.doneAppRemoved],
    ["passkey-added", words.donePasskeyAdded],
    ["passkey-removed", words.donePasskeyRemoved],
    ["sso-linked", linked],
    ["sso-unlinked", unlinked],
  ]);
  const text = notices.get(notice ?? "");
  return text === undefined ? null : <Notice>{text}</Notice>;
}

/** A password field, by the name of its form. */
function Password({ name, errors }: PartProps & { name: string }) {
  const words = useWords("twoFactor");
  return <PasswordField name={name} label={words.password} error={errors[name]} />;
}

function Code({ name, hint, errors }: PartProps & { name: string; hint?: string }) {
  const words = useWords("twoFactor");
  return <CodeField name={name} label={words.code} hint={hint} class="input-short" error={errors[name]} />;
}

interface AppProps extends PartProps {
  factors: TwoFactorState;
  done: TwoFactorDone | null;
  confirming: boolean;
}

function App({ factors, done, confirming, errors }: AppProps) {
  const words = useWords("twoFactor");
  return (
    <section class="panel" aria-labelledby="app">
      <h2 id="app">{words.app}</h2>
      <p>{factors.totp ? words.appOn : words.appOff}</p>
      {done?.kind === "begun"
        ? (
          <div class="stack-s">
            <p>{words.scan}</p>
            <QrCode text={done.uri} label={words.picture} />
            <p>
              {words.secret}: <code class="secret">{done.secret}</code>
            </p>
            <p>{words.codeAfter}</p>
          </div>
        )
        : null}
      {confirming ? <p>{words.finish}</p> : null}
      {done?.kind === "begun" || confirming
        ? (
          <form class="form" method="post" action="/two-factor">
            <Code name="appCode" errors={errors} />
            <div>
              <button type="submit" class="button button-main" name="action" value="confirm">
                {words.confirm}
              </button>
            </div>
          </form>
        )
        : null}
      {factors.totp
        ? (
          <form class="form" method="post" action="/two-factor">
            <Password name="offPassword" errors={errors} />
            <Code name="offCode" hint={words.removeCodeHint} errors={errors} />
            <div>
              <button type="submit" class="button" name="action" value="remove-app">{words.removeApp}</button>
            </div>
          </form>
        )
        : done?.kind === "begun"
        ? null
        : (
          <form class="form" method="post" action="/two-factor">
            <Password name="appPassword" errors={errors} />
            <div>
              <button type="submit" class="button" name="action" value="app">{words.setUp}</button>
            </div>
          </form>
        )}
    </section>
  );
}

function Recovery({ factors, errors }: PartProps & { factors: TwoFactorState }) {
  const words = useWords("twoFactor");
  const language = useLanguage();
  const hasFactor = factors.totp || factors.passkeys.length > 0;
  return (
    <section class="panel" aria-labelledby="recovery">
      <h2 id="recovery">{words.recovery}</h2>
      {hasFactor
        ? (
          <>
            <p>{plural(language, words.recoveryLeft, factors.recoveryCodes)}</p>
            <form class="form" method="post" action="/two-factor">
              <Password name="codesPassword" errors={errors} />
              <div>
                <button type="submit" class="button" name="action" value="codes">{words.newCodes}</button>
                <p class="hint">{words.newCodesHint}</p>
              </div>
            </form>
          </>
        )
        : <p>{words.recoveryNone}</p>}
    </section>
  );
}

function Passkeys({ passkeys, errors }: PartProps & { passkeys: readonly Passkey[] }) {
  const words = useWords("twoFactor");
  return (
    <section class="panel" aria-labelledby="passkeys">
      <h2 id="passkeys">{words.passkeys}</h2>
      <p>{words.passkeysLead}</p>
      {passkeys.length === 0
        ? <p class="soft">{words.noPasskeys}</p>
        : (
          <form class="form" method="post" action="/two-factor">
            <Group name="id" legend={words.which}>
              {passkeys.map((one) => (
                <Check
                  key={one.id}
                  type="radio"
                  name="id"
                  value={one.id}
                  label={one.name}
                  hint={<Facts passkey={one} />}
                  required
                />
              ))}
            </Group>
            <Password name="removePassword" errors={errors} />
            <div>
              <button type="submit" class="button" name="action" value="remove-passkey">
                {words.remove}
              </button>
            </div>
          </form>
        )}
      <AddPasskey />
    </section>
  );
}

function Facts({ passkey: { createdAt, lastUsedAt } }: { passkey: Passkey }) {
  const words = useWords("twoFactor");
  const time = <Time value={createdAt} />;
  return lastUsedAt === null
    ? <Filled text={words.passkeyUnused} time={time} />
    : <Filled text={words.passkeyFacts} time={time} used={<Time value={lastUsedAt} />} />;
}
