import { page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { incidentWords, sizeText, toRoot, typeText, uploadersOf } from "../../../../lib/text/mod.ts";
import { Empty, Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../../components/Pages.tsx";
import { Tabs } from "../../../../components/Tabs.tsx";
import { Time } from "../../../../components/Time.tsx";
import { useLanguage, useWords } from "../../../../components/words.tsx";
import { definePerson } from "../../../../lib/web/define.ts";
import { problemOf } from "../../../../lib/web/forms/form.ts";
import { checked, type Incident, incidentQuery, Refusal } from "../../../../lib/protocol/mod.ts";
import { fill, type Language, plural, type Words } from "../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const asked = ctx.url.searchParams;
    const before = asked.get("before");
    const query = checked(incidentQuery, {
      state: asked.get("state") ?? "open",
      ...before === null ? {} : { before },
    });
    const list = query instanceof Refusal
      ? query
      : await ctx.state.services.incidents.list(ctx.state.caller, query);
    const state = query instanceof Refusal ? "open" as const : query.state ?? "open" as const;
    const view = { state, newest: before === null };
    return list instanceof Refusal
      ? page({ ...view, incidents: [], next: null, problem: problemOf(list, ctx.state.language) })
      : page({ ...view, ...list, problem: null });
  },
});

/** The parts of the list, each with what it says when nothing is in it. */
function partsOf(words: Words["incidents"]) {
  return {
    open: { name: words.open, title: words.openNoneTitle, text: words.openNone },
    reported: { name: words.reported, title: words.reportedNoneTitle, text: words.reportedNone },
    closed: { name: words.closed, title: words.closedNoneTitle, text: words.closedNone },
  } satisfies Record<Incident["state"], { name: string; title: string; text: string }>;
}

export default definePerson.page<typeof handler>(function Incidents({ data, url }) {
  const { state, incidents } = data;
  const words = useWords("incidents");
  const parts = partsOf(words);
  // Relative: Fresh marks a link as current by its path alone, and here only the query differs.
  const here = (query: Record<string, string | null>) =>
    pathWith(`${toRoot(url.pathname)}admin/incidents`, { state, ...query });
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      {url.searchParams.get("notice") === "closed" ? <Notice>{words.doneClosed}</Notice> : null}
      <ProblemNotice problem={data.problem} />
      <Tabs
        label={useWords("lists").state}
        tabs={Object.entries(parts).map(([value, { name }]) => ({
          name,
          href: here({ state: value }),
          here: value === state,
        }))}
      />
      {incidents.length === 0
        ? (
          <Empty title={parts[state].title}>
            <p>{parts[state].text}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label={words.title}>
            <ul class="people">
              {incidents.map((incident) => <Row key={incident.id} incident={incident} />)}
            </ul>
          </section>
        )}
      <Pages
        newest={data.newest ? null : here({})}
        older={data.next === null ? null : here({ before: data.next })}
      />
    </>
  );
});

/** What it is, and whose. */
function titleOf(words: Words["incidents"], language: Language, type: string, usernames: string[]): string {
  const [username, ...others] = usernames;
  if (username === undefined) return fill(words.ofUnknown, { type });
  return others.length === 0
    ? fill(words.of, { type, username })
    : plural(language, words.ofMore, others.length, { type, username });
}

function Row({ incident }: { incident: Incident }) {
  const words = useWords("incidents");
  const fileSection = useWords("file");
  const language = useLanguage();
  const { classification, provider } = incident;
  const { label, tone } = incidentWords(words, incident.state);
  return (
    <li>
      <span class="name">
        <a href={`/admin/incidents/${incident.id}`}>
          {titleOf(words, language, typeText(fileSection, incident.type), uploadersOf(incident))}
        </a>
        <span class="small">
          {fill(words.saidBy, {
            classification,
            provider,
            size: sizeText(fileSection, language, incident.size),
          })}
        </span>
        <span class="soft small">
          <Time value={incident.createdAt} />
        </span>
      </span>
      <span class="state" data-tone={tone}>{label}</span>
    </li>
  );
}
