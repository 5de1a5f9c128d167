import { page } from "fresh";
import { sizeText, typeText } from "../../../../components/file_text.ts";
import { incidentWords, uploadersOf } from "../../../../components/incident_text.ts";
import { Empty, Notice, ProblemNotice } from "../../../../components/Notice.tsx";
import { Pages, pathWith } from "../../../../components/Pages.tsx";
import { plural, toRoot } from "../../../../components/page_text.ts";
import { Tabs } from "../../../../components/Tabs.tsx";
import { Time } from "../../../../components/Time.tsx";
import { define } from "../../../../lib/define.ts";
import { problemOf } from "../../../../lib/forms.ts";
import { callerOf } from "../../../../lib/page_caller.ts";
import { checked, type Incident, incidentQuery, Refusal } from "../../../../lib/protocol/mod.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const asked = ctx.url.searchParams;
    const before = asked.get("before");
    const query = checked(incidentQuery, {
      state: asked.get("state") ?? "open",
      ...before === null ? {} : { before },
    });
    const list = query instanceof Refusal
      ? query
      : await ctx.state.services.incidents.list(callerOf(ctx.state), query);
    const state = query instanceof Refusal ? "open" as const : query.state ?? "open" as const;
    const view = { state, newest: before === null };
    return list instanceof Refusal
      ? page({ ...view, incidents: [], next: null, problem: problemOf(list) })
      : page({ ...view, ...list, problem: null });
  },
});

const tabs = [["open", "Open"], ["reported", "Reported"], ["closed", "Closed"]] as const;

const empties = {
  open: { title: "No open incidents", text: "A file that matches known abuse material opens one by itself." },
  reported: {
    title: "Nothing waits after its report",
    text: "Reported incidents stay here until they are closed.",
  },
  closed: { title: "None was closed", text: "Closed incidents stay here as long as their legal hold." },
} as const;

export default define.page<typeof handler>(function Incidents({ data, url }) {
  const { state, incidents } = data;
  // Relative: Fresh marks a link as current by its path alone, and here only the query differs.
  const here = (query: Record<string, string | null>) =>
    pathWith(`${toRoot(url.pathname)}admin/incidents`, { state, ...query });
  return (
    <>
      <div class="page-head">
        <h1>Incidents</h1>
        <p class="lead">
          Uploads that match known child abuse material. The pictures are never shown, to nobody.
        </p>
      </div>
      {url.searchParams.get("notice") === "closed" ? <Notice>Closed.</Notice> : null}
      <ProblemNotice problem={data.problem} />
      <Tabs
        label="State"
        tabs={tabs.map(([value, name]) => ({ name, href: here({ state: value }), here: value === state }))}
      />
      {incidents.length === 0
        ? (
          <Empty title={empties[state].title}>
            <p>{empties[state].text}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label="Incidents">
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

function Row({ incident }: { incident: Incident }) {
  const { label, tone } = incidentWords(incident.state);
  const [first, ...others] = uploadersOf(incident);
  return (
    <li>
      <span class="name">
        <a href={`/admin/incidents/${incident.id}`}>
          {typeText(incident.type)} of {first === undefined ? "an unknown account" : `@${first}`}
          {others.length === 0 ? null : ` and ${plural(others.length, "other", "others")}`}
        </a>
        <span class="small">
          {incident.classification}, said by {incident.provider}, {sizeText(incident.size)}
        </span>
        <span class="soft small">
          <Time value={incident.createdAt} />
        </span>
      </span>
      <span class="state" data-tone={tone}>{label}</span>
    </li>
  );
}
