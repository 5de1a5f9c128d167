import { definePerson } from "../../../../../../lib/web/define.ts";
import { id, whyQuery } from "../../../../../../lib/protocol/mod.ts";
import { call } from "../../../../../../lib/web/rest.ts";

/** MO-6: why a command was or was not delivered to a person. */
export const handler = definePerson.api({
  GET: call(
    { as: "why", path: { id }, query: whyQuery },
    ({ services, caller, path, query }) => services.looks.why(caller, path.id, query.user),
  ),
});
