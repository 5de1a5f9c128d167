import { chatListQuery } from "../../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../../lib/web/define.ts";
import { call } from "../../../../../lib/web/rest.ts";

/** CH-1: as `chat.list`. */
export const handler = definePerson.api({
  GET: call({ query: chatListQuery }, ({ services, caller, query }) => services.chat.list(caller, query)),
});
