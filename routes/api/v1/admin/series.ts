import { definePerson } from "../../../../lib/web/define.ts";
import { seriesQuery } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** MO-5. */
export const handler = definePerson.api({
  GET: call({ query: seriesQuery }, ({ services, caller, query }) => services.stats.series(caller, query)),
});
