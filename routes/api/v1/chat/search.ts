import { chatSearchQuery } from "../../../../lib/protocol/mod.ts";
import { definePerson } from "../../../../lib/web/define.ts";
import { call } from "../../../../lib/web/rest.ts";

/** CH-2: as `chat.search`. */
export const handler = definePerson.api({
  GET: call({ query: chatSearchQuery }, ({ services, caller, query }) => services.chat.search(caller, query)),
});
