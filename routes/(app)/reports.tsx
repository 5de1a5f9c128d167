import { page } from "fresh";
import { Empty } from "../../components/Notice.tsx";
import { PageHead } from "../../components/PageHead.tsx";
import { Pages } from "../../components/Pages.tsx";
import { Title } from "../../components/Title.tsx";
import { When } from "../../components/When.tsx";
import { useWords } from "../../components/words.tsx";
import { aboutOf, checked, type OwnReport, ownReportQuery, Refusal } from "../../lib/protocol/mod.ts";
import { reasonText } from "../../lib/text/mod.ts";
import { definePerson } from "../../lib/web/define.ts";
import { noPage } from "../../lib/web/pages.ts";
import { fill, type Words } from "../../lib/words/mod.ts";

/** MO-1: what the person reported, and the outcome. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    const before = ctx.url.searchParams.get("before");
    const query = checked(ownReportQuery, before === null ? {} : { before });
    if (query instanceof Refusal) throw noPage(query);
    const list = await ctx.state.services.reports.list(ctx.state.caller, query);
    return page({ ...list, newest: before === null, now: ctx.state.services.clock.now() });
  },
});

function aboutText(words: Words["reports"], { about }: OwnReport): string {
  const { kind, id } = aboutOf(about);
  switch (kind) {
    case "user":
      return fill(words.aboutUser, { name: id });
    case "command":
      return words.aboutCommand;
    case "message":
      return words.aboutMessage;
    case "file":
      return words.aboutFile;
    case "group":
      return fill(words.aboutGroup, { name: id });
    default:
      return kind satisfies never;
  }
}

export default definePerson.page<typeof handler>(function ReportsPage({ data, url }) {
  const words = useWords("reports");
  const { reports, next, newest, now } = data;
  return (
    <>
      <Title text={words.yours} />
      <PageHead
        title={words.yours}
        lead={words.yoursLead}
        notice={url.searchParams.get("notice") === "sent" ? words.done : undefined}
      />
      {reports.length === 0
        ? (
          <Empty title={words.emptyTitle}>
            <p>{words.empty}</p>
          </Empty>
        )
        : (
          <section class="panel" aria-label={words.yours}>
            <ul class="people">
              {reports.map((report) => <Row key={report.id} report={report} now={now} />)}
            </ul>
          </section>
        )}
      <Pages newest={newest ? null : "/reports"} older={next === null ? null : `/reports?before=${next}`} />
    </>
  );
});

function Row({ report, now }: { report: OwnReport; now: number }) {
  const words = useWords("reports");
  const { reason, note, createdAt, outcome } = report;
  return (
    <li>
      <span class="name">
        <strong class="private">{aboutText(words, report)}</strong>
        <span>{reasonText(words, reason)}</span>
        {note === null ? null : <span class="small private">{note}</span>}
        <span class="soft small">
          <When value={createdAt} now={now} />
        </span>
      </span>
      <span class="state" data-tone={outcome === "acted" ? "good" : outcome === null ? "wait" : "plain"}>
        {outcome === null ? words.open : words[outcome]}
      </span>
    </li>
  );
}
