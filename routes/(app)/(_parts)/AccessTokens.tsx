import { Check, Group, TextField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { RowAction } from "../../../components/RowAction.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useWords } from "../../../components/words.tsx";
import {
  type AccessToken,
  type AccessTokenMade,
  limits,
  tokenScopes,
  type WebhookView,
} from "../../../lib/protocol/mod.ts";
import { emptyToken, type TypedHook, type TypedToken } from "../../../lib/web/forms/access_tokens.ts";
import { fill } from "../../../lib/words/mod.ts";
import { HookForm } from "./HookForm.tsx";

interface AccessTokensProps {
  tokens: readonly AccessToken[];
  /** The one that was just made: its secret is shown this once. */
  made: AccessTokenMade | null;
  /** This server's address. */
  site: string;
  /** What was typed of a hook, or of a token, that was refused. */
  hook: TypedHook | null;
  token: TypedToken | null;
  errors: Record<string, string>;
}

/** AU-11: a person's access tokens, and the form for another. */
export function AccessTokens({ tokens, made, site, hook, token, errors }: AccessTokensProps) {
  const words = useWords("tokens");
  const { name, scopes, expires, webhook } = token ?? emptyToken;
  const wrong = token === null ? {} : errors;
  return (
    <section class="panel" aria-labelledby="tokens">
      <h2 id="tokens">{words.title}</h2>
      <p>{words.lead}</p>
      {made === null ? null : <Made made={made} site={site} />}
      {tokens.length === 0 ? <p class="soft">{words.none}</p> : (
        <ul class="people">
          {tokens.map((one) => <OneToken key={one.id} token={one} />)}
        </ul>
      )}
      <details open={token !== null}>
        <summary>{words.create}</summary>
        <form class="form" method="post" action="/sessions">
          <TextField
            name="name"
            label={words.name}
            hint={words.nameHint}
            error={wrong.name}
            value={name}
            maxLength={limits.tokenName}
            required
          />
          <Group name="scopes" legend={words.scopes} error={wrong.scopes}>
            {tokenScopes.map((scope) => (
              <Check
                key={scope}
                name="scopes"
                value={scope}
                label={words[scope]}
                checked={scopes.includes(scope)}
              />
            ))}
          </Group>
          <TextField
            name="expires"
            label={words.expires}
            hint={words.expiresHint}
            error={wrong.expiresAt}
            value={expires}
            type="date"
            class="input-short"
          />
          <TextField
            name="webhook"
            label={words.webhookField}
            hint={words.webhookHint}
            error={wrong.webhook}
            value={webhook}
            type="url"
            maxLength={limits.webhookUrl}
          />
          <div>
            <button type="submit" class="button" name="action" value="token">{words.create}</button>
          </div>
        </form>
      </details>
      <HookForm typed={hook} errors={errors} />
    </section>
  );
}

/** Its secrets, shown this once; of a hook the address, with a line that tries it. */
function Made({ made, site }: { made: AccessTokenMade; site: string }) {
  const words = useWords("tokens");
  const { token, hook, webhookSecret } = made;
  const address = `${site}/api/v1/hooks/${token}`;
  return (
    <Notice tone="warn">
      <p>{hook === undefined ? words.made : words.madeHook}</p>
      <pre class="code" tabIndex={0}>{hook === undefined ? token : address}</pre>
      {hook === undefined ? null : (
        <>
          <p>{words.tryHook}</p>
          <pre class="code" tabIndex={0}>
            {fill(words.hookLine, { address })}
          </pre>
        </>
      )}
      {webhookSecret === undefined ? null : (
        <>
          <p>{words.madeWebhook}</p>
          <pre class="code" tabIndex={0}>{webhookSecret}</pre>
        </>
      )}
    </Notice>
  );
}

function OneToken({ token }: { token: AccessToken }) {
  const words = useWords("tokens");
  const { id, name, scopes, createdAt, lastUsedAt, expiresAt, hook, webhook } = token;
  const made = <Time value={createdAt} />;
  return (
    <li>
      <span class="name">
        <span>
          <strong>{name}</strong> {hook === undefined
            ? <span class="soft">{scopes.map((scope) => words[scope]).join(" · ")}</span>
            : <span class="soft">{words.hook}</span>}
        </span>
        {hook === undefined
          ? null
          : [hook.title, hook.body].map((text, at) =>
            text ? <code class="small" key={at}>{text}</code> : null
          )}
        {webhook === undefined ? null : <OneWebhook webhook={webhook} />}
        <span class="soft small">
          {lastUsedAt === null
            ? <Filled text={words.unused} made={made} />
            : <Filled text={words.facts} made={made} used={<Time value={lastUsedAt} />} />}
          {expiresAt === null ? null : (
            <>
              {" · "}
              <Filled text={words.ends} time={<Time value={expiresAt} />} />
            </>
          )}
        </span>
      </span>
      <RowAction
        to="/sessions"
        id={id}
        action="revoke-token"
        name={words.revoke}
        of={fill(words.revokeOf, { name })}
      />
    </li>
  );
}

/** Where answers go, and whether they arrive. Without the whole address, which may be a secret of its receiver. */
function OneWebhook({ webhook: { url, last, ended } }: { webhook: WebhookView }) {
  const words = useWords("tokens");
  const time = last === null ? null : <Time value={last.at} />;
  return (
    <span class="soft small">
      {fill(words.webhook, { host: new URL(url).host })}
      {ended ? ` · ${words.webhookEnded}` : last === null ? null : (
        <>
          {" · "}
          {last.sent
            ? <Filled text={words.webhookSent} time={time} />
            : last.status === null
            ? <Filled text={words.webhookNoAnswer} time={time} />
            : <Filled text={words.webhookFailed} time={time} status={last.status} />}
        </>
      )}
    </span>
  );
}
