import { definePerson } from "../../../../../../lib/web/define.ts";
import { english, id, Refusal } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** Characters of what is wrong with a report that its header tells. */
const problemsLength = 2000;

/** The report as a file, with what is wrong with it in the header `Behest-Report-Problems`. */
export const handler = definePerson.api({
  GET: call({ path: { id } }, async ({ services, caller, path }) => {
    const report = await services.incidents.report(caller, path.id);
    if (report instanceof Refusal) return report;
    const headers = new Headers({
      "content-type": "application/xml; charset=utf-8",
      "content-disposition": `attachment; filename="cybertip-${path.id}.xml"`,
      "cache-control": "no-store",
    });
    if (report.problems.length > 0) {
      // A header holds printable ASCII only.
      const text = report.problems.map(english).join("; ").replace(/[^\x20-\x7e]/g, "?").slice(
        0,
        problemsLength,
      );
      headers.set("behest-report-problems", text);
    }
    return new Response(report.xml, { headers });
  }),
});
