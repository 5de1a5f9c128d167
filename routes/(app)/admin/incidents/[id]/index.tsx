import { type Context, page } from "fresh";
import { PageHead } from "../../../../../components/PageHead.tsx";
import {
  IncidentFacts,
  IncidentTimeline,
  IncidentUploads,
} from "../../../../../components/IncidentFacts.tsx";
import { CloseForm, ReportForm, SubmitForm } from "../../../../../components/IncidentForms.tsx";
import { useWords } from "../../../../../components/words.tsx";
import { definePerson, type PersonState } from "../../../../../lib/web/define.ts";
import { problemOf, readForm } from "../../../../../lib/web/forms/form.ts";
import { noPage, refusedPage, seeOther } from "../../../../../lib/web/pages.ts";
import { changeIncident, savedIncident, typedIncident } from "../../../../../lib/web/forms/incidents.ts";
import { Refusal } from "../../../../../lib/protocol/mod.ts";
import { type Words, wordsOf } from "../../../../../lib/words/mod.ts";

export const handler = definePerson.handlers({
  async GET(ctx) {
    const known = await incident(ctx);
    return page({ ...known, typed: savedIncident(known.incident), problem: null });
  },
  async POST(ctx) {
    const { incidents } = ctx.state.services;
    const id = ctx.params.id ?? "";
    const form = await readForm(ctx.req);
    const done = form instanceof Refusal ? form : await changeIncident(incidents, ctx.state.caller, id, form);
    if (!(done instanceof Refusal)) return seeOther(`/admin/incidents/${id}?notice=${done}`);
    const known = await incident(ctx);
    const typed = form instanceof Refusal
      ? savedIncident(known.incident)
      : typedIncident(form, known.incident);
    const problem = problemOf(done, ctx.state.language);
    if (problem.fields.reason !== undefined) {
      problem.fields.reason = wordsOf(ctx.state.language).incidents.reasonWrong;
    }
    return page({ ...known, typed, problem }, refusedPage(done));
  },
});

/** The incident and its report as it would go out; without one where there is nothing to report any more. */
async function incident(ctx: Context<PersonState>) {
  const { incidents } = ctx.state.services;
  const caller = ctx.state.caller;
  const id = ctx.params.id ?? "";
  const found = await incidents.get(caller, id);
  if (found instanceof Refusal) throw noPage(found);
  const report = found.report === null ? null : await incidents.report(caller, id);
  return {
    incident: found,
    problems: report instanceof Refusal ? [report.message] : report?.problems ?? null,
  };
}

/** Only these words, never text from the address. */
function noticeOf(words: Words["incidents"], notice: string | null): string | undefined {
  switch (notice) {
    case "drafted":
      return words.doneDrafted;
    case "submitted":
      return words.doneSubmitted;
    case "closed":
      return words.doneClosed;
    default:
      return undefined;
  }
}

export default definePerson.page<typeof handler>(function IncidentPage({ data, url }) {
  const { incident, typed, problem, problems } = data;
  const errors = problem?.fields ?? {};
  const words = useWords("incidents");
  const notice = problem === null ? noticeOf(words, url.searchParams.get("notice")) : undefined;
  const submitted = (incident.report?.submittedAt ?? null) !== null;
  return (
    <>
      <PageHead
        title={words.one}
        up={{ href: `/admin/incidents?state=${incident.state}`, name: words.title }}
        notice={notice}
        problem={problem}
      />
      <p class="notice notice-warn">
        {words.neverShown}
      </p>
      <IncidentFacts incident={incident} />
      <IncidentUploads incident={incident} />
      {submitted || incident.state === "closed" ? null : (
        <section class="panel" aria-labelledby="report">
          <h2 id="report">{words.reportTitle}</h2>
          <ReportForm incident={incident} errors={errors} typed={typed} />
          {problems === null
            ? (
              <p class="soft">
                {words.draftFirst}
              </p>
            )
            : (
              <>
                <hr />
                <SubmitForm incident={incident} errors={errors} problems={problems} />
              </>
            )}
        </section>
      )}
      {submitted
        ? (
          <p>
            <a class="button" href={`/admin/incidents/${incident.id}/report.xml`} download>
              {words.downloadReport}
            </a>
          </p>
        )
        : null}
      {incident.state === "closed" ? null : (
        <section class="panel" aria-labelledby="close">
          <h2 id="close">{words.closeTitle}</h2>
          <CloseForm incident={incident} errors={errors} reason={typed.reason} reinstate={typed.reinstate} />
        </section>
      )}
      <IncidentTimeline incident={incident} />
    </>
  );
});
