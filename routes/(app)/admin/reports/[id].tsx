import { page } from "fresh";
import { PageHead } from "../../../../components/PageHead.tsx";
import { ReportSnapshotView } from "../../../../components/ReportSnapshot.tsx";
import { useWords } from "../../../../components/words.tsx";
import { Refusal } from "../../../../lib/protocol/mod.ts";
import { reasonText } from "../../../../lib/text/mod.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { noPage } from "../../../../lib/web/pages.ts";

/** MO-2: one report with its snapshot. A look at it is in the audit log. */
export const handler = definePerson.handlers({
  async GET(ctx) {
    const { services, caller } = ctx.state;
    const report = await services.queue.report(caller, ctx.params.id ?? "");
    if (report instanceof Refusal) throw noPage(report);
    return page({ report });
  },
});

export default definePerson.page<typeof handler>(function ReportPage({ data: { report } }) {
  const words = useWords("queue");
  const own = useWords("reports");
  return (
    <>
      <PageHead title={reasonText(own, report.reason)} up={{ href: "/admin/queue", name: words.title }} />
      <ReportSnapshotView report={report} />
      <p>
        <a class="button" href={`/admin/queue?item=${report.caseId}`}>{words.toCase}</a>
      </p>
    </>
  );
});
