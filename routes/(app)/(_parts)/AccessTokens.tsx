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
import { fill } from "../../../lib/words/mod.ts";

interface AccessTokensProps {
  tokens: readonly AccessToken[];
  /** The one that was just made: its secret is shown this once. */
  made: AccessTokenMade | null;
  errors: Record<string, string>;
}

/** AU-11: a person's access tokens, and the form for another. */
export function AccessTokens({ tokens, made, errors }: AccessTokensProps) {
  const words = useWords("tokens");
  return (
    <section class="panel" aria-labelledby="tokens">
      <h2 id="tokens">{words.title}</h2>
      <p>{words.lead}</p>
      {made === null ? null : (
        <Notice tone="warn">
          <p>{words.made}</p>
          <pre class="code" tabIndex={0}>{made.token}</pre>
        </Notice>
      )}
      {tokens.length === 0 ? <p class="soft">{words.none}</p> : (
        <ul class="people">
          {tokens.map((token) => <OneToken key={token.id} token={token} />)}
        </ul>
      )}
      <details open={Object.keys(errors).length > 0}>
        <summary>{words.create}</summary>
        <form class="form" method="post" action="/sessions">
          <TextField
            name="name"
            label={words.name}
            hint={words.nameHint}
            error={errors.name}
            maxLength={limits.tokenName}
            required
          />
          <Group name="scopes" legend={words.scopes} error={errors.scopes}>
            {tokenScopes.map((scope) => (
              <Check
                key={scope}
                name="scopes"
                value={scope}
                label={words[scope]}
              />
            ))}
          </Group>
          <TextField
            name="expires"
            label={words.expires}
            hint={words.expiresHint}
            error={errors.expiresAt}
            type="date"
            class="input-short"
          />
          <div>
            <button type="submit" class="button" name="action" value="token">{words.create}</button>
          </div>
        </form>
      </details>
    </section>
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
