import { definePerson } from "../../../../lib/web/define.ts";
import { adminStatsQuery } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-5. */
export const handler = definePerson.api({
  GET: call(
    { query: adminStatsQuery },
    ({ services, caller, query }) => services.stats.now(caller, query.range),
  ),
});
