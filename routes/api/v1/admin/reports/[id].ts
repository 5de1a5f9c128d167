import { definePerson } from "../../../../../lib/web/define.ts";
import { id } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-2: one report with its snapshot. */
export const handler = definePerson.api({
  GET: call(
    { as: "report", path: { id } },
    ({ services, caller, path }) => services.queue.report(caller, path.id),
  ),
});
