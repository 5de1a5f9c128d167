import { definePerson } from "../../../../../../lib/web/define.ts";
import { id, reportDraft } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** The CyberTipline report: drafted with PUT, submitted with POST. */
export const handler = definePerson.api({
  PUT: call(
    { as: "incident", path: { id }, body: reportDraft },
    ({ services, caller, path, body }) => services.incidents.draft(caller, path.id, body),
  ),
  POST: call(
    { as: "incident", path: { id } },
    ({ services, caller, path }) => services.incidents.submit(caller, path.id),
  ),
});
