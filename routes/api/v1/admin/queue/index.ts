import { definePerson } from "../../../../../lib/web/define.ts";
import { queueQuery } from "../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** MO-2: reports, appeals, held files and incidents in one list. */
export const handler = definePerson.api({
  GET: call({ query: queueQuery }, ({ services, caller, query }) => services.queue.list(caller, query)),
});
