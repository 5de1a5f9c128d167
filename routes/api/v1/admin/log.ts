import { definePerson } from "../../../../lib/web/define.ts";
import { logQuery } from "../../../../lib/protocol/mod.ts";
import { call } from "../../../../lib/web/rest.ts";

/** OP-3. */
export const handler = definePerson.api({
  GET: call({ query: logQuery }, ({ services, caller, query }) => services.serverLog.page(caller, query)),
});
