import { definePerson } from "../../../../../lib/web/define.ts";
import { auditQuery } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-3. */
export const handler = definePerson.api({
  GET: call({ query: auditQuery }, ({ services, caller, query }) => services.audit.page(caller, query)),
});
