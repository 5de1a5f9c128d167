import { Check, Group, SelectField, TextField } from "../../../components/Field.tsx";
import { Kinds, Numbers } from "../../../components/GrantForm.tsx";
import { GrantSentence } from "../../../components/GrantPage.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { PageHead } from "../../../components/PageHead.tsx";
import { ReachTable } from "../../../components/ReachTable.tsx";
import { Tabs } from "../../../components/Tabs.tsx";
import { Time } from "../../../components/Time.tsx";
import { Filled, useLanguage, useWords } from "../../../components/words.tsx";
import { type Grant, grantIdOf } from "../../../lib/protocol/mod.ts";
import {
  grantIn,
  kindsText,
  offeredKinds,
  outcomeReason,
  outcomeWord,
  ruleName,
  ruleValue,
  type Titles,
  titlesOf,
} from "../../../lib/text/mod.ts";
import { definePerson } from "../../../lib/web/define.ts";
import { reachPage } from "../../../lib/web/forms/reach.ts";
import { fill } from "../../../lib/words/mod.ts";

export const handler = definePerson.handlers(reachPage);

/** "What can reach me?" (CO-12): computed by `decide()` itself, for the reader only. */
export default definePerson.page<typeof handler>(function Reach({ data, url }) {
  const words = useWords("reach");
  const titles = titlesOf(data.categories);
  const notice = url.searchParams.get("notice") === "saved" ? words.saved : undefined;
  return (
    <>
      <PageHead
        title={words.title}
        lead={words.lead}
        up={{ href: "/preferences", name: useWords("preferences").title }}
        notice={notice}
        problem={data.problem}
      />
      <section class="panel" aria-label={words.answers}>
        <Sources {...data} />
        <ReachTable table={data.table} />
      </section>
      <TryIt {...data} />
      <section class="panel" aria-labelledby="rules">
        <h2 id="rules">{words.rules}</h2>
        {data.grants.length === 0 ? <p class="soft">{words.noRules}</p> : (
          <ul class="people">
            {data.grants.map((grant) => (
              <li key={grant.id}>
                <span class="name">
                  <strong class="private">{nameOf(grant)}</strong>
                  <span class="small">
                    <GrantSentence grant={grant} titles={titles} />
                  </span>
                </span>
                <a
                  class="button"
                  href={pathOf(grant)}
                  aria-label={fill(words.changeOf, { name: nameOf(grant) })}
                >
                  {words.change}
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
      <form class="form" method="post" action="/preferences/reach">
        <section class="panel" aria-labelledby="ceiling">
          <h2 id="ceiling">{words.ceiling}</h2>
          <p class="hint">{words.ceilingHint}</p>
          <Kinds kinds={data.limits?.kinds} error={data.problem?.fields.kinds} />
          <Numbers
            perDay={data.limits?.perDay}
            open={data.limits?.open}
            errors={data.problem?.fields ?? {}}
            general={useWords("grants").noNumber}
          />
          <div>
            <button type="submit" class="button button-main">{words.saveCeiling}</button>
          </div>
        </section>
      </form>
      <Changes {...data} />
    </>
  );
});

function nameOf({ to }: Grant): string {
  return "user" in to ? `@${to.user}` : to.group;
}

function pathOf({ to }: Grant): string {
  return "user" in to ? `/contacts/${to.user}` : `/groups/${to.group}/rules`;
}

type Data = Awaited<ReturnType<typeof reachPage.GET>> extends { data: infer D } ? D : never;

/** The sources that the table can be about. */
function Sources({ from, grants, groups }: Pick<Data, "from" | "grants" | "groups">) {
  const words = useWords("reach");
  const name = typeof from === "string" ? from : grantIdOf(from);
  const people = grants.flatMap(({ id, to }) =>
    "user" in to ? [[id, fill(words.person, { name: to.user })]] : []
  );
  const sources: string[][] = [
    ["contact", words.contact],
    ...people,
    ...groups.map((group) => [grantIdOf({ group: group.name }), fill(words.group, { name: group.title })]),
    ["everyone", words.everyone],
    ["stranger", words.stranger],
  ];
  return (
    <Tabs
      label={words.from}
      tabs={sources.map(([source, label]) => ({
        name: label!,
        href: `/preferences/reach?from=${encodeURIComponent(source!)}`,
        here: source === name,
      }))}
    />
  );
}

/** Pick sender, kind, categories and time: what would happen, and by which rule. */
function TryIt({ tried, categories }: Pick<Data, "tried" | "categories">) {
  const words = useWords("reach");
  const kinds = useWords("grants");
  return (
    <form class="form" method="get" action="/preferences/reach#try">
      <section class="panel" aria-labelledby="try">
        <h2 id="try">{words.tryTitle}</h2>
        {tried === null ? null : (
          <Notice>
            <Filled
              text={words.result}
              answer={<strong>{outcomeWord(words, tried.outcome)}</strong>}
              rule={outcomeReason(words, tried.outcome, titlesOf(categories))}
            />
            {typeof tried.outcome.untilMs === "number"
              ? (
                <>
                  {" "}
                  <Filled
                    text={words.until}
                    time={<Time value={new Date(tried.outcome.untilMs).toISOString()} />}
                  />
                </>
              )
              : null}
          </Notice>
        )}
        <TextField
          name="sender"
          label={words.tryFrom}
          value={tried?.sender ?? ""}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <SelectField
          name="kind"
          label={words.kind}
          value={tried?.kind ?? "message"}
          options={offeredKinds.map((kind) => [kind, kindsText(kinds, kind)] as const)}
        />
        <Group name="category" class="segments" legend={words.category}>
          {categories.map(({ slug, title }) => (
            <Check
              key={slug}
              name="category"
              value={slug}
              label={title}
              checked={tried?.categories.includes(slug) ?? false}
            />
          ))}
        </Group>
        <TextField
          name="at"
          label={words.at}
          hint={words.atHint}
          type="datetime-local"
          class="input-short"
          value={tried?.at ?? ""}
        />
        <div>
          <button type="submit" class="button">{words.try}</button>
        </div>
      </section>
    </form>
  );
}

function Value({ rule, json, titles }: { rule: string; json: string | null; titles: Titles }) {
  const language = useLanguage();
  const words = {
    reach: useWords("reach"),
    grants: useWords("grants"),
    preferences: useWords("preferences"),
  };
  const grant = grantIn(rule, json);
  return grant === null
    ? <>{ruleValue(words, language, rule, json)}</>
    : <GrantSentence grant={grant} titles={titles} />;
}

function Changes({ changes, categories }: Pick<Data, "changes" | "categories">) {
  const words = useWords("reach");
  const titles = titlesOf(categories);
  return (
    <section class="panel" aria-labelledby="changes">
      <h2 id="changes">{words.history}</h2>
      {changes.length === 0 ? <p class="soft">{words.noHistory}</p> : (
        <ul class="small">
          {changes.map(({ atMs, differences }) => (
            <li key={atMs}>
              <Time value={new Date(atMs).toISOString()} />
              <ul>
                {differences.map(({ rule, from, to }) => (
                  <li key={rule} class="private">
                    <Filled
                      text={words.changed}
                      rule={ruleName(words, rule, titles)}
                      from={<Value rule={rule} json={from} titles={titles} />}
                      to={<Value rule={rule} json={to} titles={titles} />}
                    />
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
