import { definePerson } from "../../../../lib/web/define.ts";
import { ownReportQuery, reportBody } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-1. */
export const handler = definePerson.api({
  GET: call({ query: ownReportQuery }, ({ services, caller, query }) => services.reports.list(caller, query)),
  POST: call(
    { status: 201, body: reportBody },
    ({ services, caller, body }) => services.reports.create(caller, body),
  ),
});
