import { definePerson } from "../../../../../lib/web/define.ts";
import { adminFileQuery } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-4: what is being checked, held or rejected; never content. */
export const handler = definePerson.api({
  GET: call(
    { query: adminFileQuery },
    ({ services, caller, query }) => services.adminFiles.list(caller, query),
  ),
});
