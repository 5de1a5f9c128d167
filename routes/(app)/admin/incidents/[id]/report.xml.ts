import { definePerson } from "../../../../../lib/web/define.ts";
import { noPage } from "../../../../../lib/web/pages.ts";
import { Refusal } from "../../../../../lib/protocol/mod.ts";

/** SC-6: the report as it would be submitted, to keep or to hand in by other ways. */
export const handler = definePerson.api({
  async GET(ctx) {
    const id = ctx.params.id ?? "";
    const report = await ctx.state.services.incidents.report(ctx.state.caller, id);
    if (report instanceof Refusal) throw noPage(report);
    return new Response(report.xml, {
      headers: {
        "content-type": "application/xml",
        // The id is one that the service knows: letters and digits.
        "content-disposition": `attachment; filename="report-${id}.xml"`,
      },
    });
  },
});
