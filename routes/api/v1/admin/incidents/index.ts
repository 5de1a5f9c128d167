import { definePerson } from "../../../../../lib/web/define.ts";
import { incidentQuery } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call(
    { query: incidentQuery },
    ({ services, caller, query }) => services.incidents.list(caller, query),
  ),
});
