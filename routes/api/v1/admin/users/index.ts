import { definePerson } from "../../../../../lib/web/define.ts";
import { adminUserQuery } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

export const handler = definePerson.api({
  GET: call({ query: adminUserQuery }, ({ services, caller, query }) => services.users.list(caller, query)),
});
