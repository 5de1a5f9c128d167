import { page } from "fresh";
import { anchorOf, ApiEntries, ApiRules, ApiTable } from "../../components/ApiReference.tsx";
import { Brand } from "../../components/Brand.tsx";
import { TextField } from "../../components/Field.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Title } from "../../components/Title.tsx";
import { Filled, useGiven, useWords } from "../../components/words.tsx";
import TryIsland from "../../islands/TryCall.tsx";
import { documents, firstRequests, referenceFor, type TryCall, tryCall } from "../../lib/reference/mod.ts";
import { define } from "../../lib/web/define.ts";

const queryLength = 100;

/** OP-5: the reference for people who write clients. The same for everyone, logged in or not. */
export const handler = define.handlers({
  GET(ctx) {
    const query = (ctx.url.searchParams.get("q") ?? "").trim().slice(0, queryLength);
    const tried = tryCall(ctx.url.searchParams.get("try") ?? "");
    return page({ query, reference: referenceFor(query), tried, site: ctx.state.site });
  },
});

export default define.page<typeof handler>(function Docs({ data: { query, reference, tried, site }, url }) {
  const words = useWords("docs");
  const { rules, methods, notifications, calls, types, errors, closes, limits } = reference;
  const parts = [
    ["rules", words.rules, rules],
    ["methods", words.methods, methods],
    ["notifications", words.notifications, notifications],
    ["calls", words.calls, calls],
    ["types", words.types, types],
    ["errors", words.errors, errors],
    ["closes", words.closes, closes],
    ["limits", words.limits, limits],
  ] as const;
  const isTried = (name: string) => tryCall(name) !== null;
  const shown = parts.filter(([, , rows]) => rows.length > 0);
  const then: Record<string, string> = {
    stop: words.thenStop,
    login: words.thenLogin,
    reconnect: words.thenReconnect,
    back_off: words.thenBackOff,
  };
  return (
    <main class="main main-alone api" id="main">
      <Title text={words.title} />
      <Brand path={url.pathname} />
      <PageHead title={words.title} lead={words.lead} />
      <form class="api-search" method="get" role="search">
        <TextField name="q" label={words.search} hint={words.searchHint} type="search" value={query} />
        <button type="submit" class="button">{words.find}</button>
      </form>
      {shown.length === 0
        ? (
          <p>
            {words.nothing} <a href="/docs">{words.all}</a>
          </p>
        )
        : (
          <nav class="api-parts" aria-label={words.title}>
            <ul>
              {shown.map(([id, name, rows]) => (
                <li key={id}>
                  <a href={`#${id}`}>{name}</a> <span class="muted">{rows.length}</span>
                </li>
              ))}
            </ul>
          </nav>
        )}
      {tried === null ? null : <Try call={tried} />}
      {query === "" ? <Begin site={site} /> : null}
      <ApiRules title={words.rules} sections={rules} open={query !== ""} />
      <ApiEntries id="methods" title={words.methods} entries={methods} open={query !== ""} tried={isTried} />
      <ApiEntries
        id="notifications"
        title={words.notifications}
        entries={notifications}
        open={query !== ""}
      />
      <ApiEntries id="calls" title={words.calls} entries={calls} open={query !== ""} tried={isTried} />
      {types.length === 0 ? null : (
        <section class="panel" id="types" aria-labelledby="types-title">
          <h2 id="types-title">{words.types}</h2>
          <div class="api-entries">
            {types.map(({ name, text }) => (
              <details class="api-entry" id={anchorOf(name)} key={name}>
                <summary>
                  <code>{name}</code>
                </summary>
                <pre class="code" tabIndex={0}>{text}</pre>
              </details>
            ))}
          </div>
        </section>
      )}
      <ApiTable
        id="errors"
        title={words.errors}
        lead={words.errorsLead}
        head={[words.kind, words.rpcCode, words.status, words.meaning]}
        rows={errors.map((
          { kind, code, status, title },
        ) => [<code key={kind}>{kind}</code>, code, status, title])}
      />
      <ApiTable
        id="closes"
        title={words.closes}
        head={[words.code, words.reason, words.then]}
        rows={closes.map((close) => [close.code, close.reason, then[close.then]])}
      />
      <ApiTable
        id="limits"
        title={words.limits}
        lead={words.limitsLead}
        head={[words.limit, words.value, words.contract]}
        folded={query === ""}
        rows={limits.map((
          { name, value, contract },
        ) => [<code key={name}>{name}</code>, value, contract ? words.contractYes : words.contractNo])}
      />
    </main>
  );
});

/** One call, to be tried with one's own session. */
function Try({ call }: { call: TryCall }) {
  const words = useWords("tries");
  return (
    <section class="panel" id="try" aria-labelledby="try-title">
      <h2 id="try-title">
        <Filled text={words.title} name={<code>{call.name}</code>} />
      </h2>
      <p>
        {words.lead} <a href={`/docs#${anchorOf(call.name)}`}>{words.close}</a>
      </p>
      <TryIsland key={call.name} call={call} words={useGiven(["tries"])} />
    </section>
  );
}

/** The first three steps of a client, with this server's address. */
function Begin({ site }: { site: string }) {
  const words = useWords("docs");
  const { login, connect, send } = firstRequests(site);
  const steps = [[words.beginLogin, login], [words.beginConnect, connect], [words.beginSend, send]] as const;
  return (
    <section class="panel" aria-labelledby="begin-title">
      <h2 id="begin-title">{words.begin}</h2>
      <ol class="api-steps">
        {steps.map(([says, example]) => (
          <li key={says}>
            <p>{says}</p>
            <pre class="code" tabIndex={0}>{example}</pre>
          </li>
        ))}
      </ol>
      <p class="api-documents">
        <span>{words.machine}</span>
        {Object.entries(documents).map(([name, path]) => <a href={path} key={path}>{name}</a>)}
      </p>
    </section>
  );
}
